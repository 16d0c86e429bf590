"""The doorbell of batches."""

from __future__ import annotations

from celery import current_app
from django.db import transaction


def ring(batch_id: int) -> None:
    """Have it worked on once this transaction has committed; else the sweep finds it."""

    def send() -> None:
        current_app.send_task(
            "conversations.tasks.advance_batch", (batch_id,), queue="housekeeping", expires=60, retry=False, ignore_result=True
        )

    transaction.on_commit(send, robust=True)
