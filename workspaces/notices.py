"""What follows when something happened to an account: the trail of its workspaces, and the end of its other sessions.

django-allauth says it by signals and in no other way, so these are receivers; ours are function calls everywhere else.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from workspaces import audit, sessions
from workspaces.models import User

WORDS = {
    Authenticator.Type.TOTP: "authenticator_app",
    Authenticator.Type.WEBAUTHN: "security_key",
    Authenticator.Type.RECOVERY_CODES: "recovery_codes",
}


def connect() -> None:
    account.user_logged_in.connect(signed_in, dispatch_uid="workspaces.signed_in")
    for signal in (account.password_changed, account.password_set):
        signal.connect(password_changed, dispatch_uid="workspaces.password_changed")
    account.password_reset.connect(password_reset, dispatch_uid="workspaces.password_reset")
    mfa.authenticator_added.connect(second_step_added, dispatch_uid="workspaces.second_step_added")
    mfa.authenticator_removed.connect(second_step_removed, dispatch_uid="workspaces.second_step_removed")
    mfa.authenticator_reset.connect(recovery_codes_made_anew, dispatch_uid="workspaces.recovery_codes_made_anew")


def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    audit.record_everywhere(request, user, "account.signed_in")


def password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    sessions.end_others(user, keep=request.session.session_key)
    audit.record_everywhere(request, user, "account.password_changed")


def password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """All sessions end. The one that resets would too: its hash of the password is the old one's."""
    sessions.end_others(user, keep=request.session.session_key)
    audit.record_everywhere(request, user, "account.password_reset")


def second_step_added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _second_step(request, user, f"account.{WORDS[authenticator.type]}_added")


def second_step_removed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _second_step(request, user, f"account.{WORDS[authenticator.type]}_removed")


def recovery_codes_made_anew(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _second_step(request, user, "account.recovery_codes_renewed")


def _second_step(request: HttpRequest, user: User, action: str) -> None:
    sessions.end_others(user, keep=request.session.session_key)
    audit.record_everywhere(request, user, action)
