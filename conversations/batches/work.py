"""What a worker does with a batch: make its messages, or cancel them, for a while; then ring for the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conversations.batches import making, rings, steering
from conversations.models import Batch
from workspaces import slices

AT_ONCE: Final = 1.0
"""Seconds somebody who cancels waits for it; the rest is a worker's."""

_STEPS: Final[dict[str, Callable[[int], bool]]] = {
    Batch.State.MAKING: making.chunk,
    Batch.State.CANCELLING: steering.wind_up,
}


def advance(batch_id: int, *, seconds: float = slices.SLICE) -> None:
    """Work on it for about so long; what another worker holds is left to that one."""
    slices.work(lambda: _step(batch_id), lambda: rings.ring(batch_id), seconds=seconds)


def _step(batch_id: int) -> bool:
    state = Batch.objects.filter(pk=batch_id).values_list("state", flat=True).first()
    step = _STEPS.get(state or "")
    return step is not None and step(batch_id)


def at_work() -> list[int]:
    """Batches whose messages are not all made, or not all cancelled: also those whose worker was killed."""
    return list(Batch.objects.filter(state__in=Batch.AT_WORK).order_by("pk").values_list("pk", flat=True))
