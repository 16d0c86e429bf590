"""What a campaign's messages wait for at this moment, and what became of the newest of each lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from campaigns.models import Campaign, Enrolment
from campaigns.vocabulary import OPEN
from conversations.models import Message
from conversations.vocabulary import Hold, State
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Held:
    words: str
    count: int
    until: datetime | None


def held(campaign: Campaign) -> list[Held]:
    """Messages that are written and wait, by what holds them, the most first."""
    waiting = Message.objects.of(campaign.workspace).filter(
        execution__campaign=campaign, execution__state__in=OPEN, state=State.QUEUED
    )
    found = waiting.exclude(hold=Hold.NONE).values_list("hold").annotate(n=Count("pk"), until=Min("run_at")).order_by("-n")
    return [Held(str(Hold(hold).label), count, until) for hold, count, until in found]


def newest(workspace: Workspace, enrolments: Sequence[Enrolment]) -> dict[int, Message]:
    """{enrolment id: the newest of its messages}, in one query."""
    mine = Message.objects.of(workspace).filter(execution__enrolment__in=enrolments).select_related("execution", "conversation")
    found: dict[int, Message] = {}
    for message in mine.order_by("pk"):
        if message.execution:
            found[message.execution.enrolment_id] = message
    return found
