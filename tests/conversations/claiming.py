"""Claiming as a sender does it, also many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection

from conversations.models import Attempt, Message
from conversations.sending import outbox
from lines.gateways.base import SendResult, Service
from lines.gateways.base import State as GatewayState

SENDER = 1


def claim(room: int = 32) -> list[Message]:
    """Claim once; the messages that may go, oldest first."""
    claims, _ = outbox.claim(SENDER, room=room)
    return [Attempt.objects.get(pk=c.attempt_id).message for c in claims]


def in_threads(count: int, work: Callable[[], None]) -> None:
    """Run `work` in `count` threads that start together, each on a connection of its own."""
    barrier = threading.Barrier(count)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait()
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def repeated(times: int, room: int) -> Callable[[], None]:
    """Work for a thread: claim `times` times."""

    def work() -> None:
        for _ in range(times):
            claim(room)

    return work


def answer(vendor_id: str = "guid") -> SendResult:
    return SendResult(vendor_id=vendor_id, state=GatewayState.SENT, service=Service.IMESSAGE)
