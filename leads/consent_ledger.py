"""Writing the consent ledger, and reading it. Rows are written once, in the transaction that does what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from leads.models import Address, ConsentEvent, Lead
from workspaces import paging
from workspaces.models import User, Workspace

Kind = ConsentEvent.Kind
Source = ConsentEvent.Source

SIZE: Final = 50
CHUNK: Final = 2_000


def record(
    workspace: Workspace,
    kind: ConsentEvent.Kind,
    value: str,
    *,
    source: str,
    asked_at: datetime | None = None,
    lead: Lead | None = None,
    channel: str = "",
    line: str = "",
    rule: str = "",
    text: str = "",
    note: str = "",
    by: User | None = None,
) -> ConsentEvent:
    """Write down what was asked for, or sent, and why we read it so. The lead is looked up where it is not given."""
    lead = lead or lead_at(workspace, value)
    return ConsentEvent.objects.create(
        workspace=workspace,
        kind=kind,
        value=value[:254],
        asked_at=asked_at or timezone.now(),
        lead=lead,
        name=lead.name[:200] if lead else "",
        source=source,
        channel=channel,
        line=line[:254],
        rule=rule[:120],
        text=text[:1000],
        note=note[:500],
        by=by,
    )


def record_leads(leads: Iterable[Lead], kind: ConsentEvent.Kind, *, note: str = "", by: User | None) -> None:
    """The same for leads that a person excluded, or includes again, at once."""
    leads = list(leads)
    if not leads:
        return
    first: dict[int, str] = {}
    owned = Address.objects.filter(workspace_id=leads[0].workspace_id, lead__in=leads)
    for address in owned.order_by("lead", "rank", "-kind"):
        first.setdefault(address.lead_id, address.value)
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            workspace_id=lead.workspace_id,
            kind=kind,
            value=first.get(lead.pk, ""),
            asked_at=timezone.now(),
            lead=lead,
            name=lead.name[:200],
            source=Source.PERSON,
            note=note[:500],
            by=by,
        )
        for lead in leads
    )


def lead_at(workspace: Workspace, value: str) -> Lead | None:
    owner = Address.objects.of(workspace).select_related("lead").filter(value=value).first()
    return owner.lead if owner else None


def page_of(workspace: Workspace, *, kind: str = "", text: str = "", after: str = "") -> paging.Page[ConsentEvent]:
    """Newest first."""
    rows = found(workspace, kind=kind, text=text).select_related("by")
    return paging.by_moment(rows, "at", after, SIZE, of=f"consent:{workspace.pk}")


def found(workspace: Workspace, *, kind: str = "", text: str = "") -> QuerySet[ConsentEvent]:
    rows = ConsentEvent.objects.of(workspace)
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if text := text.strip()[:80]:
        rows = rows.filter(Q(value__icontains=text) | Q(name__icontains=text) | Q(text__icontains=text))
    return rows


def all_of(rows: QuerySet[ConsentEvent]) -> Iterator[ConsentEvent]:
    """Every row by short queries, so that a long export holds no snapshot open."""
    after = 0
    while chunk := list(rows.filter(pk__gt=after).select_related("by").order_by("pk")[:CHUNK]):
        yield from chunk
        after = chunk[-1].pk
