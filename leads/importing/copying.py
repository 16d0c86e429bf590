"""Many rows at once: by COPY to where they belong, or into a table of this transaction for one statement to take them from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection
from psycopg import sql


def into(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Append rows to a table. `columns`: "id, name". Raises IntegrityError as an INSERT does; COPY knows no ON CONFLICT."""
    names = sql.SQL(", ").join(sql.Identifier(column) for column in columns.split(", "))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def stage(name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """A temporary table, gone when this transaction ends. `columns` as in CREATE TABLE: "id bigint, name text"."""
    with connection.cursor() as cursor:
        table = sql.Identifier(name)
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(table))  # where a caller has a transaction around several
        cursor.execute(sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(table, sql.SQL(columns)))
    into(name, ", ".join(column.split()[0] for column in columns.split(", ")), rows)


def lines(values: Iterable[object]) -> str:
    """Values without line breaks, for `string_to_array(%s, E'\\n')`: an array takes a hundred times as long to write."""
    return "\n".join(map(str, values))


def run(statement: str, values: Sequence[Any] = ()) -> int:
    """Execute one statement; the number of rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


# The sequence is looked up once, not for every id.
_NEW_IDS: Final = """
SELECT nextval(own.sequence) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence OFFSET 0) own,
       generate_series(1, %s)
"""


def new_ids(table: str, count: int) -> list[int]:
    """Ids for rows that are about to be inserted, from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW_IDS, [table, count])
        return [made for (made,) in cursor.fetchall()]
