"""Writing the consent ledger, and reading it. Rows are written once, in the transaction that does what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How we know that somebody asked for messages or against them, or was told something about it."""

    source: str  # of ConsentEvent.Source
    asked_at: datetime = field(default_factory=timezone.now)  # when it was asked for or sent, by the gateway's clock if it told
    channel: str = ""
    line: str = ""  # our address, at which it was said
    rule: str = ""  # what read it so ("keyword STOP"), or where a person entered it
    text: str = ""  # the words that asked for it, or that were sent
    note: str = ""  # why, in the words of a member
    by: User | None = None


def record(workspace: Workspace, kind: ConsentEvent.Kind, value: str, proof: Proof, *, lead: Lead | None = None) -> None:
    """Write down what happened to the address `value`. The lead is looked up where it is not given."""
    record_many(workspace, kind, [(value, lead or lead_at(workspace, value))], proof)


def record_many(workspace: Workspace, kind: ConsentEvent.Kind, whom: Iterable[tuple[str, Lead | None]], proof: Proof) -> None:
    """The same for many (address, lead) at once."""
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            workspace=workspace,
            kind=kind,
            value=value[:254],
            asked_at=proof.asked_at,
            lead=lead,
            name=lead.name[:200] if lead else "",
            source=proof.source,
            channel=proof.channel,
            line=proof.line[:254],
            rule=proof.rule[:120],
            text=proof.text[:1000],
            note=proof.note[:500],
            by=proof.by,
        )
        for value, lead in whom
    )


def record_leads(workspace: Workspace, kind: ConsentEvent.Kind, leads: Collection[Lead], proof: Proof) -> None:
    """The same for leads, each under their first address."""
    first: dict[int, str] = {}
    for address in Address.objects.of(workspace).filter(lead__in=leads).order_by("lead", "rank", "-kind"):
        first.setdefault(address.lead_id, address.value)
    record_many(workspace, kind, [(first.get(lead.pk, ""), lead) for lead in leads], proof)


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
