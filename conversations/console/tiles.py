"""The figures above the list: what ran, what is pending, what waits until when, what failed; and the sends of each hour.

Counts have an end (`MOST`): beyond it a page says “10 000+” instead of counting a million rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from campaigns.vocabulary import OPEN, ExecutionState
from conversations import charts
from conversations.charts import Chart, Point, Series
from conversations.console.asked import Asked
from conversations.vocabulary import Channel
from workspaces.models import Workspace

MOST: Final = 10_000
HEIGHT: Final = 360
"""Of the chart, beside the causes."""

LONGEST_CHART: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Count:
    """`more`: there are more than that."""

    n: int = 0
    more: bool = False

    def __str__(self) -> str:
        return f"{self.n:,}".replace(",", "\u2009") + ("+" if self.more else "")


@dataclass(frozen=True, slots=True)
class Tiles:
    """`share`: failures of all that was sent or failed in the range, in percent; None where nothing was."""

    counts: dict[str, Count]
    by_channel: list[tuple[str, int]]
    oldest_due: datetime | None
    next_due: datetime | None
    not_delivered: int
    share: float | None
    range: str  # of the two before, and of the chart
    chart: Chart

    @property
    def executed(self) -> Count:
        return self.counts[ExecutionState.EXECUTED]

    @property
    def pending(self) -> Count:
        return self.counts[ExecutionState.PENDING]

    @property
    def waiting(self) -> Count:
        return self.counts[ExecutionState.WAITING]


def tiles(workspace: Workspace, asked: Asked) -> Tiles:
    """In four queries."""
    counts = _counts(workspace, asked)
    oldest, following = _due(workspace, asked)
    sends = _sends(workspace, asked)
    sent, failed = sends.total(failed=False), sends.total(failed=True)
    return Tiles(
        counts=counts,
        by_channel=[(Channel(name).label, n) for name, n in sorted(sends.steps.items(), key=lambda one: -one[1]) if name and n],
        oldest_due=oldest,
        next_due=following,
        not_delivered=failed,
        share=100 * failed / (sent + failed) if sent + failed else None,
        range="last 30 days" if asked.since is None else asked.range_words.lower(),
        chart=_chart(workspace, asked, sends),
    )


def _narrowed(asked: Asked) -> tuple[str, list[Any]]:
    """What campaign and line add to a condition; the same columns stand in executions and messages."""
    where, values = "", []
    if asked.campaign:
        where, values = " AND campaign_id = %s", [asked.campaign.pk]
    if asked.line:
        where, values = where + " AND line_id = %s", [*values, asked.line.pk]
    return where, values


def _counts(workspace: Workspace, asked: Asked) -> dict[str, Count]:
    """Open ones of all time, the others of the range."""
    parts, values = [], []
    more, given = _narrowed(asked)
    for state in ExecutionState:
        since = asked.since if state not in OPEN else None
        parts.append(
            "SELECT %s::text, count(*) FROM (SELECT 1 FROM campaigns_execution WHERE workspace_id = %s AND state = %s"  # noqa: S608
            f"{' AND at >= %s' if since else ''}{more} LIMIT %s) k"
        )
        values += [state.value, workspace.pk, state.value, *([since] if since else []), *given, MOST + 1]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return {state: Count(min(n, MOST), n > MOST) for state, n in cursor.fetchall()}


def _due(workspace: Workspace, asked: Asked) -> tuple[datetime | None, datetime | None]:
    """When the oldest pending one was due, and when the next waiting one is."""
    more, given = _narrowed(asked)
    parts, values = [], []
    for state, order in ((ExecutionState.PENDING, "due_at"), (ExecutionState.WAITING, "due_at")):
        late = "" if state == ExecutionState.PENDING else " AND due_at >= %s"
        parts.append(
            f"(SELECT %s::text, due_at FROM campaigns_execution WHERE workspace_id = %s AND state = %s{late}{more}"  # noqa: S608
            f" ORDER BY {order} LIMIT 1)"
        )
        values += [state.value, workspace.pk, state.value, *([timezone.now()] if late else []), *given]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({' UNION ALL '.join(parts)}) k", values)  # noqa: S608  our own words
        found = dict(cursor.fetchall())
    return found.get(ExecutionState.PENDING), found.get(ExecutionState.WAITING)


FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class Sends:
    """Messages by when their bar begins and by channel, or FAILED; `steps`: those of campaigns alone, by channel."""

    bars: dict[tuple[datetime, str], int]
    steps: dict[str, int]

    def total(self, *, failed: bool) -> int:
        return sum(n for (_, channel), n in self.bars.items() if (channel == FAILED) is failed)


def _sends(workspace: Workspace, asked: Asked) -> Sends:
    """What was handed over, by the index `message_by_sent` alone; less what failed after that, and what failed."""
    more, _ = _narrowed(asked)
    since, unit = _span(workspace, asked)
    lost = "FROM conversations_message WHERE workspace_id = %(workspace)s AND status = 'not_delivered' AND at >= %(since)s"
    more = more.replace("%s", "%(campaign)s", 1) if asked.campaign else more
    more = more.replace("%s", "%(line)s")
    sql = f"""
    SELECT {_bucket(unit, "sent_at")}, channel, campaign_id IS NOT NULL, count(*) FROM conversations_message
    WHERE workspace_id = %(workspace)s AND sent_at >= %(since)s{more} GROUP BY 1, 2, 3
    UNION ALL
    SELECT {_bucket(unit, "sent_at")}, channel, campaign_id IS NOT NULL, -count(*) {lost}
    AND sent_at >= %(since)s{more} GROUP BY 1, 2, 3
    UNION ALL
    SELECT {_bucket(unit, "at")}, '{FAILED}', false, count(*) {lost}{more} GROUP BY 1, 2, 3
    """  # noqa: S608  our own words
    values: dict[str, Any] = {"workspace": workspace.pk, "since": since, "zone": workspace.time_zone}
    values |= {"campaign": asked.campaign.pk if asked.campaign else 0, "line": asked.line.pk if asked.line else 0}
    bars: dict[tuple[datetime, str], int] = {}
    steps: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for bar, channel, of_campaign, n in cursor.fetchall():
            bars[bar, channel] = bars.get((bar, channel), 0) + n
            if of_campaign:
                steps[channel] = steps.get(channel, 0) + n
    return Sends(bars, steps)


def _bucket(unit: str, column: str) -> str:
    if unit == "minutes":
        return f"date_bin('5 minutes', {column}, '2000-01-01+00')"
    return f"date_trunc('{unit}', {column}, %(zone)s)"


def _span(workspace: Workspace, asked: Asked) -> tuple[datetime, str]:
    """Where the chart begins, and what one bar is."""
    now = timezone.now()
    if asked.since is None:
        return (now - LONGEST_CHART).astimezone(workspace.zone).replace(hour=0, minute=0, second=0, microsecond=0), "day"
    return asked.since, {"1h": "minutes", "24h": "hour"}.get(asked.range, "day")


_TITLES: Final = {"minutes": "Sends per 5 minutes", "hour": "Sends per hour", "day": "Sends per day"}
_SERIES: Final = (
    Series("iMessage", "imessage"),
    Series("SMS", "sms"),
    Series("other", "other"),
    Series("not delivered", "failed"),
)


def _chart(workspace: Workspace, asked: Asked, sends: Sends) -> Chart:
    since, unit = _span(workspace, asked)
    points = []
    for begins in _bars(since, unit, workspace):
        per = {channel: n for (bar, channel), n in sends.bars.items() if bar == begins}
        other = sum(n for name, n in per.items() if name not in (Channel.IMESSAGE, Channel.SMS, FAILED))
        values = (per.get(Channel.IMESSAGE, 0), per.get(Channel.SMS, 0), other, per.get(FAILED, 0))
        local = begins.astimezone(workspace.zone)
        label = f"{local.day} {local:%b}" if unit == "day" else f"{local:%H:%M}"
        points.append(Point(label, f"{local:%a} {local.day} {local:%b}" + ("" if unit == "day" else f" {local:%H:%M}"), values))
    used = [n for n in range(len(_SERIES)) if n != 2 or any(point.values[2] for point in points)]
    points = [Point(point.label, point.title, tuple(point.values[n] for n in used)) for point in points]
    return charts.stacked(_TITLES[unit], [_SERIES[n] for n in used], points, height=HEIGHT)


def _bars(since: datetime, unit: str, workspace: Workspace) -> Iterator[datetime]:
    """When each bar begins, up to now; hours are counted on the world's clock, days on the workspace's."""
    now, zone = timezone.now(), workspace.zone
    if unit == "day":
        day = since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        while day <= now:
            yield day
            day = datetime.combine(day.date() + timedelta(days=1), day.time(), zone)
        return
    at, step = since.astimezone(UTC), timedelta(minutes=5 if unit == "minutes" else 60)
    while at <= now:
        yield at
        at += step
