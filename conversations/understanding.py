"""What replies mean, read on this machine as they come in, and what follows at once.

A sure opt-out suppresses the person; a suspected one holds automation until somebody has judged it; everything else is
shown. What a person says about a reply stands: a machine's reading of the same reply never replaces it.
"""

from __future__ import annotations

from typing import Final

import structlog
from django.db import transaction
from django.utils import timezone

from conversations import optout, summary
from conversations.changes import announce
from conversations.models import Conversation, IntentReading, Message
from conversations.vocabulary import Direction, State
from intent import classifier
from intent.vocabulary import ANCHORS, Layer, OptOut, Pair, Reason, Status, Turn, Verdict
from leads import optouts
from leads.models import OptOut as OptOutRow
from workspaces import audit
from workspaces.models import User

log = structlog.get_logger(__name__)

BATCH: Final = 50
TURNS: Final = 12
"""Messages of the thread that a reply is read with; what came long before changes nothing."""


CHOICES: Final = [
    (f"{pair.status}:{pair.reason or ''}", f"{pair.status.label} · {pair.reason.label}" if pair.reason else pair.status.label)
    for pair in ANCHORS
]
"""The sixteen pairs as a form offers them: "status:reason" and its words."""


class NotAllowed(ValueError):
    """A status and a reason that do not go together; the text names what does."""


def read_waiting() -> int:
    """Read all replies that wait for it; how many."""
    read = 0
    while batch := read_batch():
        read += batch
    return read


@transaction.atomic
def read_batch() -> int:
    """One batch: take unread replies, read each in its thread, then act under the people's locks."""
    rows = list(
        Message.objects.select_related("conversation", "workspace", "line")
        .filter(intent_due=True)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .order_by("pk")[:BATCH]
    )
    verdicts = {message: verdict for message in rows if (verdict := _read(message))}
    flagged = [message for message, verdict in verdicts.items() if verdict.opt_out != OptOut.NONE]
    optouts.hold_alone((message.workspace_id, message.address) for message in flagged)
    for message, verdict in verdicts.items():
        _keep(message, verdict)
    Message.objects.filter(pk__in=[message.pk for message in rows]).update(intent_due=False)
    for message in verdicts:
        announce(message.workspace_id, [message.conversation_id])
    return len(rows)


def _read(message: Message) -> Verdict | None:
    """The verdict on one reply; None where there is nothing to read or the model cannot."""
    try:
        return classifier.read(turns_of(message))
    except Exception:  # a reply that cannot be read stays unclassified; it must not hold up the others
        log.exception("reply_not_read", message=message.public_id)
        return None


def turns_of(message: Message) -> list[Turn]:
    """The thread up to the message, oldest first: what was really said, in either direction."""
    said = Message.objects.filter(conversation_id=message.conversation_id, at__lte=message.at).exclude(body="")
    said = said.filter(state__in=[State.SENT, State.RECEIVED]).exclude(pk=message.pk)
    earlier = said.order_by("-at", "-pk").values_list("direction", "body")[: TURNS - 1]
    turns = [Turn("in" if direction == Direction.INCOMING else "out", body) for direction, body in reversed(earlier)]
    return [*turns, Turn("in", message.body)]


def _keep(message: Message, verdict: Verdict) -> None:
    first = verdict.evidence[0] if verdict.evidence else None
    IntentReading.objects.create(
        workspace_id=message.workspace_id,
        conversation_id=message.conversation_id,
        message=message,
        status=verdict.status,
        reason=verdict.reason or "",
        opt_out=verdict.opt_out,
        score=verdict.score,
        confidence=verdict.confidence,
        layer=first.layer if first else Layer.MODEL,
        evidence=first.words[:300] if first else "",
        model_version=verdict.model_version,
    )
    if not _newest(message) or _judged(message):
        return
    _show(message, verdict.status, verdict.reason, verdict.score)
    if verdict.opt_out == OptOut.SURE:
        _suppress(message, verdict)
    elif verdict.opt_out == OptOut.SUSPECT:
        _ask(message)


def _newest(message: Message) -> bool:
    later = Message.objects.filter(conversation_id=message.conversation_id, direction=Direction.INCOMING, pk__gt=message.pk)
    return not later.exists()


def _judged(message: Message) -> bool:
    return message.intent_readings.filter(layer=Layer.PERSON).exists()


def _suppress(message: Message, verdict: Verdict) -> None:
    optouts.opt_out(
        message.workspace,
        message.address,
        source=OptOutRow.Source.REQUEST,
        rule=f"read as {Reason.REQUESTED_REMOVE.label} ({verdict.confidence:.0%})",
        received_at=message.at,
        channel=message.channel,
        line=_line_address(message),
        text=message.body,
    )
    optout.cancel_queued(message.workspace, message.address)


def _ask(message: Message) -> None:
    """Automation waits until a person has said whether this was a wish for silence."""
    optouts.ask_removal(
        message.workspace,
        message.address,
        rule="may be a wish for silence",
        asked_at=message.at,
        channel=message.channel,
        line=_line_address(message),
        text=message.body,
    )


def _line_address(message: Message) -> str:
    return message.line.address if message.line else ""


def _show(message: Message, status: Status, reason: Reason | None, score: int) -> None:
    Conversation.objects.filter(pk=message.conversation_id).update(
        intent_status=status, intent_reason=reason or "", intent_score=score
    )
    summary.refresh([message.conversation_id])


@transaction.atomic
def relabel(conversation: Conversation, status: Status, reason: Reason | None, *, by: User) -> IntentReading:
    """A person says what the newest reply means. It sticks. Raises NotAllowed for a pair the guide does not know.

    Calling a reply a removal request opts nobody out by itself: the thread offers that as its own step.
    """
    if Pair(status, reason) not in ANCHORS:
        allowed = ", ".join(pair.reason.label if pair.reason else "no reason" for pair in ANCHORS if pair.status == status)
        raise NotAllowed(f"{status.label} goes with: {allowed}.")
    message = conversation.messages.filter(direction=Direction.INCOMING).order_by("-pk").first()
    if message is None:
        raise NotAllowed("There is no reply yet that could be labelled.")
    score = ANCHORS[Pair(status, reason)]
    reading = IntentReading.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        message=message,
        status=status,
        reason=reason or "",
        score=score,
        layer=Layer.PERSON,
        by=by,
        at=timezone.now(),
    )
    _show(message, status, reason, score)
    audit.record(by, conversation.workspace, "reply.relabelled", target=str(conversation), status=status, reason=reason or "")
    announce(conversation.workspace_id, [conversation.pk])
    return reading


def reading_of(conversation: Conversation) -> IntentReading | None:
    """What the conversation's intent stands on: a person's word on the newest reply, else the last reading of it."""
    message = conversation.messages.filter(direction=Direction.INCOMING).order_by("-pk").first()
    if message is None:
        return None
    readings = message.intent_readings.select_related("by")
    return readings.filter(layer=Layer.PERSON).order_by("-at").first() or readings.order_by("-at").first()
