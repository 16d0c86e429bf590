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
    if isinstance(by, HttpRequest):
        user, address = (by.user if by.user.is_authenticated else None), address_of(by)
    else:
        user, address = by, None
    return AuditEntry.objects.create(
        workspace=workspace, user=user, address=address, action=action, target=target[:200], detail=detail
    )


def record_everywhere(request: HttpRequest, user: User, action: str, **detail: Any) -> None:
    """What `user` did with their own account, in each of their workspaces."""
    workspaces = Membership.objects.filter(user=user).values_list("workspace_id", flat=True)
    entry = {"user": user, "address": address_of(request), "action": action, "detail": detail}
    AuditEntry.objects.bulk_create(AuditEntry(workspace_id=workspace_id, **entry) for workspace_id in workspaces)
