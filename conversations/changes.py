"""After a change commits: open pages are told, and the worker is rung. Both may be lost without harm.

Tasks are rung by name: they import the core, and the core does not import them.
"""

from __future__ import annotations

from collections.abc import Iterable

from celery import current_app
from django.db import transaction

from conversations import live


def announce(workspace_id: int, conversation_ids: Iterable[int]) -> None:
    """Tell open pages once this transaction has committed."""
    ids = sorted(set(conversation_ids))
    transaction.on_commit(lambda: live.bump(workspace_id, ids), robust=True)


def ring_outbox() -> None:
    """Have due messages sent once this transaction has committed; else the sweep finds them a second later."""
    _ring("conversations.tasks.ring", "sending")


def ring_ingest() -> None:
    """Have stored events applied once this transaction has committed."""
    _ring("conversations.tasks.apply_inbound", "ingest")


def _ring(task: str, queue: str) -> None:
    def ring() -> None:
        current_app.send_task(task, queue=queue, expires=10, retry=False, ignore_result=True)

    transaction.on_commit(ring, robust=True)
