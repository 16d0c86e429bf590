"""Counts of messages by day and part, exact whatever comes late, for the price of a few thousand rows instead of all.

A trigger writes an entry whenever what a message counts as has changed (migration 0008). `fold` adds entries to the tallies
every few seconds, readers add those that are still there: one statement sees each change once, on one side or the other.
A workspace's days are those of its time zone; when that changes, or nothing was added up yet, `fold` counts it again, and
readers count the messages themselves until then. `drift` compares with the plain count, `repair` counts again.
"""

from __future__ import annotations

import time
from typing import Final

from django.db import connection, transaction

from conversations.models import TallyBook
from conversations.reports.counting import ANY, COLUMNS, ENTRIES, spread
from workspaces import locks
from workspaces.models import Workspace

LEAST: Final = 250
MOST: Final = 4_000
"""Entries of one statement: it begins with the fewest. Spread thin over days and campaigns, each is twenty tallies to add to."""
SLICE: Final = 2.0
"""Seconds after which the rest is left to the next call, so that other sweeps come to their turn."""

_ALONE: Final = "tallies"
_INTO: Final = f"INSERT INTO conversations_tally (workspace_id, by, campaign, line, day, key, {', '.join(COLUMNS)})"

_TAKEN: Final = f"""
WITH taken AS (
    DELETE FROM conversations_tallyentry WHERE id IN (
        SELECT e.id FROM conversations_tallyentry e
        LEFT JOIN workspaces_workspace w ON w.id = e.workspace_id
        LEFT JOIN conversations_tallybook b ON b.workspace_id = e.workspace_id
        WHERE w.id IS NULL OR w.time_zone = b.zone ORDER BY e.id LIMIT %s
    ) RETURNING *
), added AS (
    {_INTO}
    {spread("SELECT t.*, b.zone FROM taken t JOIN conversations_tallybook b ON b.workspace_id = t.workspace_id")}
    HAVING {ANY} ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (workspace_id, by, campaign, line, day, key) DO UPDATE SET
        {", ".join(f"{name} = conversations_tally.{name} + EXCLUDED.{name}" for name in COLUMNS)}
)
SELECT count(*) FROM taken
"""  # noqa: S608  our own words; values are bound

_UNCOUNTED: Final = """
SELECT w.id FROM workspaces_workspace w LEFT JOIN conversations_tallybook b ON b.workspace_id = w.id
WHERE b.zone IS DISTINCT FROM w.time_zone ORDER BY w.id
"""

# One statement, one snapshot: what the entries that go have told is in the messages that are counted.
_COUNTED: Final = f"""
WITH gone AS (DELETE FROM conversations_tallyentry WHERE workspace_id = %(workspace)s)
{_INTO}
{spread(f"SELECT e.*, %(zone)s::text AS zone FROM ({ENTRIES} AND m.workspace_id = %(workspace)s) e")}
"""  # noqa: S608  our own words; values are bound


def fold() -> int:
    """Add up what was written since the last time; how many entries that were. Safe beside writers.

    0 where somebody is at it already: counting a large workspace again takes minutes, which no other worker waits out.
    """
    with locks.if_free(_ALONE) as ours:
        return _fold_all() if ours else 0


def _fold_all() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_UNCOUNTED)
        for (workspace,) in cursor.fetchall():
            count_anew(workspace)
    done, at_once, until = 0, LEAST, time.monotonic() + SLICE
    while (began := time.monotonic()) < until:
        taken = _fold(at_once)
        done += taken
        if taken < at_once:
            break
        quick = time.monotonic() - began < SLICE / 10
        at_once = min(MOST, 2 * at_once) if quick else max(LEAST, at_once // 2)
    return done


@transaction.atomic
def _fold(most: int) -> int:
    locks.alone([_ALONE])
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [most])
        return int(cursor.fetchone()[0])


def count_anew(workspace_id: int, *, again: bool = False) -> None:
    """Write the tallies of one workspace from its messages, in the time zone it has now; `again`: also where they are in it."""
    with transaction.atomic(), connection.cursor() as cursor:
        locks.alone([_ALONE])
        zone = Workspace.objects.filter(pk=workspace_id).values_list("time_zone", flat=True).first()
        done = TallyBook.objects.filter(workspace_id=workspace_id, zone=zone).exists()  # by somebody else, meanwhile
        if zone is None or (done and not again):
            return
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("DELETE FROM conversations_tally WHERE workspace_id = %s", [workspace_id])
        cursor.execute(_COUNTED, {"workspace": workspace_id, "zone": zone})
        TallyBook.objects.update_or_create(workspace_id=workspace_id, defaults={"zone": zone})


_DRIFT: Final = f"""
SELECT e.workspace_id, e.by, e.campaign, e.line, e.day, e.key, {", ".join(f"sum(e.{name})" for name in COLUMNS)} FROM (
    SELECT workspace_id, by, campaign, line, day, key, {", ".join(COLUMNS)} FROM conversations_tally
    UNION ALL {spread("SELECT t.*, b.zone FROM conversations_tallyentry t JOIN conversations_tallybook b USING (workspace_id)")}
    UNION ALL
    SELECT workspace_id, by, campaign, line, day, key, {", ".join(f"-{name}" for name in COLUMNS)}
    FROM ({spread(f"SELECT t.*, b.zone FROM ({ENTRIES}) t JOIN conversations_tallybook b USING (workspace_id)")})
        AS plain(workspace_id, by, campaign, line, day, key, {", ".join(COLUMNS)})
) e GROUP BY 1, 2, 3, 4, 5, 6 HAVING {ANY}
"""  # noqa: S608  our own words; values are bound


def drift() -> list[tuple[int, str]]:
    """(workspace, what is counted wrong) wherever tallies and messages differ: nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT)
        return [(workspace, " ".join(map(str, told))) for workspace, *told in cursor.fetchall()]


def repair() -> int:
    """Count those workspaces again whose tallies differ; how many that were. For rows restored without triggers."""
    wrong = {workspace for workspace, _ in drift()}
    for workspace in sorted(wrong):
        count_anew(workspace, again=True)
    return len(wrong)
