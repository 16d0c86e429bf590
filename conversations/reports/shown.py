"""A report made ready to be drawn: funnel, table and trend, each number with the URL of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone

from conversations.reports import charts, numbers
from conversations.reports.asked import Asked
from conversations.reports.charts import Chart, Point, Series
from conversations.reports.dimensions import STAGES
from conversations.reports.numbers import Day, Part

MOST_PARTS: Final = 100
MOST_DAYS: Final = 92
"""Days that a trend shows one by one; a longer time is shown by weeks."""
MOST_BARS: Final = 400
"""The newest bars, which are nearly eight years of weeks."""


@dataclass(frozen=True, slots=True)
class Cell:
    stage: str
    title: str
    n: int
    share: float | None
    url: str
    hint: str = ""

    @property
    def whole(self) -> int:
        """The share for a bar, at least one percent where there is anything."""
        return max(1, round(self.share)) if self.share else 0


@dataclass(frozen=True, slots=True)
class Row:
    part: Part
    cells: list[Cell]
    enrolled_url: str = ""
    follow_up_url: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`funnel` counts all messages; `rows` its parts, the largest ones."""

    funnel: list[Cell]
    enrolled: Cell
    rows: list[Row]
    left_out: int
    sends: Chart
    replies: Chart


def report(asked: Asked) -> Report:
    """In about nine queries, whatever there is."""
    counted = numbers.found(asked)
    found, days = counted.parts, counted.days
    whole = numbers.total(found)
    enrolled = Cell("enrolled", "Enrolled", counted.enrolled, None, rows_url(asked, stage="enrolled"), "Leads, in this time.")
    return Report(
        funnel=_cells(asked, whole, None),
        enrolled=enrolled,
        rows=[_row(asked, part) for part in found[:MOST_PARTS]],
        left_out=max(0, len(found) - MOST_PARTS),
        sends=_trend(asked, days, "Sent and not delivered", SENDS, lambda day: (day.sent, day.failed)),
        replies=_trend(asked, days, "Answers", REPLIES, lambda day: (day.positive, day.replied - day.positive)),
    )


def rows_url(asked: Asked, **part: str) -> str:
    """Where the rows of a number are: `stage`, and `key` of one part."""
    return f"{reverse('report_rows', args=[asked.workspace.slug])}?{asked.query(**part)}"


def _cells(asked: Asked, part: Part, key: str | None) -> list[Cell]:
    there = rows_url(asked, **({} if key is None else {"key": key}))
    return [
        Cell(
            name,
            stage.title,
            part.counts[name],
            part.share(name),
            f"{there}{'' if there[-1] == '?' else '&'}stage={name}",
            stage.hint,
        )
        for name, stage in STAGES.items()
    ]


def _row(asked: Asked, part: Part) -> Row:
    overview = reverse("overview", args=[asked.workspace.slug])
    return Row(
        part,
        _cells(asked, part, part.key),
        enrolled_url=rows_url(asked, stage="enrolled", campaign=part.key) if part.key else "",
        follow_up_url=f"{overview}?campaign={part.key or 'none'}&waiting=1",
    )


SENDS: Final = (Series("sent", "imessage"), Series("not delivered", "failed"))
REPLIES: Final = (Series("positive", "sms"), Series("other answers", "other"))


def _trend(
    asked: Asked, days: list[Day], title: str, series: Sequence[Series], values_of: Callable[[Day], tuple[int, int]]
) -> Chart:
    """A bar for each day or week of the time, up to today. `values_of`: what each of the two series has on a day."""
    if not days:
        return charts.stacked(title, series, [])
    today = timezone.now().astimezone(asked.workspace.zone).date()
    since = asked.first_day or days[0].day
    last = min(asked.last, today) if asked.last else max(today, days[-1].day)
    weeks = (last - since).days >= MOST_DAYS
    first = since - timedelta(days=since.weekday()) if weeks else since
    step = 7 if weeks else 1
    counted: Counter[tuple[int, int]] = Counter()
    for one in days:
        bar = (one.day - first).days // step
        counted.update({(bar, n): value for n, value in enumerate(values_of(one))})
    points = []
    for bar in range((last - first).days // step + 1):
        day = first + timedelta(days=bar * step)
        points.append(_point(asked, day, min(last, day + timedelta(days=step - 1)), (counted[bar, 0], counted[bar, 1])))
    return charts.stacked(title + (", by week" if weeks else ", by day"), series, points[-MOST_BARS:])


def _point(asked: Asked, day: date, last: date, values: tuple[int, int]) -> Point:
    title = f"{day:%a} {day.day} {day:%b %Y}" if day == last else f"{day.day} {day:%b} to {last.day} {last:%b %Y}"
    days = {"from": f"{day:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}"}
    return Point(f"{day.day} {day:%b}", title, values, f"?{asked.query(range='', **days)}")
