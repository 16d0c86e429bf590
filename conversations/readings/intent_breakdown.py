"""Intent by campaign, variant, persona, ICP and line: who answers how (S0-91)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connection
from django.db.models import CharField, Count, F, Q, Value
from django.db.models.functions import Coalesce

from conversations import cells
from conversations.models import Conversation
from intent.vocabulary import Reason, Status
from workspaces.models import Workspace

NEWEST: Final = 10_000
"""Conversations or answered messages that are looked at, the newest ones, so that the page stays quick with a million."""
MOST: Final = 25
INTENT: Final = cells.DIMENSIONS["intent"].mask
"""A conversation's cell has one of these bits where there is an intent: the newest such are found in the list's own index."""


@dataclass(frozen=True, slots=True)
class Row:
    """How the contacts of one group answered."""

    title: str
    total: int
    positive: int
    neutral: int
    negative: int
    meetings: int
    removals: int

    def share(self, part: int) -> int:
        """Percent of the group."""
        return round(100 * part / self.total) if self.total else 0

    @property
    def positive_share(self) -> int:
        return self.share(self.positive)

    @property
    def removal_share(self) -> int:
        return self.share(self.removals)


@dataclass(frozen=True, slots=True)
class Dimension:
    """What is grouped by: its column and the words where that is empty. Which campaign and variant they answered, messages say."""

    title: str
    column: str
    empty: str


DIMENSIONS: Final = {
    "campaign": Dimension("Campaign", "", "No campaign"),
    "variant": Dimension("Variant", "", "One text only"),
    "persona": Dimension("Persona", "lead__persona", "No persona"),
    "icp": Dimension("ICP", "company__icp", "No ICP"),
    "line": Dimension("Line", "line__name", "No line"),
}


def rows(workspace: Workspace, by: str) -> list[Row]:
    """The largest groups first, of at most `NEWEST` conversations. One query."""
    column = DIMENSIONS[by].column
    found = _by_column(workspace, column) if column else _by_message(workspace, _BY_VARIANT if by == "variant" else _BY_CAMPAIGN)
    return [Row(title or DIMENSIONS[by].empty, *numbers) for title, *numbers in found]


def _by_column(workspace: Workspace, column: str) -> Iterable[tuple[Any, ...]]:
    read = Conversation.objects.of(workspace).annotate(said=F("cell").bitand(INTENT)).filter(said__gt=0)
    newest = read.order_by("-last_at", "-pk").values("pk")[:NEWEST]
    counted = Conversation.objects.of(workspace).filter(pk__in=newest)
    title = Coalesce(F(column), Value(""), output_field=CharField())
    found = counted.order_by().annotate(group=title).values("group").annotate(
        total=Count("pk"),
        positive=Count("pk", filter=Q(intent_status=Status.POSITIVE)),
        neutral=Count("pk", filter=Q(intent_status=Status.NEUTRAL)),
        negative=Count("pk", filter=Q(intent_status=Status.NEGATIVE)),
        meetings=Count("pk", filter=Q(intent_reason=Reason.MEETING)),
        removals=Count("pk", filter=Q(intent_reason=Reason.REQUESTED_REMOVE)),
    )  # fmt: skip
    names = ("group", "total", "positive", "neutral", "negative", "meetings", "removals")
    return found.order_by("-total", "group").values_list(*names)[:MOST]


_BY_VARIANT: Final = """
WITH answered AS (
    SELECT conversation_id, campaign_id, variant, sent_at FROM conversations_message
    WHERE workspace_id = %(workspace)s AND direction = 'out' AND sent_at IS NOT NULL AND replied_at IS NOT NULL
    ORDER BY sent_at DESC LIMIT %(newest)s
), texts AS (
    SELECT DISTINCT ON (conversation_id) conversation_id, CASE WHEN variant <> '' THEN campaign_id END AS campaign_id, variant
    FROM answered ORDER BY conversation_id, sent_at DESC
)
SELECT CASE WHEN p.id IS NOT NULL THEN p.name || ' · text ' || t.variant ELSE '' END AS title, count(*),
    count(*) FILTER (WHERE c.intent_status = 'positive'), count(*) FILTER (WHERE c.intent_status = 'neutral'),
    count(*) FILTER (WHERE c.intent_status = 'negative'), count(*) FILTER (WHERE c.intent_reason = 'meeting'),
    count(*) FILTER (WHERE c.intent_reason = 'requested_remove')
FROM texts t
JOIN conversations_conversation c ON c.id = t.conversation_id AND c.workspace_id = %(workspace)s AND c.intent_status <> ''
LEFT JOIN campaigns_campaign p ON p.id = t.campaign_id AND p.workspace_id = %(workspace)s
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s
"""

_BY_CAMPAIGN: Final = """
WITH read AS (
    SELECT id, intent_status, intent_reason FROM conversations_conversation
    WHERE workspace_id = %(workspace)s AND cell & %(intent)s > 0 ORDER BY last_at DESC, id DESC LIMIT %(newest)s
), answered AS (
    SELECT conversation_id, campaign_id, sent_at FROM conversations_message
    WHERE workspace_id = %(workspace)s AND direction = 'out' AND sent_at IS NOT NULL AND replied_at IS NOT NULL
    ORDER BY sent_at DESC LIMIT %(newest)s
), texts AS (
    SELECT DISTINCT ON (conversation_id) conversation_id, campaign_id
    FROM answered WHERE campaign_id IS NOT NULL ORDER BY conversation_id, sent_at DESC
)
SELECT COALESCE(p.name, '') AS title, count(*),
    count(*) FILTER (WHERE c.intent_status = 'positive'), count(*) FILTER (WHERE c.intent_status = 'neutral'),
    count(*) FILTER (WHERE c.intent_status = 'negative'), count(*) FILTER (WHERE c.intent_reason = 'meeting'),
    count(*) FILTER (WHERE c.intent_reason = 'requested_remove')
FROM read c
LEFT JOIN texts t ON t.conversation_id = c.id
LEFT JOIN campaigns_campaign p ON p.id = t.campaign_id AND p.workspace_id = %(workspace)s
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s
"""


def _by_message(workspace: Workspace, statement: str) -> list[tuple[Any, ...]]:
    """By the message that was answered last: a thread may wait for a campaign whose messages have not even left."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"workspace": workspace.pk, "intent": INTENT, "newest": NEWEST, "most": MOST})
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def tabs(by: str) -> list[tuple[str, str, bool]]:
    """Title, query and whether it is shown, for each dimension."""
    return [(one.title, urlencode({"by": name}), name == by) for name, one in DIMENSIONS.items()]
