"""The figures above the list: what ran, what is pending, what waits until when, what failed; and the sends of each hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone

from campaigns.vocabulary import ExecutionState
from conversations.console import counts
from conversations.console.asked import Asked
from conversations.console.sends import DAY, FAILED, HOUR, MINUTES, Sends, sends
from conversations.reports import charts
from conversations.reports.charts import Chart, Point, Series
from conversations.vocabulary import Channel
from workspaces.bounded import Bounded
from workspaces.models import Workspace

WIDTH: Final = 480
HEIGHT: Final = 220
"""Of the chart, beside the causes."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """`share`: failures of all that was sent or failed in the range, in percent; None where nothing was."""

    counts: dict[str, Bounded]
    by_channel: list[tuple[str, int]]
    oldest_due: datetime | None
    next_due: datetime | None
    not_delivered: int
    share: float | None
    range: str  # of the two before, and of the chart
    chart: Chart

    @property
    def executed(self) -> Bounded:
        return self.counts[ExecutionState.EXECUTED]

    @property
    def pending(self) -> Bounded:
        return self.counts[ExecutionState.PENDING]

    @property
    def waiting(self) -> Bounded:
        return self.counts[ExecutionState.WAITING]


def tiles(workspace: Workspace, asked: Asked) -> Tiles:
    """In four queries."""
    oldest, following = counts.due(workspace, asked)
    handed = sends(workspace, asked)
    sent, failed = handed.total(failed=False), handed.total(failed=True)
    return Tiles(
        counts=counts.by_state(workspace, asked),
        by_channel=[(Channel(name).label, n) for name, n in sorted(handed.steps.items(), key=lambda one: -one[1]) if name and n],
        oldest_due=oldest,
        next_due=following,
        not_delivered=failed,
        share=100 * failed / (sent + failed) if sent + failed else None,
        range="last 30 days" if asked.since is None else asked.range_words.lower(),
        chart=_chart(workspace, handed),
    )


_TITLES: Final = {MINUTES: "Sends per 5 minutes", HOUR: "Sends per hour", DAY: "Sends per day"}
_SERIES: Final = (
    Series("iMessage", "imessage"),
    Series("SMS", "sms"),
    Series("other", "other"),
    Series("not delivered", "failed"),
)


def _chart(workspace: Workspace, handed: Sends) -> Chart:
    """The series that nothing was sent over is left out."""
    by_bar: dict[datetime, dict[str, int]] = {}
    for (bar, channel), n in handed.bars.items():
        by_bar.setdefault(bar, {})[channel] = n
    points = [_point(begins.astimezone(workspace.zone), handed.unit, by_bar.get(begins, {})) for begins in _bars(handed, workspace)]
    used = [n for n in range(len(_SERIES)) if n != 2 or any(point.values[2] for point in points)]
    points = [Point(point.label, point.title, tuple(point.values[n] for n in used)) for point in points]
    return charts.stacked(_TITLES[handed.unit], [_SERIES[n] for n in used], points, width=WIDTH, height=HEIGHT)


def _point(begins: datetime, unit: str, per: dict[str, int]) -> Point:
    other = sum(n for name, n in per.items() if name not in (Channel.IMESSAGE, Channel.SMS, FAILED))
    day = f"{begins.day} {begins:%b}"
    values = (per.get(Channel.IMESSAGE, 0), per.get(Channel.SMS, 0), other, per.get(FAILED, 0))
    if unit == DAY:
        return Point(day, f"{begins:%a} {day}", values)
    return Point(f"{begins:%H:%M}", f"{begins:%a} {day} {begins:%H:%M}", values)


def _bars(handed: Sends, workspace: Workspace) -> Iterator[datetime]:
    """When each bar begins, up to now; hours are counted on the world's clock, days on the workspace's."""
    now = timezone.now()
    if handed.unit == DAY:
        begins = handed.since
        while begins <= now:
            yield begins
            begins = datetime.combine(begins.date() + timedelta(days=1), begins.time(), workspace.zone)
        return
    at, step = handed.since.astimezone(UTC), timedelta(minutes=5 if handed.unit == MINUTES else 60)
    while at <= now:
        yield at
        at += step
