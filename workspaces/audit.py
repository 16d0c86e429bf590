"""The audit trail: what someone did that others may have to account for. Rows are written once and never changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from workspaces.clients import address_of
from workspaces.models import AuditEntry, Membership, User, Workspace

Actor = HttpRequest | User | None


def record(by: Actor, workspace: Workspace, action: str, target: str = "", **detail: Any) -> AuditEntry:
    """Write down that `by` did `action` (noun.verb, such as line.paused) to `target`, in words.

    `by` is the request where there is one, for its user and address; else a user; None is the system itself.
    `detail` must be JSON and holds no secret and no text of a message: it outlives what it describes.
    Call it inside the transaction that does what it says.
    """
    user, address = _who(by)
    return AuditEntry.objects.create(
        workspace=workspace, user=user, address=address, action=action, target=target[:200], detail=detail
    )


def record_everywhere(by: Actor, user: User, action: str, **detail: Any) -> None:
    """The same in each workspace of `user`, for what happened to their account."""
    actor, address = _who(by)
    memberships = Membership.objects.filter(user=user)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            workspace_id=workspace_id, user=actor, address=address, action=action, target=str(user)[:200], detail=detail
        )
        for workspace_id in memberships.values_list("workspace_id", flat=True)
    )


def in_words(action: str) -> str:
    """line.paused -> Line paused"""
    return action.replace(".", " ").replace("_", " ").capitalize()


def _who(by: Actor) -> tuple[User | None, str | None]:
    if isinstance(by, HttpRequest):
        return (by.user if isinstance(by.user, User) else None), address_of(by)
    return by, None
