"""The suppression list and the consent ledger as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from leads import consent_ledger
from leads.models import ConsentEvent
from leads.suppression import found, names_of
from workspaces.downloads import csv_lines
from workspaces.models import Workspace

HEADER: Final = ("Address", "Name", "Since", "How", "Words", "By")


def export(workspace: Workspace, text: str = "") -> Iterator[str]:
    """Lines of a CSV. Read by short queries, so that nothing is held open meanwhile."""
    return csv_lines(_suppressed(workspace, text))


def _suppressed(workspace: Workspace, text: str) -> Iterator[Sequence[object]]:
    yield HEADER
    after = 0
    while chunk := list(found(workspace, text).filter(pk__gt=after).select_related("by").order_by("pk")[:2_000]):
        after = chunk[-1].pk
        leads = names_of(workspace, [row.value for row in chunk])
        for row in chunk:
            name = leads[row.value].name if row.value in leads else ""
            yield row.value, name, stamp(row.received_at), row.get_source_display(), row.text, str(row.by or "")


LEDGER_HEADER: Final = (
    "Entered", "Asked or sent", "What", "Address", "Name", "How", "Rule", "Words", "Note", "Channel", "Our line", "By",
)  # fmt: skip


def export_ledger(rows: QuerySet[ConsentEvent]) -> Iterator[str]:
    return csv_lines(_entered(rows))


def _entered(rows: QuerySet[ConsentEvent]) -> Iterator[Sequence[object]]:
    yield LEDGER_HEADER
    for row in consent_ledger.all_of(rows):
        yield (
            stamp(row.at), stamp(row.asked_at), row.get_kind_display(), row.value, row.name, row.get_source_display(), row.rule,
            row.text, row.note, row.channel, row.line, str(row.by or ""),
        )  # fmt: skip


def stamp(moment: datetime) -> str:
    """2026-11-20 14:03:07 UTC"""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
