"""Intent by campaign, persona, ICP and line: who answers how (S0-91)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.db.models import CharField, Count, F, Q, Value
from django.db.models.functions import Coalesce

from conversations.models import Conversation
from intent.vocabulary import Reason, Status
from workspaces.models import Workspace

NEWEST: Final = 50_000
"""Conversations that are counted: the newest ones with an intent, so that the page stays quick."""
MOST: Final = 25


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
    """What is grouped by: its column and the words where that is empty."""

    title: str
    column: str
    empty: str


DIMENSIONS: Final = {
    "campaign": Dimension("Campaign", "campaign_name", "No campaign"),
    "persona": Dimension("Persona", "lead__persona", "No persona"),
    "icp": Dimension("ICP", "company__icp", "No ICP"),
    "line": Dimension("Line", "line__name", "No line"),
}


def rows(workspace: Workspace, by: str) -> list[Row]:
    """The largest groups first, of at most `NEWEST` conversations. One query."""
    dimension = DIMENSIONS[by]
    read = Conversation.objects.of(workspace).exclude(intent_status="").order_by("-last_at", "-pk")
    counted = Conversation.objects.of(workspace).filter(pk__in=read.values("pk")[:NEWEST])
    title = Coalesce(F(dimension.column), Value(""), output_field=CharField())
    found = counted.order_by().annotate(group=title).values("group").annotate(
        total=Count("pk"),
        positive=Count("pk", filter=Q(intent_status=Status.POSITIVE)),
        neutral=Count("pk", filter=Q(intent_status=Status.NEUTRAL)),
        negative=Count("pk", filter=Q(intent_status=Status.NEGATIVE)),
        meetings=Count("pk", filter=Q(intent_reason=Reason.MEETING)),
        removals=Count("pk", filter=Q(intent_reason=Reason.REQUESTED_REMOVE)),
    )  # fmt: skip
    return [
        Row(
            one["group"] or dimension.empty,
            one["total"],
            one["positive"],
            one["neutral"],
            one["negative"],
            one["meetings"],
            one["removals"],
        )
        for one in found.order_by("-total", "group")[:MOST]
    ]


def tabs(by: str) -> list[tuple[str, str, bool]]:
    """Title, query and whether it is shown, for each dimension."""
    return [(one.title, urlencode({"by": name}), name == by) for name, one in DIMENSIONS.items()]
