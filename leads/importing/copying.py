"""Rows by COPY into a table of this transaction, and from there by one statement to where they belong.

COPY itself knows no row security and no ON CONFLICT; a temporary table in between costs a microsecond a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql


def stage(name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """A temporary table, gone when this transaction ends. `columns` as in CREATE TABLE: "id bigint, name text"."""
    table = sql.Identifier(name)
    names = sql.SQL(", ").join(sql.Identifier(column.split()[0]) for column in columns.split(", "))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(table))  # where a caller has a transaction around several
        cursor.execute(sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(table, sql.SQL(columns)))
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy:
            for row in rows:
                copy.write_row(row)


def run(statement: str, values: Sequence[Any] = ()) -> int:
    """Execute one statement; the number of rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def new_ids(table: str, count: int) -> list[int]:
    """Ids for rows that are about to be inserted, from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)", [table, count])
        found: list[int] = cursor.fetchone()[0]
        return found
