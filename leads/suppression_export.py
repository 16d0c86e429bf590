"""The suppression list and the consent ledger as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from leads import consent_ledger
from leads.importing.report import Echo, guarded
from leads.models import ConsentEvent
from leads.suppression import found, names_of
from workspaces.models import Workspace

HEADER: Final = ("Address", "Name", "Since", "How", "Words", "By")


def export(workspace: Workspace, text: str = "") -> Iterator[str]:
    """Lines of a CSV in UTF-8 with its mark. Read by short queries, so that nothing is held open meanwhile."""
    writer: Any = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(HEADER)
    after = 0
    while chunk := list(found(workspace, text).filter(pk__gt=after).select_related("by").order_by("pk")[:2_000]):
        after = chunk[-1].pk
        leads = names_of(workspace, [row.value for row in chunk])
        for row in chunk:
            name = leads[row.value].name if row.value in leads else ""
            cells = (row.value, name, stamp(row.received_at), row.get_source_display(), row.text, str(row.by or ""))
            yield writer.writerow([guarded(cell) for cell in cells])


LEDGER_HEADER: Final = (
    "Entered", "Asked or sent", "What", "Address", "Name", "How", "Rule", "Words", "Note", "Channel", "Our line", "By",
)  # fmt: skip


def export_ledger(rows: QuerySet[ConsentEvent]) -> Iterator[str]:
    writer: Any = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(LEDGER_HEADER)
    for row in consent_ledger.all_of(rows):
        cells = (
            stamp(row.at), stamp(row.asked_at), row.get_kind_display(), row.value, row.name, row.get_source_display(), row.rule,
            row.text, row.note, row.channel, row.line, str(row.by or ""),
        )  # fmt: skip
        yield writer.writerow([guarded(cell) for cell in cells])


def stamp(moment: datetime) -> str:
    """2026-11-20 14:03:07 UTC"""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
