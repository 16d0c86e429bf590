"""/healthz and /metrics: for machines that watch, without a session."""

import hmac
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


def database_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")


def redis_answers() -> None:
    cache.get("healthz")


PARTS: dict[str, Callable[[], None]] = {"database": database_answers, "redis": redis_answers}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when PostgreSQL and Redis answer, else 503; the body names each part as "up" or "down" and no more."""
    state = {}
    for name, answers in PARTS.items():
        try:
            answers()
        except Exception:  # whatever it is, the part is not there; the log of the part itself says why
            state[name] = "down"
        else:
            state[name] = "up"
    whole = "up" if set(state.values()) == {"up"} else "down"
    return JsonResponse({"status": whole, **state}, status=200 if whole == "up" else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text for who carries METRICS_TOKEN as a bearer token, or asks from this very machine where none is set.

    A request that came through a proxy carries X-Forwarded-For and is not from this machine, whatever its address says.
    """
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        allowed = hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    else:
        allowed = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and "X-Forwarded-For" not in request.headers
    if not allowed:
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
