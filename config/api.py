"""The API under /api/: who may call it, how it answers what goes wrong, and which apps take part."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from campaigns.api import router as campaigns
from leads.api import router as leads
from workspaces.access import public, signed_in
from workspaces.bearer import ApiError, Bearer

log = structlog.get_logger(__name__)

api = NinjaAPI(
    title="Switchboard",
    version="1",
    description="What programs can do in a workspace. Every call carries a token made under Settings → API tokens. A refusal is "
    "`{success: false, error, code}` with its HTTP status.",
    urls_namespace="api",
    auth=Bearer(),
    docs_url="/docs/",
    openapi_url="/openapi.json",
    docs_decorator=signed_in,
)
api.add_router("/campaigns/", campaigns, tags=["Campaigns"])
api.add_router("/leads/", leads, tags=["Leads"])


@api.exception_handler(ApiError)
def refused(request: HttpRequest, error: ApiError) -> HttpResponse:
    return problem(error.status, error.code, error.error, **error.headers)


@api.exception_handler(AuthenticationError)
def no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    text = "The token is missing, or it does not hold: it is wrong, revoked, or has run out. Send “Authorization: Bearer sbt_…”."
    return problem(401, "unauthorized", text, **{"WWW-Authenticate": "Bearer"})


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(400, "invalid", "; ".join(_in_words(one) for one in error.errors[:5]))


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:  # the one that is raised for us: a body that cannot be read
        return problem(400, "invalid", "The body is not JSON. Send an object, as the API reference shows it.")
    return problem(error.status_code, "refused", str(error))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "not_found", "There is no such thing in this workspace.")


@api.exception_handler(DataError)
@api.exception_handler(UnicodeEncodeError)
def unstorable(request: HttpRequest, error: Exception) -> HttpResponse:
    """NUL and lone halves of characters are no text for PostgreSQL."""
    log.warning("api_text_refused", path=request.path, why=str(error)[:200])
    return problem(400, "invalid", "A value holds a character that cannot be stored, such as U+0000. Nothing was done: remove it.")


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
    return problem(413, "too_large", f"The body is larger than {most} MB. Nothing was done: send it in several calls.")


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("api_call_failed", path=request.path)
    return problem(500, "server_error", "Something went wrong here. Nothing is known to have been done; try again.")


@public(reason="An address under /api/ that does not exist answers like the rest of the API, in JSON.")
def no_such_call(request: HttpRequest, rest: str) -> HttpResponse:
    return problem(404, "not_found", "There is no such call. The API reference at /api/docs/ lists them.")


def problem(status: int, code: str, error: str, **headers: str) -> HttpResponse:
    return JsonResponse({"success": False, "error": error, "code": code}, status=status, headers=headers)


def _in_words(one: dict[str, Any]) -> str:
    """{'loc': ('query', 'id'), 'msg': 'Field required'} -> id: Field required; in a body, ours for all of it is left out"""
    place = [str(part) for part in one.get("loc", ())]
    said = "There is no such field" if one.get("type") == "extra_forbidden" else str(one.get("msg", ""))
    return ": ".join(filter(None, [".".join(place[2:] if place[:1] == ["body"] else place[1:]), said]))
