"""Mail with links. They lead to PUBLIC_URL, never to the Host header of the request."""

from __future__ import annotations

import structlog
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from workspaces.models import Invitation, User

log = structlog.get_logger(__name__)


def invitation_link(token: str) -> str:
    return settings.PUBLIC_URL + reverse("open_invitation", args=[token])


def invitation(invited: Invitation, token: str) -> bool:
    """Mail the link to the invited person. False when the mail server did not take it: then the admin passes it on by hand."""
    context = {"invitation": invited, "workspace": invited.workspace, "link": invitation_link(token)}
    subject = f"Join {invited.workspace.name} on Switchboard"
    message = EmailMessage(subject, render_to_string("workspaces/mail/invitation.txt", context), to=[invited.email])
    try:
        return message.send() == 1
    except OSError as error:  # smtplib's errors are OSErrors too
        log.warning("mail_not_sent", template="invitation", error=str(error))
        return False


def password_reset(email: str) -> None:
    """Mail a link that lasts PASSWORD_RESET_TIMEOUT seconds and works once; nothing where no active user has this email."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    context = {"user": user, "link": settings.PUBLIC_URL + path}
    body = render_to_string("workspaces/mail/password_reset.txt", context)
    EmailMessage("Set a new password for Switchboard", body, to=[user.email]).send()
