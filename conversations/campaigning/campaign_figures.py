"""What became of a campaign's messages: the funnel of its leads, and each step's sent, read and replied. One query each.

Every figure is a set of leads, and `rows` lists that very set; what is counted and what is shown cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from campaigns.models import Campaign
from conversations.inbox import rows
from conversations.inbox.rows import Row
from workspaces import paging
from workspaces.models import User

SIZE: Final = 50

# Per lead: what the campaign's messages to them came to. Only what has left is looked at (index message_of_campaign).
_REACHED: Final = """
SELECT c.lead_id, min(c.id) AS conversation, bool_or(m.read_at IS NOT NULL) AS read, bool_or(m.replied_at IS NOT NULL) AS replied,
       bool_or(m.replied_at IS NOT NULL AND c.intent_status = 'positive') AS positive
FROM conversations_message m
JOIN conversations_conversation c ON c.id = m.conversation_id
{steps}
WHERE m.campaign_id = %(campaign)s AND m.sent_at IS NOT NULL AND c.lead_id IS NOT NULL {of_step}
GROUP BY c.lead_id
"""
_FUNNEL: Final = f"""
SELECT
    (SELECT count(DISTINCT lead_id) FROM campaigns_enrolment WHERE campaign_id = %(campaign)s),
    count(*), count(*) FILTER (WHERE read), count(*) FILTER (WHERE replied), count(*) FILTER (WHERE positive),
    (SELECT count(DISTINCT lead_id) FROM campaigns_enrolment
     WHERE campaign_id = %(campaign)s AND state = 'stopped' AND stop_reason = 'opted_out'),
    (SELECT count(DISTINCT lead_id) FROM campaigns_enrolment
     WHERE campaign_id = %(campaign)s AND state = 'stopped' AND stop_reason = 'failed')
FROM ({_REACHED.format(steps="", of_step="")}) reached
"""  # noqa: S608  our own words; values are bound
_BY_STEP: Final = """
SELECT n.key, (array_agg(n.name ORDER BY n.id DESC))[1],
       n.key IN (SELECT key FROM campaigns_node WHERE version_id = %(version)s),
       count(DISTINCT c.lead_id), count(DISTINCT c.lead_id) FILTER (WHERE m.read_at IS NOT NULL),
       count(DISTINCT c.lead_id) FILTER (WHERE m.replied_at IS NOT NULL)
FROM conversations_message m
JOIN conversations_conversation c ON c.id = m.conversation_id
JOIN campaigns_execution x ON x.id = m.execution_id
JOIN campaigns_node n ON n.id = x.node_id
WHERE m.campaign_id = %(campaign)s AND m.sent_at IS NOT NULL AND c.lead_id IS NOT NULL
GROUP BY n.key
ORDER BY min(x.id)
"""
_STEPS: Final = "JOIN campaigns_execution x ON x.id = m.execution_id JOIN campaigns_node n ON n.id = x.node_id"

WHAT: Final = {"sent": "TRUE", "read": "read", "replied": "replied", "positive": "positive"}
"""Figures whose leads can be listed, with the condition that makes them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the funnel. `what` names the set (WHAT), or `standing` the enrolments, that the figure leads to."""

    label: str
    count: int
    of: int
    tone: str
    what: str = ""
    standing: str = ""

    @property
    def percent(self) -> int:
        return round(100 * self.count / self.of) if self.of else 0

    @property
    def width(self) -> str:
        """Of the bar, in per cent; what is not nothing can be seen."""
        return f"{max(100 * self.count / self.of, 1) if self.of and self.count else 0:.1f}"


@dataclass(frozen=True, slots=True)
class StepFigures:
    """`stands`: the step is in the version that runs; one that was removed since has sent all the same."""

    key: str
    name: str
    stands: bool
    sent: int
    read: int
    replied: int

    @property
    def read_percent(self) -> int:
        return round(100 * self.read / self.sent) if self.sent else 0

    @property
    def replied_percent(self) -> int:
        return round(100 * self.replied / self.sent) if self.sent else 0


def funnel(campaign: Campaign) -> list[Bar]:
    with connection.cursor() as cursor:
        cursor.execute(_FUNNEL, {"campaign": campaign.pk})
        enrolled, sent, read, replied, positive, opted_out, failed = cursor.fetchone()
    return [
        Bar("Enrolled", enrolled, enrolled, "", standing="all"),
        Bar("Sent", sent, enrolled, "acc", "sent"),
        Bar("Read", read, enrolled, "acc", "read"),
        Bar("Replied", replied, enrolled, "pos", "replied"),
        Bar("Positive", positive, enrolled, "pos", "positive"),
        Bar("Not delivered", failed, enrolled, "neg", standing="failed"),
        Bar("Opted out", opted_out, enrolled, "neg", standing="opted_out"),
    ]


def by_step(campaign: Campaign) -> list[StepFigures]:
    """For each step that has sent anything, over all versions of the workflow, in the order in which they began."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_STEP, {"campaign": campaign.pk, "version": campaign.version_id})
        return [StepFigures(*row) for row in cursor.fetchall()]


def conversations(campaign: Campaign, what: str, key: str, *, after: str, reader: User) -> paging.Page[Row]:
    """The leads of a figure, as rows of their conversations: `what` of WHAT, of one step where `key` names it."""
    of = f"figure:{campaign.pk}:{what}:{key}"
    start = paging.read_name(after, of=of)
    reached = _REACHED.format(steps=_STEPS if key else "", of_step="AND n.key = %(key)s" if key else "")
    sql = (
        f"SELECT conversation FROM ({reached}) reached WHERE {WHAT[what]} AND conversation > %(after)s"  # noqa: S608  our own words; values are bound
        " ORDER BY conversation LIMIT %(limit)s"
    )
    values: dict[str, Any] = {"campaign": campaign.pk, "key": key, "after": start[1] if start else 0, "limit": SIZE + 1}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        ids = [row[0] for row in cursor.fetchall()]
    page = paging.cut(ids, SIZE, lambda pk: paging.name_cursor("", pk, of=of))
    return paging.Page(rows.of(campaign.workspace, page.rows, reader), page.following)
