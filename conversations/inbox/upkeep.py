"""Keeping the counts by cell small and true: what triggers wrote is added up every few seconds, and can be compared with the
conversations themselves."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

SQUASH_AT_ONCE: Final = 20_000  # rows

_SQUASH: Final = """
WITH grown AS (
    SELECT DISTINCT workspace_id, campaign, cell FROM (
        SELECT workspace_id, campaign, cell FROM conversations_facet WHERE NOT squashed LIMIT %s
    ) unsquashed
), taken AS (
    DELETE FROM conversations_facet f USING grown g
    WHERE f.workspace_id = g.workspace_id AND f.campaign = g.campaign AND f.cell = g.cell
    RETURNING f.workspace_id, f.campaign, f.cell, f.n
)
INSERT INTO conversations_facet (workspace_id, campaign, cell, n, squashed)
SELECT workspace_id, campaign, cell, sum(n), true FROM taken GROUP BY 1, 2, 3 HAVING sum(n) <> 0
"""


def squash() -> int:
    """Add up what was written since the last time, in one statement; how many cells that leaves.

    Safe beside writers and beside itself: what it deletes it has deleted alone, and their sum is what it writes.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SQUASH, [SQUASH_AT_ONCE])
        return int(cursor.rowcount)


_DRIFT: Final = """
SELECT workspace_id, campaign, cell, sum(n) FROM (
    SELECT workspace_id, campaign, cell, n::bigint FROM conversations_facet
    UNION ALL
    SELECT c.workspace_id, k.campaign, c.cell, -count(*)
    FROM conversations_conversation c CROSS JOIN LATERAL (VALUES (0::bigint), (COALESCE(c.campaign_id, -1))) k(campaign)
    GROUP BY 1, 2, 3
) both_sides GROUP BY 1, 2, 3 HAVING sum(n) <> 0
"""


def drift() -> list[tuple[int, int, int, int]]:
    """(workspace, campaign, cell, by how many the count is too high) wherever counts and rows differ: nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT)
        return list(cursor.fetchall())


_REPAIR: Final = f"""
INSERT INTO conversations_facet (workspace_id, campaign, cell, n, squashed)
SELECT workspace_id, campaign, cell, -sum, false FROM ({_DRIFT}) found
"""  # noqa: S608  our own words; values are bound


def repair() -> int:
    """Write what `drift` found back into the counts; how many cells that were. For rows restored without triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE conversations_conversation IN SHARE MODE")
        cursor.execute(_REPAIR)
        return int(cursor.rowcount)
