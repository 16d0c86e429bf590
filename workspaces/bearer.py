"""The basis of every API call: its token, its throttle, and the one shape of a refusal.

A refusal is {"success": false, "error": a sentence, "code": a word for programs} with its HTTP status.
"""

from __future__ import annotations

from typing import Any, Final, cast

import structlog
from django.http import HttpRequest
from ninja import Schema
from ninja.security import HttpBearer
from pydantic import Field

from workspaces import throttle, tokens
from workspaces.clients import address_of
from workspaces.models import ApiToken

AT_ONCE: Final = 60
PER_SECOND: Final = 2.0
"""A token may make so many calls at once, and so many a second on average."""


class ApiError(Exception):
    """A call is refused, or failed. `headers` go out with the answer."""

    def __init__(self, status: int, code: str, error: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.status, self.code, self.error = status, code, error
        self.headers = headers or {}


class Problem(Schema):
    """A refusal."""

    success: bool = False
    error: str = Field(description="What is wrong and what helps, for people.")
    code: str = Field(description="The same for programs; it does not change.")


class Bearer(HttpBearer):
    """`Authorization: Bearer sbt_…`"""

    openapi_description = "A token of the workspace, made under Settings → API tokens."

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = tokens.find(token, address=address_of(request))
        if found is None:
            return None
        structlog.contextvars.bind_contextvars(workspace=found.workspace.slug, api_token=found.prefix)
        if wait := throttle.wait_for(f"api:{found.pk}", most=AT_ONCE, per_second=PER_SECOND):
            seconds = str(int(wait) + 1)
            raise ApiError(429, "throttled", f"Too many calls. Try again in {seconds} s.", {"Retry-After": seconds})
        return found


def allowed(request: HttpRequest, scope: ApiToken.Scope) -> ApiToken:
    """The call's token, if it has the scope. Raises ApiError 403."""
    token: ApiToken = cast(Any, request).auth
    if scope not in token.scopes:
        raise ApiError(403, "missing_scope", f"This token may not do that: it lacks the scope {scope.value}.")
    return token
