"""Raw SQL for the busiest paths: values are bound by the server, not written into the text, and many rows are one value.

Django's cursors interpolate values on the client, and both sides then spend longer on the text than on the rows. Statements are
never prepared: a plan that was made while a table was nearly empty would still be used after it has filled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, LiteralString, TypeVar

import psycopg
from django.db import connection
from django.db.models import Model
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)


def run(statement: LiteralString, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """The rows that `statement` returns, in the transaction of the caller's connection; arrays need a cast in it.

    Raises what Django's cursors raise.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values, prepare=False)
        return cursor.fetchall() if cursor.description else []


def rows(values: Iterable[Mapping[str, object]]) -> str:
    """Many rows as one value, for `json_to_recordset`: written in one go, where arrays are written element by element.

    Dates, times and UUIDs go as their texts.
    """
    return json.dumps(list(values), default=str)


def instance(model: type[Row], columns: Mapping[str, object], **related: Model) -> Row:
    """A saved row of which these columns and related rows are known: each other one is loaded when it is asked for.

    As `Model.from_db` makes it, which spends its time on the columns that are not there.
    """
    row = model.__new__(model)
    row.__dict__.update(columns)
    row._state = ModelState()
    row._state.adding, row._state.db = False, connection.alias
    row._state.fields_cache = related
    return row
