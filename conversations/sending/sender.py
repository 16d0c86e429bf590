"""The identity of a running sender: a lock that lives exactly as long as its process's connection.

A message in flight names the lock of its sender. When the process is killed, PostgreSQL frees the lock within
moments, and the reconciler need not wait for the lease to run out before it asks the gateway.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

import psycopg
from django.db import connection

from workspaces import statements

_SPACE = 0x5B00_0000_0000_0000
"""Keeps sender locks apart from the other advisory locks, which are hashes."""

# pg_locks shows the two halves of a lock's number apart. Shared holders are reconcilers that ask whether the sender lives.
_RUNNING: Final = """
SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND mode = 'ExclusiveLock' AND granted AND classid::bigint >> 16 = %(space)s::bigint
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1
"""


class Sender:
    """Holds a lock of its own on a connection of its own, so that no pool can hand it on."""

    def __init__(self) -> None:
        self.lock = _SPACE | secrets.randbits(48)
        self._connection: psycopg.Connection[Any] | None = None

    def __enter__(self) -> Sender:
        parameters = connection.get_connection_params()
        known = {key: value for key, value in parameters.items() if key not in {"cursor_factory", "context", "pool"}}
        self._connection = psycopg.connect(**known, autocommit=True)
        self._connection.execute("SELECT pg_advisory_lock(%s)", [self.lock])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._connection:
            self._connection.close()


@dataclass(frozen=True, slots=True)
class Turn:
    """Which of the running senders this one is. Lines are shared out by their ids; that affects speed only."""

    place: int = 0
    of: int = 1

    def owns(self, line_id: int) -> bool:
        return line_id % self.of == self.place


def turn_of(lock: int) -> Turn:
    """The place of the sender that holds `lock` among those running now. Without a lock it counts as the only one."""
    running = [number for (number,) in statements.run(_RUNNING, {"space": _SPACE >> 48})]
    return Turn(running.index(lock), len(running)) if lock in running else Turn()


def alive(lock: int) -> bool:
    """Whether the sender that holds `lock` still runs. Call inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [lock])
        (free,) = cursor.fetchone()
    return not free
