"""What was handed over and what was not delivered in a range, by the bars of the chart.

Minutes and hours are counted from the messages of the last day; days come from the tallies of the reports.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from conversations.console.asked import Asked
from conversations.reports import daily
from workspaces.models import Workspace

LONGEST: Final = 30  # days
FAILED: Final = "failed"

MINUTES, HOUR, DAY = "minutes", "hour", "day"
_BUCKETS: Final = {
    MINUTES: "date_bin('5 minutes', {column}, '2000-01-01+00')",
    HOUR: "date_trunc('hour', {column}, %(zone)s)",
}


@dataclass(slots=True)
class Sends:
    """Messages by when their bar begins and by channel, or FAILED; `steps`: those of campaigns alone, by channel."""

    since: datetime
    unit: str
    bars: dict[tuple[datetime, str], int] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)

    def add(self, bar: datetime, channel: str, n: int, *, of_campaign: bool = False) -> None:
        self.bars[bar, channel] = self.bars.get((bar, channel), 0) + n
        if of_campaign:
            self.steps[channel] = self.steps.get(channel, 0) + n

    def total(self, *, failed: bool) -> int:
        return sum(n for (_, channel), n in self.bars.items() if (channel == FAILED) is failed)


def sends(workspace: Workspace, asked: Asked) -> Sends:
    """Of all time the last thirty days are shown."""
    if asked.range in ("1h", "24h") and asked.since:
        return _from_messages(workspace, asked, Sends(asked.since, MINUTES if asked.range == "1h" else HOUR))
    today = timezone.now().astimezone(workspace.zone).date()
    first = asked.since.astimezone(workspace.zone).date() if asked.since else today - timedelta(days=LONGEST)
    found = Sends(datetime.combine(first, time(), workspace.zone), DAY)
    for one in daily.by_channel(workspace, first, asked.campaign, asked.line):
        begins = datetime.combine(one.day, time(), workspace.zone)
        found.add(begins, one.channel, one.sent, of_campaign=one.of_campaign)
        found.add(begins, FAILED, one.failed)
    return found


_COUNTED: Final = """
SELECT {sent_bucket}, channel, campaign_id IS NOT NULL, count(*) FROM conversations_message
WHERE {where} AND sent_at >= %(since)s GROUP BY 1, 2, 3
UNION ALL
SELECT {sent_bucket}, channel, campaign_id IS NOT NULL, -count(*) {lost} AND sent_at >= %(since)s GROUP BY 1, 2, 3
UNION ALL
SELECT {bucket}, '{failed}', false, count(*) {lost} GROUP BY 1, 2, 3
"""


def _from_messages(workspace: Workspace, asked: Asked, found: Sends) -> Sends:
    """What was handed over, by the index `message_by_sent` alone; less what failed after that, and what failed."""
    where = "workspace_id = %(workspace)s" + (" AND campaign_id = %(campaign)s" if asked.campaign else "")
    where += " AND line_id = %(line)s" if asked.line else ""
    sql = _COUNTED.format(
        where=where,
        lost=f"FROM conversations_message WHERE {where} AND status = 'not_delivered' AND at >= %(since)s",
        sent_bucket=_BUCKETS[found.unit].format(column="sent_at"),
        bucket=_BUCKETS[found.unit].format(column="at"),
        failed=FAILED,
    )
    values: dict[str, Any] = {"workspace": workspace.pk, "since": found.since, "zone": workspace.time_zone}
    values |= {"campaign": asked.campaign.pk if asked.campaign else 0, "line": asked.line.pk if asked.line else 0}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for bar, channel, of_campaign, n in cursor.fetchall():
            found.add(bar, channel, n, of_campaign=of_campaign)
    return found
