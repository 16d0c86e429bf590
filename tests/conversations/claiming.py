"""Claiming as a sender does it, also many at once."""

from __future__ import annotations

from collections.abc import Callable

from conversations.models import Attempt, Message
from conversations.sending import outbox
from lines.gateways.base import SendResult, Service
from lines.gateways.base import State as GatewayState

SENDER = 1


def claim(room: int = 32) -> list[Message]:
    """Claim once; the messages that may go, oldest first."""
    claims, _ = outbox.claim(SENDER, room=room)
    return [Attempt.objects.get(pk=c.attempt_id).message for c in claims]


def repeated(times: int, room: int) -> Callable[[], None]:
    """Work for a thread: claim `times` times."""

    def work() -> None:
        for _ in range(times):
            claim(room)

    return work


def numbers(count: int) -> list[str]:
    return [f"+12025551{n:03d}" for n in range(count)]


def answer(vendor_id: str = "guid") -> SendResult:
    return SendResult(vendor_id=vendor_id, state=GatewayState.SENT, service=Service.IMESSAGE)
