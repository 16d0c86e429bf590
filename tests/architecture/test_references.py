"""Who deletes a row waits until the database has looked for those that refer to it: by an index, not through millions of rows."""

from __future__ import annotations

import pytest
from django.db import connection

NEVER_DELETED = {
    ("conversations_message", "handled_by_id"): "People are taken out of workspaces; their rows stay.",
}

_UNINDEXED = """
SELECT c.conrelid::regclass::text, a.attname
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND NOT EXISTS (
    SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND c.conkey[1] = ANY(i.indkey[0:i.indnkeyatts - 1])
        AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = format('(%%I IS NOT NULL)', a.attname))
)
"""


@pytest.mark.django_db
def test_every_reference_stands_in_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_UNINDEXED, [])
        assert set(cursor.fetchall()) == set(NEVER_DELETED)
