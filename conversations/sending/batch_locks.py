"""Pausing, resuming and cancelling a batch, linearised with sending.

Every gate holds the batch in share mode until its attempt is committed; who steers the batch takes the same lock alone. The
row itself is no use for that: whoever makes its messages holds it for as long as a chunk takes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import connection

_LOCK: Final = "SELECT {function}(hashtextextended('batch:' || id, 0)) FROM unnest(%s::bigint[]) AS id"


def hold(ids: Collection[int]) -> None:
    """Keep whoever wants to steer these batches waiting until this transaction ends."""
    if ids:
        _lock("pg_advisory_xact_lock_shared", ids)


def hold_alone(batch_id: int) -> None:
    """Wait for the gates open on the batch, and keep new ones waiting until this transaction ends."""
    _lock("pg_advisory_xact_lock", [batch_id])


def _lock(function: str, ids: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(function=function), [sorted(ids)])
