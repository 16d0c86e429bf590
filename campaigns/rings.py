"""After a change commits, the engine is rung; the ring may be lost, for a sweep looks every second."""

from __future__ import annotations

from celery import current_app
from django.db import connection, transaction


def ring_engine() -> None:
    """Once, however often a transaction asks for it."""
    if all(call is not _ring for _, call, *_ in connection.run_on_commit):
        transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    task = "conversations.tasks.advance_campaigns"
    current_app.send_task(task, queue="housekeeping", expires=10, retry=False, ignore_result=True)
