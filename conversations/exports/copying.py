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

AS_CSV: Final = r"TO STDOUT (FORMAT csv, NULL '\N')"
"""So that an empty text is an empty cell: by itself COPY writes that for none, and quotes for an empty one. Leave no cell NULL."""

_DANGEROUS: Final = ", ".join(str(ord(sign)) for sign in "=+-@\t\r")
_IN_ZONE: Final = "SELECT set_config('TimeZone', %s, true)"


def stamp(at: str) -> str:
    """ISO 8601 in the workspace's zone, with its offset."""
    return f"""to_char({at}, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')"""


def word(value: str, of: str) -> str:
    """A value in its words, which go along as JSON in the parameter `of`."""
    return f"COALESCE(%({of})s::jsonb ->> {value}, {value})"


def guarded(text: str) -> str:
    """A bounded repetition in the pattern would cost more than all the rest of a line."""
    number = f"{text} ~ '^\\+[0-9]+$' AND length({text}) BETWEEN 7 AND 16"
    return f"CASE WHEN ascii({text}) IN ({_DANGEROUS}) AND NOT ({number}) THEN '''' || {text} ELSE {text} END"


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
