"""Statements that are run many times a second."""

import pytest

from workspaces import statements

pytestmark = pytest.mark.django_db


def test_many_rows_are_one_value() -> None:
    names = statements.rows({"id": n, "name": name} for n, name in enumerate(("Ana", '{Bo}, "C"', "Ünal ❤")))
    found = statements.run(
        "SELECT id, name FROM json_to_recordset(%(rows)s::json) AS r(id int, name text) ORDER BY id", {"rows": names}
    )
    assert found == [(0, "Ana"), (1, '{Bo}, "C"'), (2, "Ünal ❤")]
