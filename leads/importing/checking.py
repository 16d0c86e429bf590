"""The dry run: what an import would do, found out without writing a lead."""

from __future__ import annotations

from contextlib import closing
from typing import Final

from django.db import connection, transaction
from django.db.models import F

from leads.importing import chunks, copying
from leads.importing.ahead import ahead
from leads.importing.matching import Earlier
from leads.importing.outcome import keep
from leads.importing.runs import COUNTS, opened
from leads.importing.stages import Stage, stages
from leads.models import ImportProblem, ImportRun

State = ImportRun.State

# What earlier rows of the file have, on disk rather than in memory, and gone with this connection.
_BEGIN: Final = """
DROP TABLE IF EXISTS pg_temp.import_seen;
CREATE TEMP TABLE import_seen (value text PRIMARY KEY, row int NOT NULL)
"""
_SEEN: Final = "SELECT value, row FROM import_seen WHERE value = ANY((SELECT string_to_array(%s, E'\\n'))::text[])"
_SEE: Final = """
INSERT INTO import_seen
SELECT * FROM unnest(string_to_array(%s, E'\\n'), string_to_array(%s, E'\\n')::int[])
"""


def check(run: ImportRun) -> None:
    """Foresee every row, from the first. A check that is broken off begins again."""
    ImportProblem.objects.filter(run=run).delete()
    ImportRun.objects.filter(pk=run.pk, state=State.CHECKING).update(position=0, **dict.fromkeys(COUNTS, 0))
    run.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN)
    try:
        with opened(run.rows) as rows, closing(ahead(stages(run, rows))) as coming:
            for stage in coming:
                if not _foresee(run, stage):
                    return
        ImportRun.objects.filter(pk=run.pk, state=State.CHECKING).update(state=State.CHECKED)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.import_seen")


@transaction.atomic
def _foresee(run: ImportRun, stage: Stage) -> bool:
    here = ImportRun.objects.filter(pk=run.pk, state=State.CHECKING, position=stage.start)
    if not here.select_for_update(no_key=True).exists():
        return False
    values = sorted(value for one in stage.drafts for value in one.addresses)
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [copying.lines(values)])
        seen: Earlier = dict(cursor.fetchall())
        earlier = dict(seen)
        outcome = chunks.foresee(run, stage.drafts, earlier)
        new = sorted(earlier.keys() - seen.keys())  # in the order of their key, at half the cost
        cursor.execute(_SEE, [copying.lines(new), copying.lines(earlier[value] for value in new)])
    outcome.rejected += len(stage.problems)
    outcome.empty += stage.empty
    keep(run, stage.problems + outcome.problems)
    here.update(position=stage.end, **{name: F(name) + getattr(outcome, name) for name in COUNTS})
    return True
