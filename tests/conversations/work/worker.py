"""What a worker does with a bulk action, in small chunks."""

from __future__ import annotations

from conversations.work import bulk_work

CHUNK = 5


def advance(action: int) -> None:
    bulk_work.CHUNK = CHUNK  # type: ignore[misc]
    bulk_work.advance(action)
