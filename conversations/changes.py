"""After a change commits: open pages are told, and the worker is rung. Both may be lost without harm."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from conversations import live
from workspaces import bells


def announce(workspace_id: int, conversation_ids: Iterable[int]) -> None:
    """Tell open pages once this transaction has committed."""
    ids = sorted(set(conversation_ids))
    transaction.on_commit(lambda: live.bump(workspace_id, ids), robust=True)


def ring_outbox() -> None:
    """Have due messages sent once this transaction has committed; else the sweep finds them a second later."""
    bells.ring("conversations.tasks.ring", expires=10)


def ring_ingest() -> None:
    """Have stored events applied once this transaction has committed."""
    bells.ring("conversations.tasks.apply_inbound", expires=10)
