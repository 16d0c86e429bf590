"""Sessions in the database, each with its owner and device, so that one can be recognised and ended.

The session engine of `SESSION_ENGINE`: Django's own, with the columns of `workspaces.models.Session`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from workspaces.clients import address_of
from workspaces.models import Session, User

TOUCH_SECONDS = 300  # how exact "last used" and the idle limit are; each touch is a write
STARTED, SEEN, ADDRESS, AGENT = "started", "seen", "address", "agent"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        user_id = data.get(SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        row.started_at = _moment(data.get(STARTED))
        row.seen_at = _moment(data.get(SEEN))
        row.address = data.get(ADDRESS)
        row.agent = data.get(AGENT, "")
        return row


def limits(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a session ends after SESSION_COOKIE_AGE without use, and SESSION_ABSOLUTE_AGE after signing in at the latest.

    What an open page fetches by itself (`access.background`) is no use.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if _outlived(request):
            logout(request)
        response = get_response(request)
        match = request.resolver_match
        if SESSION_KEY in request.session and not getattr(match and match.func, "background", False):
            _touch(request)
        return response

    return middleware


def of(user: User) -> list[Session]:
    """The user's living sessions, the most recently used first."""
    living = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    return list(living.order_by("-seen_at", "-expire_date"))


def end(user: User, public_id: str, keep: str | None) -> bool:
    """End one session of the user, not the one with the key `keep`; False when there is no such one."""
    keys = [row.session_key for row in of(user) if row.public_id == public_id and row.session_key != keep]
    return Session.objects.filter(user=user, session_key__in=keys).delete()[0] > 0


def end_others(user: User, keep: str | None) -> int:
    """End all sessions of the user but the one with the key `keep`; how many there were."""
    others = Session.objects.filter(user=user)
    if keep:
        others = others.exclude(session_key=keep)
    return others.delete()[0]


def clear_expired() -> None:
    SessionStore.clear_expired()


def _outlived(request: HttpRequest) -> bool:
    started = request.session.get(STARTED)
    return started is not None and time.time() - started > settings.SESSION_ABSOLUTE_AGE


def _touch(request: HttpRequest) -> None:
    session, now = request.session, time.time()
    if STARTED not in session:
        session[STARTED] = now
    elif now - session.get(SEEN, 0) < TOUCH_SECONDS:
        return
    session[SEEN] = now
    session[ADDRESS] = address_of(request)
    session[AGENT] = request.headers.get("User-Agent", "")[:300]


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
