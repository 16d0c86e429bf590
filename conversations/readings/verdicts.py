"""What a verdict on a reply does: it is added to the readings, shown, and obeyed where it hears a wish for silence."""

from __future__ import annotations

from typing import Final

from conversations import summary
from conversations.models import Conversation, IntentReading, Message
from conversations.sending import optout, stopping
from conversations.vocabulary import Direction, State
from intent.vocabulary import Layer, OptOut, Pair, Reason, Status, Turn, Verdict
from leads import optouts, removals
from leads.consent_ledger import Proof
from leads.models import ConsentEvent

TURNS: Final = 12
"""Messages of the thread that a reply is read with; what came long before changes nothing."""


def turns_of(message: Message) -> list[Turn]:
    """The thread up to the message, oldest first: what was really said, in either direction."""
    said = Message.objects.filter(conversation_id=message.conversation_id, at__lte=message.at).exclude(body="")
    said = said.filter(state__in=[State.SENT, State.RECEIVED]).exclude(pk=message.pk)
    earlier = said.order_by("-at", "-pk").values_list("direction", "body")[: TURNS - 1]
    turns = [Turn("in" if direction == Direction.INCOMING else "out", body) for direction, body in reversed(earlier)]
    return [*turns, Turn("in", message.body)]


def keep(message: Message, verdict: Verdict) -> None:
    """Add the reading and let it act. Call with the person held alone where the verdict hears an opt-out.

    A wish for silence counts whatever came after it, unless the person has come back since; a question whether it was one
    is asked of the newest reply alone, which was read together with what it continues.
    """
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
    if judged(message):
        return
    is_newest = newest(message)
    if is_newest:
        show(message, Pair(verdict.status, verdict.reason), verdict.score)
    if verdict.opt_out == OptOut.SURE:
        _suppress(message, verdict)
    elif verdict.opt_out == OptOut.SUSPECT and is_newest and not removals.was_asked(message.workspace, message.address, message.at):
        ask_removal(message, "may be a wish for silence")


def newest(message: Message) -> bool:
    later = Message.objects.filter(conversation_id=message.conversation_id, direction=Direction.INCOMING, pk__gt=message.pk)
    return not later.exists()


def judged(message: Message) -> bool:
    """Whether a person has said what the reply means."""
    return message.intent_readings.filter(layer=Layer.PERSON).exists()


def _suppress(message: Message, verdict: Verdict) -> None:
    if optouts.came_back(message.workspace, message.address, since=message.at):
        return
    rule = f"read as {Reason.REQUESTED_REMOVE.label} ({verdict.confidence:.0%})"
    optouts.opt_out(message.workspace, message.address, _proof(message, rule))
    optout.cancel_queued(message.workspace, message.address)


def ask_removal(message: Message, rule: str) -> None:
    """Automation waits until a person has said whether this was a wish for silence."""
    removals.ask_removal(message.workspace, message.address, _proof(message, rule))


def _proof(message: Message, rule: str) -> Proof:
    return Proof(
        source=ConsentEvent.Source.REQUEST,
        asked_at=message.at,
        channel=message.channel,
        line=message.line.address if message.line else "",
        rule=rule,
        text=message.body,
    )


def show(message: Message, pair: Pair, score: int) -> None:
    """The conversation's row says so from now on; a refusal ends what campaigns would still send."""
    Conversation.objects.filter(pk=message.conversation_id).update(
        intent_status=pair.status, intent_reason=pair.reason or "", intent_score=score
    )
    if pair.status == Status.NEGATIVE:
        stopping.declined(message.conversation_id)
    summary.refresh([message.conversation_id])
