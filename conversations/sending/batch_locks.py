"""Pausing, resuming and cancelling a batch, linearised with sending.

Every gate holds the batch in share mode until its attempt is committed; steering it takes the same lock alone. The
row itself is no use for that: the worker that makes its messages holds it for as long as a chunk takes.
"""

from __future__ import annotations

from collections.abc import Collection

from workspaces import locks


def hold(ids: Collection[int]) -> None:
    """Keep anybody who wants to steer these batches waiting until this transaction ends."""
    locks.shared(map(_name, ids))


def hold_alone(batch_id: int) -> None:
    """Wait for the gates open on the batch, and keep new ones waiting until this transaction ends."""
    locks.alone([_name(batch_id)])


def _name(batch_id: int) -> str:
    return f"batch:{batch_id}"
