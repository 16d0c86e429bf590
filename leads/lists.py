"""Contact lists: leads put together to be written to (S2-57).

Everything that acts on a selection acts on a list by the filter `list` of the leads table, so that `leads.selection.leads_of`
with `all=matching&list=<public id>` is the list.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from leads.models import ContactList, Lead, ListMember
from workspaces import audit, paging
from workspaces.access import no_such_page
from workspaces.models import User, Workspace
from workspaces.refused import Refused

LONGEST: Final = 100
"""Characters of a name."""

SIZE: Final = 50


def lists(workspace: Workspace) -> QuerySet[ContactList, Any]:
    """By name, each with its `size`."""
    members = ListMember.objects.of(workspace).filter(contact_list=OuterRef("pk")).order_by().values("contact_list")
    size = Subquery(members.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return ContactList.objects.of(workspace).select_related("by").annotate(size=Coalesce(size, Value(0))).order_by("name", "pk")


def page(workspace: Workspace, after: str = "") -> paging.Page[ContactList]:
    """The same, a page at a time."""
    return paging.by_name(lists(workspace), after, SIZE, of=f"lists:{workspace.pk}")


def list_of(workspace: Workspace, public_id: str) -> ContactList:
    """One list. Raises Http404."""
    return ContactList.objects.of(workspace).filter(public_id=public_id).first() or no_such_page()


def members(contact_list: ContactList) -> QuerySet[Lead]:
    """Its leads, in no order."""
    on_it = ListMember.objects.filter(contact_list=contact_list).values("lead")
    return Lead.objects.filter(workspace_id=contact_list.workspace_id, pk__in=on_it)


@transaction.atomic
def named(workspace: Workspace, name: str, *, by: User) -> ContactList:
    """The list of this name in any case, made when there is none. Raises Refused for no name."""
    name = _name(name)
    found = ContactList.objects.of(workspace).filter(name__iexact=name).first()
    if found:
        return found
    made = ContactList.objects.bulk_create([ContactList(workspace=workspace, name=name, by=by)], ignore_conflicts=True)[0]
    found = ContactList.objects.of(workspace).get(name__iexact=name)
    if found.public_id == made.public_id:
        audit.record(by, workspace, "list.made", target=name)
    return found


def rename(contact_list: ContactList, name: str, *, by: User) -> None:
    """Raises Refused for no name, and for one that another list has."""
    name, was = _name(name), contact_list.name
    try:
        with transaction.atomic():
            ContactList.objects.filter(pk=contact_list.pk).update(name=name)
            audit.record(by, contact_list.workspace, "list.renamed", target=name, was=was)
    except IntegrityError:
        raise Refused(f"There is a list “{name}” already. Choose another name.") from None
    contact_list.name = name


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Refused("Enter a name for the list.")
    if len(name) > LONGEST:
        raise Refused(f"The name has {len(name)} characters; {LONGEST} is the most.")
    return name


def add(contact_list: ContactList, chosen: QuerySet[Lead], *, by: User) -> int:
    """Put these leads on the list; how many were not on it before. Leads of other workspaces are left out."""
    mine = chosen.filter(workspace_id=contact_list.workspace_id).order_by()
    query, values = mine.values("pk").query.sql_with_params()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ADD.format(chosen=query), [contact_list.workspace_id, contact_list.pk, timezone.now(), *values])
            added: int = cursor.rowcount
        audit.record(by, contact_list.workspace, "list.added_to", target=contact_list.name, leads=added)
    return added


_ADD: Final = """
INSERT INTO leads_listmember (workspace_id, contact_list_id, lead_id, added_at)
SELECT %s, %s, chosen.id, %s FROM ({chosen}) AS chosen(id)
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def remove(contact_list: ContactList, chosen: QuerySet[Lead], *, by: User) -> int:
    """Take these leads off the list; they stay leads. How many were on it."""
    removed, _ = ListMember.objects.filter(contact_list=contact_list, lead__in=chosen.order_by().values("pk")).delete()
    audit.record(by, contact_list.workspace, "list.taken_from", target=contact_list.name, leads=removed)
    return removed


@transaction.atomic
def delete(contact_list: ContactList, *, by: User) -> None:
    """The list goes; its leads stay."""
    size = ListMember.objects.filter(contact_list=contact_list).count()
    audit.record(by, contact_list.workspace, "list.deleted", target=contact_list.name, leads=size)
    contact_list.delete()


def move(drop: Lead, keep: Lead) -> None:
    """Two leads become one: it is on the lists of both."""
    has = ListMember.objects.filter(lead=keep).values("contact_list")
    ListMember.objects.filter(lead=drop).exclude(contact_list__in=list(has.values_list("contact_list", flat=True))).update(
        lead=keep
    )
