"""Finding the message or the attempt that an event of a gateway is about."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final

from conversations.models import Attempt, Message
from conversations.vocabulary import FailReason
from leads.addresses import normalise_received
from lines.gateways.base import MessageReceived
from lines.models import Line

PERHAPS_WITHIN: Final = timedelta(minutes=30)
"""How long after its attempt began a message can appear at the gateway: the longest send, and some more."""

CLOCKS_DIFFER: Final = timedelta(seconds=10)


def message_of(line: Line, vendor_id: str) -> Message | None:
    """The message, incoming or outgoing, by the gateway's id."""
    direct = Message.objects.filter(line=line, vendor_id=vendor_id).first()
    if direct:
        return direct
    attempt = Attempt.objects.select_related("message").filter(line=line, vendor_id=vendor_id).first()
    return attempt.message if attempt else None


def attempt_of(line: Line, vendor_id: str, our_key: str) -> Attempt | None:
    """The attempt, by its id at the gateway, else by our own key."""
    attempts = Attempt.objects.select_related("message").filter(line=line)
    if vendor_id and (found := attempts.filter(vendor_id=vendor_id).first()):
        return found
    key = _uuid(our_key)
    return attempts.filter(client_guid=key).order_by("-n").first() if key else None


def given_up(line: Line, event: MessageReceived) -> Attempt | None:
    """The attempt, given up because nobody could tell whether it arrived, that this message at the gateway proves to have arrived.

    Without our key it is known by the same words to the same address soon after it began, which is also what gateways are asked.
    """
    if event.our_key or not event.text:
        return None
    lost = Attempt.objects.select_related("message").filter(
        line=line, vendor_id="", reason=FailReason.OUTCOME_UNKNOWN, message__reason=FailReason.OUTCOME_UNKNOWN,
        message__address=normalise_received(event.recipient),
        started_at__gte=event.occurred_at - PERHAPS_WITHIN, started_at__lte=event.occurred_at + CLOCKS_DIFFER,
    )  # fmt: skip
    said = _letters(event.text)
    return next((attempt for attempt in lost.order_by("pk") if _letters(attempt.message.body) == said), None)


def _letters(text: str) -> str:
    """The letters and digits of a text alone: gateways change spaces and signs."""
    return "".join(character for character in text if character.isalnum()) or text.strip()


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
