"""The doorbell of batches."""

from __future__ import annotations

from workspaces import bells


def ring(batch_id: int) -> None:
    """Have it worked on once this transaction has committed; else the sweep finds it."""
    bells.ring("conversations.tasks.advance_batch", batch_id)
