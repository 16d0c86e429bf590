"""How late scheduled messages begin, for `bench dispatch`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models import F
from django.utils import timezone

from conversations.benches import queued, senders
from conversations.models import Attempt, Message
from conversations.sending import dispatch
from conversations.vocabulary import State
from lines.models import Line
from workspaces.models import Workspace

FOR_SECONDS: Final = 4


def lateness(workspace: Workspace, lines: list[Line], rate: int, processes: int = 1) -> list[float]:
    """Milliseconds from the time a message was scheduled for to its attempt, in order, while `rate` become due in a second."""
    with _here() if processes == 1 else senders.ringing(processes):
        begin = timezone.now() + timedelta(seconds=2 + rate / 200)  # they are written before the first of them is due
        queued.write(workspace, lines, rate * FOR_SECONDS, at=lambda n: begin + timedelta(seconds=n / rate))
        last = begin + timedelta(seconds=FOR_SECONDS)
        time.sleep(max(0.0, (last - timezone.now()).total_seconds()))  # asking all the while would be one more thing to wait for
        until(lambda: not Message.objects.of(workspace).exclude(state=State.SENT).exists())
    attempts = Attempt.objects.of(workspace).annotate(late=F("started_at") - F("message__scheduled_at"))
    found = sorted(1000 * late.total_seconds() for late in attempts.values_list("late", flat=True))
    queued.clear(workspace)
    return found


def at(share: float, found: list[float]) -> float:
    """The lateness that this share of them keeps."""
    return round(found[int(len(found) * share)], 1)


@contextmanager
def _here() -> Iterator[None]:
    """This process sends; beat rings every second, as it does."""
    end = threading.Event()

    def beat() -> None:
        while not end.wait(1.0):
            dispatch.ring()
        connection.close()

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.01)
