"""What a person says a reply means. It is added to the readings and outranks every machine's, whenever that comes."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, Subquery
from django.utils import timezone

from conversations.changes import announce
from conversations.models import Conversation, IntentReading, Message
from conversations.readings import verdicts
from conversations.vocabulary import Direction
from intent.vocabulary import ANCHORS, REMOVE, Layer, Pair, Reason, Status
from leads import optouts
from workspaces import audit
from workspaces.models import User

KEYS: Final = {
    "1": Pair(Status.POSITIVE, Reason.MEETING),
    "2": Pair(Status.POSITIVE, Reason.PRICING),
    "3": Pair(Status.POSITIVE, Reason.INFO),
    "4": Pair(Status.NEUTRAL, Reason.LATER),
    "5": Pair(Status.POSITIVE, Reason.REFERRAL),
    "6": Pair(Status.NEGATIVE, Reason.COMPETITOR),
    "7": Pair(Status.NEGATIVE, Reason.BUDGET),
    "8": Pair(Status.NEGATIVE, Reason.NO_NEED),
    "9": Pair(Status.NEGATIVE, Reason.WRONG_PERSONA),
    "0": REMOVE,
    "+": Pair(Status.POSITIVE, None),
    "=": Pair(Status.NEUTRAL, None),
    "-": Pair(Status.NEGATIVE, None),
}
"""One key for each reason with its usual status, in the guide's order, and one for each status alone."""
_KEY_OF: Final = {pair: key for key, pair in KEYS.items()}


def said(pair: Pair) -> str:
    """The pair in the words of the pages."""
    return f"{pair.status.label} · {pair.reason.label}" if pair.reason else str(pair.status.label)


def value_of(pair: Pair) -> str:
    """The pair as a form sends it: "status:reason"."""
    return f"{pair.status}:{pair.reason or ''}"


CHOICES: Final = [(value_of(pair), said(pair), _KEY_OF.get(pair, "")) for pair in ANCHORS]
"""The sixteen pairs as a form offers them: value, words, key."""


class NotAllowed(ValueError):
    """A status and a reason that do not go together; the text names what does."""


def pair_of(text: str) -> Pair:
    """What a form sent. Raises NotAllowed."""
    status, _, reason = text.partition(":")
    if status not in Status.values or (reason and reason not in Reason.values):
        raise NotAllowed("Choose what the reply means.")
    pair = Pair(Status(status), Reason(reason) if reason else None)
    if pair not in ANCHORS:
        allowed = ", ".join(one.reason.label if one.reason else "no reason" for one in ANCHORS if one.status == pair.status)
        raise NotAllowed(f"{pair.status.label} goes with: {allowed}.")
    return pair


def relabel(conversation: Conversation, pair: Pair, *, by: User) -> IntentReading:
    """The newest reply means `pair`. Raises NotAllowed where nobody has replied."""
    message = conversation.messages.filter(direction=Direction.INCOMING).order_by("-pk").first()
    if message is None:
        raise NotAllowed("There is no reply yet that could be labelled.")
    return label(message, pair, by=by)


@transaction.atomic
def label(message: Message, pair: Pair, *, by: User) -> IntentReading:
    """`by` says that the reply means `pair`; it is shown where the reply is the newest.

    A reply that is called a removal request holds all automation to the person at once, and the thread asks for the rest.
    Calling it something else lifts no opt-out: that is a step of its own, with a note.
    """
    if pair == REMOVE:
        optouts.hold_alone([(message.workspace_id, message.address)])
    reading = IntentReading.objects.create(
        workspace_id=message.workspace_id,
        conversation_id=message.conversation_id,
        message=message,
        status=pair.status,
        reason=pair.reason or "",
        score=ANCHORS[pair],
        layer=Layer.PERSON,
        by=by,
        at=timezone.now(),
    )
    if verdicts.newest(message):
        verdicts.show(message, pair, ANCHORS[pair])
    if pair == REMOVE:
        verdicts.ask_removal(message, f"labelled so by {by}")
    detail = {"status": pair.status, "reason": pair.reason or ""}
    audit.record(by, message.workspace, "reply.relabelled", target=str(message.conversation), **detail)
    announce(message.workspace_id, [message.conversation_id])
    return reading


def reading_of(conversation: Conversation) -> IntentReading | None:
    """What the conversation's intent stands on: a person's word on the newest reply, else the last reading of it."""
    newest = conversation.messages.filter(direction=Direction.INCOMING).order_by("-pk")
    readings = IntentReading.objects.of(conversation.workspace).filter(message=Subquery(newest.values("pk")[:1]))
    by_a_person = ExpressionWrapper(Q(layer=Layer.PERSON), BooleanField())
    return readings.select_related("by").order_by(by_a_person.desc(), "-at").first()
