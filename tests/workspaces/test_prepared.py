"""Statements that are run many times a second."""

import pytest
from django.db import connection

from workspaces import prepared

pytestmark = pytest.mark.django_db


def test_a_statement_is_planned_once_for_a_connection() -> None:
    for number in range(3):
        assert prepared.run("SELECT %(number)s::int + 1", {"number": number}) == [(number + 1,)]

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1::int + 1'")
        assert cursor.fetchone() == (1,)


def test_many_rows_are_one_value() -> None:
    names = prepared.rows({"id": n, "name": name} for n, name in enumerate(("Ana", '{Bo}, "C"', "Ünal ❤")))
    found = prepared.run(
        "SELECT id, name FROM json_to_recordset(%(rows)s::json) AS r(id int, name text) ORDER BY id", {"rows": names}
    )
    assert found == [(0, "Ana"), (1, '{Bo}, "C"'), (2, "Ünal ❤")]
