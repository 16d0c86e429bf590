"""A report as CSV: what its table shows. A cell that a spreadsheet would take for a formula gets an apostrophe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from conversations.reports.asked import Asked
from conversations.reports.dimensions import DIMENSIONS, STAGES
from conversations.reports.numbers import Part
from leads.importing.report import guarded

MARK = "\ufeff"
"""UTF-8's, so that spreadsheets read names as they are written."""


def lines(asked: Asked, found: list[Part]) -> Iterator[str]:
    """The head, then a line for each part."""
    people = asked.by == "campaign"
    head = [DIMENSIONS[asked.by].title, *(["Enrolled"] if people else []), *(stage.title for stage in STAGES.values())]
    yield MARK + _line([*head, *(["Needs follow-up now"] if people else [])])
    for part in found:
        numbers = [*([part.enrolled or 0] if people else []), *part.counts.values(), *([part.follow_up or 0] if people else [])]
        yield _line([guarded(part.label), *map(str, numbers)])


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
