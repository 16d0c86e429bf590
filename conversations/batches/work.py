"""What a worker does with a batch: make its messages, or cancel them, for a while; then ring for the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.db import OperationalError

from conversations.batches import making, rings, steering
from conversations.models import Batch

SLICE: Final = 20.0
"""Seconds after which a worker lets others come to their turn."""

AT_ONCE: Final = 1.0
"""Seconds somebody who cancels waits for it; the rest is a worker's."""

TRIES: Final = 5

_STEPS: Final[dict[str, Callable[[int], bool]]] = {
    Batch.State.MAKING: making.chunk,
    Batch.State.CANCELLING: steering.wind_up,
}


def advance(batch_id: int, *, seconds: float = SLICE) -> None:
    """Work on it for about so long; what another worker holds is left to that one."""
    until = time.monotonic() + seconds
    while step := _STEPS.get(Batch.objects.filter(pk=batch_id).values_list("state", flat=True).first() or ""):
        if time.monotonic() > until:
            rings.ring(batch_id)
            return
        if not _tried(step, batch_id):
            return


def _tried(step: Callable[[int], bool], batch_id: int) -> bool:
    """One transaction, tried again where it met somebody else's locks."""
    for attempt in range(1, TRIES + 1):
        try:
            return step(batch_id)
        except OperationalError:
            if attempt == TRIES:
                raise
    return False


def at_work() -> list[int]:
    """Batches whose messages are not all made, or not all cancelled: also those whose worker was killed."""
    return list(Batch.objects.filter(state__in=Batch.AT_WORK).order_by("pk").values_list("pk", flat=True))
