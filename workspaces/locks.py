"""Locks on what is no row, or no row one could wait for: a person, a plan, the imports of a workspace.

They are PostgreSQL's advisory locks, and a name says what is locked: "batch:12". Names that hash alike wait for each other,
which costs a moment and nothing else.

    alone(names)    wait until nobody holds any of them, and keep everybody else waiting until this transaction ends
    shared(names)   the same, but others may share them: `alone` waits for all who share
    if_free(name)   for work of many transactions: do not wait; whether it is ours until the block ends
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, LiteralString

from django.db import connection

from workspaces import statements

# Taken in the order of the array, so that two who want several cannot deadlock.
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%(names)s::text[]) AS name"
_SHARED: Final = "SELECT pg_advisory_xact_lock_shared(hashtextextended(name, 0)) FROM unnest(%(names)s::text[]) AS name"


def alone(names: Iterable[str]) -> None:
    _take(_ALONE, names)


def shared(names: Iterable[str]) -> None:
    _take(_SHARED, names)


@contextmanager
def if_free(name: str) -> Iterator[bool]:
    """The connection holds it, not a transaction: it is let go at the end of the block, or when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _take(statement: LiteralString, names: Iterable[str]) -> None:
    if wanted := sorted(set(names)):
        statements.run(statement, {"names": wanted})
