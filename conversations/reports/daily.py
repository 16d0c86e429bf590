"""Messages by day and channel, for the Console: what reports count, in one query of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from campaigns.models import Campaign
from conversations.models import Tally
from conversations.reports.asked import midnight
from conversations.reports.counting import ENTRIES
from conversations.reports.sums import kept
from lines.models import Line
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Daily:
    day: date
    channel: str
    of_campaign: bool
    sent: int
    failed: int


_DAILY: Final = """
SELECT e.day, e.channel, e.campaign <> -1, sum(e.sent), sum(e.failed) FROM (
    SELECT day, key AS channel, campaign, sent, failed FROM conversations_tally
    WHERE {kept} AND workspace_id = %(workspace)s AND by = 'channel' AND line = %(line)s AND day >= %(first)s AND {campaign}
    UNION ALL
    SELECT (e.at AT TIME ZONE %(zone)s)::date, e.channel, e.campaign, e.sent, e.failed FROM {entries} e
    WHERE e.workspace_id = %(workspace)s AND e.at >= %(since)s AND (%(line)s = 0 OR e.line = %(line)s) AND e.{campaign}
) e GROUP BY 1, 2, 3 HAVING sum(e.sent) <> 0 OR sum(e.failed) <> 0
"""


def by_channel(workspace: Workspace, first: date, campaign: Campaign | None, line: Line | None) -> list[Daily]:
    """What was sent and what failed from a day of the workspace's calendar on."""
    added_up = kept(workspace)
    sql = _DAILY.format(
        kept="true" if added_up else "false",
        entries="conversations_tallyentry" if added_up else f"({ENTRIES} AND m.workspace_id = %(workspace)s)",
        campaign="campaign = %(campaign)s" if campaign else f"campaign <> {Tally.ALL}",
    )
    values: dict[str, Any] = {
        "workspace": workspace.pk,
        "zone": workspace.time_zone,
        "first": first,
        "since": midnight(first, workspace),
        "campaign": campaign.pk if campaign else None,
        "line": line.pk if line else Tally.ALL,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Daily(day, channel, of_campaign, int(sent), int(failed)) for day, channel, of_campaign, sent, failed in cursor]
