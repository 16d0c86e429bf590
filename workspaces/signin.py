"""Signing in, as we want it from django-allauth: no open sign-up, secrets sealed, mail that never breaks a page."""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from workspaces.clients import address_of
from workspaces.models import User
from workspaces.secrets import seal, unseal

log = structlog.get_logger(__name__)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc] # the library has no types
    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is switched off. Ask an admin of your workspace.",
        "email_password_mismatch": "This email and password do not belong together. Check both, or reset your password.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "incorrect_code": "This code is wrong or was used already. Enter the one your app shows now.",
        "invalid_password_reset": "This link was used already or is too old. Ask for a new one.",
        "rate_limited": "Too many attempts. Wait a few minutes.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes and try again, or reset your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that throttling counts by. Clients without one are counted together."""
        return address_of(request) or "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # The library's own key begins with the Host header, which the guesser chooses.
        return str(credentials.get("email", "")).strip().lower()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Tell the owner of an account that it changed. It has changed by now, so a mail server that is away is only noted."""
        context = {"request": self.request, "public_url": settings.PUBLIC_URL, **context}
        message = self.render_mail(template_prefix, email, context)
        try:
            message.send()
        except OSError as error:  # smtplib's errors are OSErrors too
            log.warning("mail_not_sent", template=template_prefix, error=str(error))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keys of authenticator apps and recovery codes are sealed like every other secret."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def _get_site_name(self) -> str:
        return "Switchboard"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return f"Security key {Authenticator.objects.filter(user=user, type=type).count() + 1}"
