"""Claiming: which line asks about which address next."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Final

from django.db import transaction
from django.utils import timezone

from leads.checks import picking, places
from leads.checks.picking import Ask
from leads.checks.places import Place
from lines.models import Line

ASK_SECONDS: Final = 35.0
"""The longest a gateway may take for one answer (it gives up after 30 s), with some room."""

LEASE_MARGIN: Final = 15.0

FEW: Final = 3
"""A line that has no more to ask than this takes more meanwhile, so that it never waits for a claim."""


@dataclass(slots=True)
class Batch:
    """What one line asks now, in this order; more comes while it asks. Until `lease` nobody else asks over the line."""

    line: Line
    lease: datetime
    asks: deque[Ask] = field(default_factory=deque)

    @property
    def runs_out(self) -> bool:
        return len(self.asks) <= FEW and not self.line.check_spacing

    def grow(self, more: Batch) -> None:
        """By what was claimed for its line meanwhile."""
        self.asks.extend(more.asks)
        self.lease = more.lease


@transaction.atomic
def claim(room: int, *, item_id: int | None = None, first: bool = False, growing: Sequence[Batch] = ()) -> list[Batch]:
    """What up to `room` lines may ask right now; with `item_id`, only that item over any one line.

    `first`: nobody asks yet, so the batches are small. `growing`: batches that are being asked and
    whose lines may take more; what is claimed for them comes as batches of their own, to be added once this has committed.

    1. Hold the lines that are free, whose spacing has passed and whose day has room.
    2. Give them the most urgent items of their workspace in turn, each with the next address in order.
    3. Write the claim: until its lease ends nobody else asks over the line or about the lead.
    """
    held = {(batch.line.pk, batch.lease): len(batch.asks) + 1 for batch in growing}
    free = places.free(1 if item_id else room, item_id=item_id, first=first, held=held)
    known = {batch.line.pk: batch.line for batch in growing}
    lines = known | places.lines(place.line_id for found in free.values() for place in found if place.line_id not in known)
    batches = [batch for workspace_id, found in free.items() for batch in _fill(workspace_id, found, lines, item_id)]
    picking.show([(batch.line.workspace_id, ask.address) for batch in batches for ask in batch.asks])
    return batches


def _fill(workspace_id: int, free: list[Place], lines: dict[int, Line], item_id: int | None) -> list[Batch]:
    """Share the items of one workspace out among its lines, each to the line that has the fewest; and write the claim."""
    level = places.share(workspace_id) + FEW + 1
    for place in free:
        place.takes = min(place.takes, level - place.has)
    lease = timezone.now() + timedelta(seconds=max(place.has + place.takes for place in free) * ASK_SECONDS + LEASE_MARGIN)
    batches = [Batch(lines[place.line_id], lease) for place in free]
    fewest = [(place.has, n) for n, place in enumerate(free) if place.takes > 0]
    heapify(fewest)
    for ask in picking.pick(workspace_id, sum(max(place.takes, 0) for place in free), lease, item_id):
        has, n = heappop(fewest)
        batches[n].asks.append(ask)
        if len(batches[n].asks) < free[n].takes:
            heappush(fewest, (has + 1, n))
    taken = [batch for batch in batches if batch.asks]
    if taken:
        places.hold(((batch.line.pk, len(batch.asks)) for batch in taken), lease)
        picking.take((ask, batch.line.pk) for batch in taken for ask in batch.asks)
    return taken
