"""/healthz: for machines that watch whether this process can do its work."""

from collections.abc import Callable
from pathlib import Path

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache

from config.embedded.recipes import COMPANIONS

log = structlog.get_logger(__name__)


def at_the_door(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the first: probes are answered before anything looks at host names, TLS or sessions.

    A load balancer asks by an address that is in no ALLOWED_HOSTS, without TLS and without a cookie. The middleware that sets
    the security headers of pages does not run for these answers, so the two that matter are set here.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info != "/healthz":
            return get_response(request)
        response = healthz(request) if request.method in {"GET", "HEAD"} else HttpResponse(status=405)
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return middleware


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when PostgreSQL and Redis answer (and under `make run` all else is up), else 503. The body names each part, no more."""
    state = {"database": "up" if database_answers() else "down", "redis": "up" if redis_answers() else "down", **companions()}
    whole = "up" if set(state.values()) == {"up"} else "down"
    return JsonResponse({"status": whole, **state}, status=200 if whole == "up" else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Exception as error:  # whatever it is, the part is not there
        log.warning("database_away", error=str(error))
        return False
    return True


def redis_answers() -> bool:
    try:
        cache.get("healthz")
    except Exception as error:
        log.warning("redis_away", error=str(error))
        return False
    return True


def companions() -> dict[str, str]:
    """Under `make run` one address tells whether the whole house is up; elsewhere each process is watched for itself.

    There a web that called itself ill because a worker restarts would be taken out of service for nothing.
    """
    if not settings.HEALTH_DIRECTORY:
        return {}
    return {name: "up" if Path(settings.HEALTH_DIRECTORY, name).exists() else "starting" for name in COMPANIONS}


def note_up(name: str) -> None:
    """Called by a process of `make run` when it has started. Elsewhere nobody looks, and nothing is noted."""
    if settings.HEALTH_DIRECTORY:
        Path(settings.HEALTH_DIRECTORY, name).touch()
