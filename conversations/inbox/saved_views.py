"""Saved views: filters under a name, one's own and those shared with the workspace."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict

from conversations.inbox import asking
from conversations.inbox.listing import Page
from conversations.models import SavedView
from workspaces import audit
from workspaces.models import Role, User, Workspace
from workspaces.refused import Refused

MOST: Final = 50


def views_of(workspace: Workspace, user: User, page: Page) -> list[SavedView]:
    """One's own views of a page, then those that others share."""
    mine = SavedView.objects.of(workspace).filter(Q(owner=user) | Q(shared=True), page=page.name)
    return list(mine.select_related("owner").order_by("shared", "name", "pk")[: 2 * MOST])


@transaction.atomic
def save(workspace: Workspace, user: User, page: Page, *, name: str, query: str, shared: bool) -> SavedView:
    """Keep these filters under a name; a name that one has used already is given the new filters. Raises Refused."""
    name = name.strip()
    if not 1 <= len(name) <= 60:
        raise Refused("Give the view a name of up to 60 characters.")
    kept = asking.read(QueryDict(query[:1000]), workspace, user, families=page.families).query()
    mine = SavedView.objects.of(workspace).filter(owner=user)
    if mine.count() >= MOST and not mine.filter(name=name).exists():
        raise Refused(f"You have {MOST} saved views. Delete one first.")
    view, _ = mine.update_or_create(
        workspace=workspace, owner=user, name=name, defaults={"query": kept, "shared": shared, "page": page.name}
    )
    if shared:
        audit.record(user, workspace, "view.shared", target=name)
    return view


@transaction.atomic
def delete(view: SavedView, *, by: User, role: str) -> bool:
    """One's own, or as an admin one that is shared; False where neither holds."""
    if view.owner_id != by.pk and not (view.shared and role == Role.ADMIN):
        return False
    view.delete()
    return True
