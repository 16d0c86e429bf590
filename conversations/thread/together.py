"""One person's conversations over every channel, read as one thread (S0-07, S0-20): how Overview opens them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from conversations.models import Conversation

ALONE = "alone"
"""The parameter of an address that shows the open conversation by itself."""


@dataclass(frozen=True, slots=True)
class Together:
    """The `others` of the same person, and which of them the thread shows: all, or none."""

    others: list[Conversation]
    alone: bool
    query: str  # of the page's URL, without what chose one or the other

    @property
    def read(self) -> list[Conversation]:
        return [] if self.alone else self.others

    @property
    def query_alone(self) -> str:
        return f"{self.query}&{ALONE}=1" if self.query else f"{ALONE}=1"


def of(conversation: Conversation, asked: QueryDict) -> Together:
    """In one query, none where nobody is known behind the conversation."""
    others: list[Conversation] = []
    if conversation.lead_id:
        mine = Conversation.objects.of(conversation.workspace).filter(lead=conversation.lead_id).exclude(pk=conversation.pk)
        others = list(mine.select_related("line").order_by("family"))
    for other in others:
        other.workspace, other.lead = conversation.workspace, conversation.lead
    return Together(others, ALONE in asked, left_of(asked))


def left_of(asked: QueryDict) -> str:
    """The query of a thread's address without what is about the thread: that of the list beside it."""
    left = asked.copy()
    for name in (ALONE, "before", "since", "m", "new", "canned", "every"):
        left.pop(name, None)
    return left.urlencode()
