"""The numbers of a report: how many messages of each part reached each stage, exact at the moment of asking."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from conversations.models import Tally
from conversations.reports import people, sums
from conversations.reports.asked import Asked
from conversations.reports.dimensions import NOT_DELIVERED, STAGES
from conversations.reports.naming import Named, named
from conversations.reports.sums import Counts


@dataclass(slots=True)
class Part:
    """The messages of one campaign, line, persona, ...: {stage: how many}."""

    key: str
    label: str
    counts: Counts = field(default_factory=lambda: dict.fromkeys(STAGES, 0))
    enrolled: int | None = None  # leads, where campaigns are told apart
    follow_up: int | None = None  # conversations that wait for an answer now

    def share(self, stage: str) -> float | None:
        """In percent of what it is a part of; None where that is nothing."""
        of = STAGES[stage].of
        whole = self.counts["sent"] + self.counts[NOT_DELIVERED] if of == "tried" else self.counts[of]
        return 100 * self.counts[stage] / whole if whole else None

    def add(self, counts: Counts) -> None:
        for stage, n in counts.items():
            self.counts[stage] += n


@dataclass(frozen=True, slots=True)
class Day:
    """What was handed over on one day of the workspace's calendar, what of it was answered, and what was not delivered."""

    day: date
    sent: int
    replied: int
    positive: int
    failed: int


@dataclass(frozen=True, slots=True)
class Found:
    """`parts` with what they reached, the largest first, hours in their order; `days` on which anything happened."""

    parts: list[Part]
    days: list[Day]
    enrolled: int  # leads, in the time


def found(asked: Asked) -> Found:
    """The same number of queries whatever there is."""
    counted, by_day = sums.counted(asked)
    enrolled = people.enrolled_by_campaign(asked)
    waiting = people.follow_up(asked.workspace) if asked.by == "campaign" else {}
    names = named(asked.workspace, asked.by, {*counted, *(enrolled if asked.by == "campaign" else ())})
    by_key: dict[str, Part] = {}
    for cell, name in names.items():  # what was removed meanwhile has one name, and one part
        part = by_key.setdefault(name.key, Part(name.key, name.label))
        part.add(counted.get(cell, {}))
        if asked.by == "campaign":
            _with_people(part, cell, name, enrolled, waiting)
    days = [Day(day, n["sent"], n["replied"], n["positive"], n[NOT_DELIVERED]) for day, n in sorted(by_day.items())]
    return Found(_ordered(asked, list(by_key.values())), days, sum(enrolled.values()))


def _with_people(part: Part, cell: str, name: Named, enrolled: dict[str, int], waiting: dict[str, int]) -> None:
    part.enrolled = (part.enrolled or 0) + enrolled.get(cell, 0) if name.key else None
    part.follow_up = waiting.get(cell if name.key else str(Tally.NONE), 0)


def _ordered(asked: Asked, parts: list[Part]) -> list[Part]:
    if asked.by == "hour":
        return sorted(parts, key=lambda part: part.key)
    return sorted(parts, key=lambda part: (-part.counts["sent"], -part.counts[NOT_DELIVERED], part.label))


def parts(asked: Asked) -> list[Part]:
    return found(asked).parts


def total(found: list[Part]) -> Part:
    """All parts together."""
    whole = Part("", "All")
    for part in found:
        whole.add(part.counts)
    return whole
