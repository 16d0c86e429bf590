"""Reading a workspace's members, invitations and audit trail."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, CharField, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from workspaces import paging
from workspaces.models import AuditEntry, Invitation, Membership, Role, User, Workspace

PAGE = 50
LOOK_BACK = 5000  # how many entries are looked through for the actions to choose from

_BY_ROLE = Case(*(When(role=role, then=Value(place)) for place, role in enumerate(Role)), output_field=IntegerField())


def members(workspace: Workspace) -> QuerySet[Membership]:
    """Admins first, then by name."""
    return Membership.objects.of(workspace).select_related("user").order_by(_BY_ROLE, "user__name", "pk")


def members_page(workspace: Workspace, after: str = "") -> paging.Page[Membership]:
    """The same, a page at a time."""
    placed = members(workspace).annotate(placed=Concat(Cast(_BY_ROLE, CharField()), "user__name"))
    return paging.by_name(placed, after, PAGE, of=f"members:{workspace.pk}", field="placed")


def writers(workspace: Workspace) -> QuerySet[Membership]:
    """Who may change anything, by name."""
    members = Membership.objects.of(workspace).exclude(role=Role.VIEWER)
    return members.select_related("user").order_by("user__name", "pk")


def membership_of(workspace: Workspace, user_id: int | None) -> Membership | None:
    """A user's membership with its workspace; None for nobody, and for a user who is no member."""
    return Membership.objects.of(workspace).select_related("workspace").filter(user=user_id).first() if user_id else None


def is_admin(workspace: Workspace, user: User) -> bool:
    return Membership.objects.of(workspace).filter(user=user, role=Role.ADMIN).exists()


def names_by_id(workspace: Workspace) -> dict[str, str]:
    """{public id of the membership: name} of every member."""
    return dict(Membership.objects.of(workspace).values_list("public_id", "user__name"))


def open_invitations(workspace: Workspace) -> QuerySet[Invitation]:
    """Neither accepted nor revoked; those that have run out among them, for they can be sent again."""
    invitations = Invitation.objects.of(workspace).filter(accepted_at=None, revoked_at=None)
    return invitations.select_related("invited_by").order_by("-created_at", "-pk")


def invitations_page(workspace: Workspace, after: str = "") -> paging.Page[Invitation]:
    """The same, a page at a time."""
    return paging.by_moment(open_invitations(workspace), "created_at", after, PAGE, of=f"invitations:{workspace.pk}")


def audit_page(workspace: Workspace, action: str = "", user: User | None = None, after: str = "") -> paging.Page[AuditEntry]:
    """Entries, newest first: of one action, or of one noun (line for line.paused), or of one user."""
    rows = AuditEntry.objects.of(workspace).select_related("user")
    if action:
        rows = rows.filter(action=action) if "." in action else rows.filter(action__startswith=f"{action}.")
    if user:
        rows = rows.filter(user=user)
    return paging.by_moment(rows, "at", after, PAGE, of=f"audit:{workspace.pk}")


def audit_actions(workspace: Workspace, chosen: str = "") -> list[tuple[str, str]]:
    """The actions to filter by, in words: those of the newest entries, and the chosen one."""
    newest = AuditEntry.objects.of(workspace).order_by("-at", "-pk").values("action")[:LOOK_BACK]
    found: Iterable[str] = {row["action"] for row in newest} | ({chosen} if chosen else set())
    return sorted((action, AuditEntry(action=action).words) for action in found)
