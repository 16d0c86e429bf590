"""Accounts come by invitation: an email, a role, and a link that lasts a week and works once."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from workspaces import audit
from workspaces.actions import add_member
from workspaces.audit import Actor
from workspaces.models import Invitation, Membership, Role, User, Workspace
from workspaces.refused import Refused
from workspaces.secrets import fingerprint, new_token

A_DAY_AT_MOST = 100  # of one workspace: mail in our name goes to addresses that a stranger names
RESEND_AFTER = timedelta(minutes=1)


@transaction.atomic
def invite(by: Actor, workspace: Workspace, email: str, role: Role, invited_by: User | None = None) -> tuple[Invitation, str]:
    """A new invitation and its token, which is shown or mailed now and never again. Raises Refused."""
    email = email.strip().lower()
    if Membership.objects.of(workspace).filter(user__email=email).exists():
        raise Refused(f"{email} is a member already.")
    if Invitation.objects.of(workspace).filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= A_DAY_AT_MOST:
        raise Refused(f"{A_DAY_AT_MOST} people were invited in the last day. Invite more tomorrow.")
    token = new_token()
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                workspace=workspace,
                email=email,
                role=role,
                token_hash=fingerprint(token),
                invited_by=invited_by,
                expires_at=timezone.now() + Invitation.LASTS,
            )
    except IntegrityError:
        raise Refused(f"{email} is invited already. Send the invitation again, or revoke it first.") from None
    audit.record(by, workspace, "invitation.sent", email, role=role)
    return invitation, token


@transaction.atomic
def renew(by: Actor, invitation: Invitation) -> str:
    """A new token for another week; the old link ends. Raises Refused."""
    invitation = _open(invitation)
    if invitation.expires_at - Invitation.LASTS > timezone.now() - RESEND_AFTER:
        raise Refused("The invitation was sent less than a minute ago. Wait a moment before sending it again.")
    token = new_token()
    invitation.token_hash = fingerprint(token)
    invitation.expires_at = timezone.now() + Invitation.LASTS
    invitation.save(update_fields=["token_hash", "expires_at"])
    audit.record(by, invitation.workspace, "invitation.sent_again", invitation.email, role=invitation.role)
    return token


@transaction.atomic
def revoke(by: Actor, invitation: Invitation) -> None:
    """Raises Refused."""
    invitation = _open(invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    audit.record(by, invitation.workspace, "invitation.revoked", invitation.email)


def by_token(token: str) -> Invitation | None:
    """The invitation that this token still opens."""
    return usable().filter(token_hash=fingerprint(token)).first()


def by_id(invitation_id: int) -> Invitation | None:
    """The invitation whose link this browser has opened, as long as it is still good."""
    return usable().filter(pk=invitation_id).first()


@transaction.atomic
def accept(by: Actor, invitation: Invitation, user: User) -> Membership:
    """Make `user` a member. Raises Refused when the invitation is for someone else, or was used or revoked meanwhile."""
    invitation = _open(invitation)
    if invitation.expired:
        raise Refused("This invitation has run out. Ask for a new one.")
    if user.email != invitation.email:
        raise Refused(f"This invitation is for {invitation.email}. You are signed in as {user.email}.")
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return add_member(by, invitation.workspace, user, Role(invitation.role))


@transaction.atomic
def accept_as_new_user(invitation: Invitation, name: str, password: str) -> User:
    """Make the account and the membership. Raises Refused as `accept` does, or when the account exists by now."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError:
        raise Refused("There is an account with this email already. Sign in to join.") from None
    accept(user, invitation, user)
    return user


def usable() -> QuerySet[Invitation]:
    """Invitations of all workspaces that still work: what a visitor brings is the token alone."""
    return Invitation.objects.select_related("workspace", "invited_by").filter(
        accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )


def _open(invitation: Invitation) -> Invitation:
    """The row, locked, while it is neither accepted nor revoked."""
    now = Invitation.objects.of(invitation.workspace).select_for_update().filter(pk=invitation.pk).first()
    if now is None or now.accepted_at or now.revoked_at:
        raise Refused("This invitation was used or revoked in the meantime.")
    return now
