"""CSV that the database writes itself (COPY): cells as they have to stand there, and the bytes of a page.

A cell that a spreadsheet would take for a formula is guarded as `workspaces.downloads.guarded` does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from workspaces.models import Workspace

_IN_ZONE: Final = "SELECT set_config('TimeZone', %s, true)"


def stamp(at: str) -> str:
    """ISO 8601 in the workspace's zone, with its offset."""
    return f"""to_char({at}, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')"""


def word(value: str, of: str) -> str:
    """A value in its words, which go along as JSON in the parameter `of`."""
    return f"COALESCE(%({of})s::jsonb ->> {value}, {value})"


def guarded(text: str) -> str:
    return f"""CASE WHEN left({text}, 1) IN ('=', '+', '-', '@', E'\\t', E'\\r') AND {text} !~ '^\\+[0-9]{{6,15}}$'
        THEN '''' || {text} ELSE NULLIF({text}, '') END"""


@contextmanager
def in_zone(workspace: Workspace) -> Iterator[CursorWrapper]:
    """A cursor by the workspace's clock. Let it give times as text (`stamp`): Django takes others for UTC."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_IN_ZONE, [workspace.time_zone])
        yield cursor
        cursor.execute(_IN_ZONE, ["UTC"])  # as Django has it, for whatever else this transaction reads


def copied(workspace: Workspace, sql: str, values: Mapping[str, Any]) -> bytes:
    """What `sql` (COPY … TO STDOUT) gives, by the workspace's clock."""
    with in_zone(workspace) as cursor, connection.wrap_database_errors, cursor.copy(sql, values) as copy:
        return b"".join(copy)
