"""Campaigns decide, conversations speak: rung whenever something may be due, campaigns take their steps here in turn."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Final

from django.utils import timezone

from campaigns import beginning, claiming, ending, engine, versions
from conversations.campaigning import step_taking
from conversations.sending import stopping

SLICE: Final = 5.0
"""Seconds after which a drain ends; the next ring goes on."""

RESUMED_WITHIN: Final = timedelta(minutes=2)

_draining = threading.Lock()


def ring() -> None:
    """Take all that is due, unless this process does so already."""
    if _draining.acquire(blocking=False):
        try:
            drain()
        finally:
            _draining.release()


def drain(seconds: float = SLICE) -> int:
    """Take due steps of all campaigns in turn until none is due or the time is over; how many."""
    taken, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        count = sum(_turn(campaign_id) for campaign_id in claiming.at_work() if time.monotonic() < end)
        if not count:
            break
        taken += count
    stopping.cancel_recalled()
    return taken


def _turn(campaign_id: int) -> int:
    """One campaign's turn, a batch of each: new leads begin, due steps are decided or carried out."""
    begun = beginning.begin(campaign_id)
    decided = engine.decide(campaign_id, step_taking.intents_of)
    return begun + decided + step_taking.take(campaign_id)


def sweep() -> None:
    """What time and others' changes do: enrolments end, messages are recalled or released, steps find their line, versions
    reach everybody."""
    while ending.sweep():
        pass
    ending.finish()
    while stopping.cancel_recalled():
        pass
    since = timezone.now() - RESUMED_WITHIN
    stopping.release_resumed(since)
    while step_taking.try_now(since):
        pass
    for version in versions.unmoved():
        while versions.move_some(version):
            pass


def sweep_unwanted() -> None:
    """End the enrolments of leads that were excluded or opted out on other pages."""
    while ending.sweep_unwanted():
        pass
