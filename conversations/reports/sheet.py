"""A report as CSV: what its table shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conversations.reports.asked import Asked
from conversations.reports.dimensions import DIMENSIONS, STAGES
from conversations.reports.numbers import Part


def rows(asked: Asked, found: list[Part]) -> Iterator[Sequence[object]]:
    """The head, then a row for each part."""
    people = asked.by == "campaign"
    head = [DIMENSIONS[asked.by].title, *(["Enrolled"] if people else []), *(stage.title for stage in STAGES.values())]
    yield [*head, *(["Needs follow-up now"] if people else [])]
    for part in found:
        numbers = [*([part.enrolled or 0] if people else []), *part.counts.values(), *([part.follow_up or 0] if people else [])]
        yield [part.label, *numbers]
