"""What a thread says about its contact's consent: a request to judge, what an opt-out cancelled, the consent message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from conversations.models import Conversation, Message
from conversations.sending import excluding
from conversations.vocabulary import CancelReason, State
from leads.models import OptOut, RemovalRequest

LISTED: Final = 20
"""Cancelled messages that are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a contact stands."""

    request: RemovalRequest | None = None
    opt_out: OptOut | None = None
    cancelled: list[Message] = field(default_factory=list)  # by the opt-out, newest last
    more_cancelled: int = 0
    by_themselves: bool = False  # an admin alone may lift it
    unjudged: bool = False  # the product read it in their own words

    @property
    def all_cancelled(self) -> int:
        return len(self.cancelled) + self.more_cancelled


def standing_of(conversation: Conversation, opt_out: OptOut | None) -> Standing:
    """`opt_out` is the one that stands. In one query, or two."""
    workspace = conversation.workspace
    if opt_out is None:
        return Standing(request=next(iter(excluding.open_requests(conversation)), None))
    cancelled = Message.objects.of(workspace).filter(
        conversation=conversation, state=State.CANCELLED, reason=CancelReason.OPTED_OUT, expires_at__gte=opt_out.received_at
    )
    rows = list(cancelled.order_by("-pk")[: LISTED + 1])
    more = cancelled.count() - LISTED if len(rows) > LISTED else 0
    return Standing(
        opt_out=opt_out,
        cancelled=rows[:LISTED][::-1],
        more_cancelled=more,
        by_themselves=opt_out.source != OptOut.Source.PERSON,
        unjudged=opt_out.source == OptOut.Source.REQUEST and opt_out.by_id is None,
    )
