"""The recipients of a batch: the leads somebody has chosen, as they were when they were chosen."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from conversations.models import Batch, Recipient
from conversations.refusals import Refused
from leads import filter_bar, filters, selection
from leads.checks import starting as checks
from leads.models import Address, CheckRun, Lead
from workspaces.models import User, Workspace

MOST: Final = 25_000
"""Leads of one batch."""


def start(workspace: Workspace, data: QueryDict, *, by: User) -> Batch:
    """Begin a batch to the leads a toolbar has selected (`leads.selection`). Raises Refused for none and for too many."""
    chosen = selection.leads_of(workspace, data)
    matching = data.get("all") == selection.MATCHING
    query = filters.query_of(data) if matching else ""
    return begin(workspace, chosen, query=query, source=_source(workspace, data, matching), by=by)


def begin(workspace: Workspace, chosen: QuerySet[Lead], *, query: str = "", source: str = "", by: User) -> Batch:
    """A batch to these leads. Raises Refused."""
    found = chosen.order_by()[: MOST + 1].count()
    if not found:
        raise Refused("Select at least one lead to write to.")
    if found > MOST:
        raise Refused(f"More than {MOST:,} leads are selected, the most of one batch. Narrow the filters, or use a campaign.")
    sql, values = chosen.order_by().values("pk").query.sql_with_params()
    with transaction.atomic():
        source = source or ("1 selected lead" if found == 1 else f"{found:,} selected leads")
        batch = Batch.objects.create(workspace=workspace, state=Batch.State.DRAFT, by=by, query=query, source=source[:300])
        with connection.cursor() as cursor:
            cursor.execute(_GATHER.format(chosen=sql), [workspace.pk, batch.pk, *values])
    return batch


_GATHER: Final = """
INSERT INTO conversations_recipient (workspace_id, batch_id, lead_id, skipped)
SELECT %s, %s, chosen.id, '' FROM ({chosen}) AS chosen(id) ORDER BY chosen.id
"""


def _source(workspace: Workspace, data: QueryDict, matching: bool) -> str:
    if not matching:
        return ""
    words = [f"{chip.label} “{chip.value}”" for chip in filter_bar.chips(workspace, data) if chip.value]
    if text := data.get("q", "").strip():
        words.insert(0, f"“{text[:60]}”")
    return "All leads" if not words else "All that match " + ", ".join(words)


@transaction.atomic
def copy(batch: Batch, *, by: User) -> Batch:
    """A new draft to the same leads with the same words."""
    made = Batch.objects.create(
        workspace=batch.workspace, state=Batch.State.DRAFT, by=by, query=batch.query, source=batch.source, body=batch.body,
        channel=batch.channel, line=batch.line, skip_missing=batch.skip_missing,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COPY, [made.pk, batch.pk])
    return made


_COPY: Final = """
INSERT INTO conversations_recipient (workspace_id, batch_id, lead_id, skipped)
SELECT workspace_id, %s, lead_id, '' FROM conversations_recipient WHERE batch_id = %s ORDER BY id
"""


def size(batch: Batch) -> int:
    return Recipient.objects.filter(batch=batch).count()


def unchecked(batch: Batch) -> QuerySet[Lead]:
    """Its leads with an address that nobody has asked about and none that is available (S1-35)."""
    mine = Recipient.objects.filter(batch=batch).values("lead")
    of = Address.objects.filter(lead=OuterRef("pk"))
    asked = of.filter(availability__in=[Address.Availability.AVAILABLE, Address.Availability.UNAVAILABLE])
    return Lead.objects.of(batch.workspace).filter(Exists(of), ~Exists(asked), pk__in=mine)


def check_availability(batch: Batch, *, by: User) -> CheckRun:
    """Have those checked before it is sent."""
    ids: list[int] = list(unchecked(batch).values_list("pk", flat=True))
    return checks.start(batch.workspace, ids, kind=CheckRun.Kind.BULK, by=by)
