"""What a worker does, on and on: campaigns, the outbox, the inbox and unknown outcomes, as the real worker's tasks do."""

from __future__ import annotations

import time

from conversations.campaigning import steps
from conversations.receiving import catch_up, ingest
from conversations.sending import dispatch, reconcile
from lines.models import Line

PATIENCE = 45.0  # seconds; a machine may be busy
PAUSE = 0.02  # seconds between two rounds, so that what is looked for is not asked a thousand times


def work_on() -> None:
    """Until somebody kills it, or for as long as a test would wait."""
    print("at work", flush=True)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        steps.drain()
        dispatch.drain()
        reconcile.reconcile()
        for line in Line.objects.all():
            catch_up.catch_up(line.pk)
        ingest.apply_waiting()
        time.sleep(PAUSE)
