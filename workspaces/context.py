"""What the navigation of every page needs: the current workspace, the user's role in it, and the others to switch to."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workspaces.access import memberships_of
from workspaces.models import Membership, User, Workspace


class Navigation:
    """At most one query, and only where a template asks: inside a workspace the door has fetched the rest already."""

    def __init__(self, request: HttpRequest, user: User) -> None:
        self.request = request
        self.user = user

    @cached_property
    def memberships(self) -> list[Membership]:
        inside: list[Membership] | None = getattr(self.request, "memberships", None)
        return inside if inside is not None else memberships_of(self.user)

    @cached_property
    def membership(self) -> Membership | None:
        """Inside a workspace the one the door found; on pages of the account the one last opened, or the only one."""
        inside: Membership | None = getattr(self.request, "membership", None)
        if inside:
            return inside
        last = [row for row in self.memberships if row.workspace_id == self.user.last_workspace_id]
        return next(iter(last or self.memberships[:1]), None)

    @property
    def workspace(self) -> Workspace | None:
        return self.membership.workspace if self.membership else None


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `current_workspace`, `membership` (its role is the user's) and `my_workspaces`, all lazy."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"current_workspace": None, "membership": None, "my_workspaces": []}
    here = Navigation(request, user)
    return {
        "current_workspace": SimpleLazyObject(lambda: here.workspace),
        "membership": SimpleLazyObject(lambda: here.membership),
        "my_workspaces": SimpleLazyObject(lambda: [row.workspace for row in here.memberships]),
    }
