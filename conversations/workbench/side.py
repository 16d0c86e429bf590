"""All there is to know about one message that was not delivered, side by side (S0-75)."""

from __future__ import annotations

from dataclasses import dataclass, field

from campaigns.models import Execution
from conversations.models import Attempt, Message
from conversations.sending import again
from conversations.thread import diagnosis
from conversations.thread.diagnosis import Check
from conversations.vocabulary import MessageStatus
from conversations.wording import statuses
from conversations.workbench import fixes
from conversations.workbench.causes import Cause, Fix, Offer
from leads.models import Address
from lines.meters import Meter, meters_of
from lines.models import Line
from workspaces.access import no_such_page
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Side:
    """`again` is the message that sends it once more; `sentence` the raw words of the gateway."""

    message: Message
    cause: Cause
    sentence: str
    checks: list[Check]
    addresses: list[Address]
    new_today: Meter | None  # of its line
    step: Execution | None
    attempts: list[tuple[Attempt, str]]
    again: Message | None
    again_said: statuses.Said | None
    offers: list[Offer] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def message_of(workspace: Workspace, public_id: str) -> Message:
    """One message that failed, also when it was dealt with or arrived late. Raises Http404."""
    rows = Message.objects.of(workspace).select_related(
        "workspace",
        "line",
        "line__workspace",
        "line__fallback_line",
        "campaign",
        "author",
        "handled_by",
        "conversation",
        "conversation__workspace",
        "conversation__line",
        "conversation__campaign",
        "conversation__lead__company",
    )
    found = rows.filter(public_id=public_id).first()
    if found is None or not (found.reason or found.status == MessageStatus.NOT_DELIVERED):
        no_such_page()
    return found


def of(message: Message) -> Side:
    """A fixed number of queries."""
    lead, line = message.conversation.lead, message.line
    attempts = Attempt.objects.of(message.workspace).filter(message=message).select_related("line").order_by("n")
    copy = Message.objects.of(message.workspace).select_related("line").filter(retry_of=message).order_by("pk").first()
    known = Address.objects.of(message.workspace).filter(lead=lead).order_by("-kind", "rank") if lead else []
    open_ = message.status == MessageStatus.NOT_DELIVERED and message.handled_at is None
    return Side(
        message=message,
        cause=Cause(message.reason),
        sentence=message.reason_detail,
        checks=diagnosis.checks(message),
        addresses=list(known),
        new_today=meters_of([line])[line.pk][0] if line else None,
        step=again.step_of(message),
        attempts=[(one, statuses.attempt_outcome(one.state, one.reason)) for one in attempts],
        again=copy,
        again_said=statuses.said_of(copy) if copy else None,
        offers=_offers(message) if open_ else [],
        lines=fixes.sending_lines(message) if open_ else [],
    )


def _offers(message: Message) -> list[Offer]:
    """What can be done about this one; not another number where its contact has none."""
    offers = Cause(message.reason).offers
    return offers if fixes.has_next_address(message) else [one for one in offers if one.fix != Fix.NEXT_ADDRESS]
