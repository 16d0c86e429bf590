"""After a change commits, the engine is rung; the ring may be lost, for a sweep looks every second."""

from __future__ import annotations

from celery import current_app
from django.db import transaction


def ring_engine() -> None:
    def ring() -> None:
        current_app.send_task(
            "conversations.tasks.advance_campaigns", queue="housekeeping", expires=10, retry=False, ignore_result=True
        )

    transaction.on_commit(ring, robust=True)
