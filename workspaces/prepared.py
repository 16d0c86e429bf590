"""Statements that are run many times a second: planned once for each connection, their values bound by the server.

Django's cursors write values into the statement, so that PostgreSQL reads and plans it anew each time. For a statement over
a hundred rows of a table with twenty indexes that costs as much as running it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, LiteralString

import psycopg
from django.db import connection


def run(statement: LiteralString, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """The rows that `statement` returns, in the transaction of the caller's connection; arrays need a cast in it.

    Raises what Django's cursors raise. It must be one of a few texts: each is kept by the server, so none is built from values.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return cursor.fetchall() if cursor.description else []


def rows(values: Iterable[Mapping[str, object]]) -> str:
    """Many rows as one value, for `json_to_recordset`: written in one go, where arrays are written element by element.

    Dates, times and UUIDs go as their texts.
    """
    return json.dumps(list(values), default=str)
