"""/healthz and /metrics: for machines that watch, without a session."""

import hmac
from collections.abc import Callable
from pathlib import Path

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


def note_up(name: str) -> None:
    """Called by a process of `make run` when it has started. Elsewhere nobody looks, and nothing is noted."""
    if settings.HEALTH_DIRECTORY:
        Path(settings.HEALTH_DIRECTORY, name).touch()


def companions() -> dict[str, str]:
    """Under `make run` one address tells whether the whole house is up; elsewhere each process is watched for itself.

    There a web that called itself ill because a worker restarts would be taken out of service for nothing.
    """
    if not settings.HEALTH_DIRECTORY:
        return {}
    return {name: "up" if Path(settings.HEALTH_DIRECTORY, name).exists() else "starting" for name in COMPANIONS}


COMPANIONS = ("worker", "beat", "phones")
PARTS: dict[str, Callable[[], None]] = {"database": database_answers, "redis": redis_answers}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when PostgreSQL and Redis answer (and under `make run` all else is up), else 503. The body names each part, no more."""
    state = {}
    for name, answers in PARTS.items():
        try:
            answers()
        except Exception:  # whatever it is, the part is not there; the log of the part itself says why
            state[name] = "down"
        else:
            state[name] = "up"
    state |= companions()
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
