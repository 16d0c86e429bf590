"""What a worker does for an import. A worker that is killed loses one chunk that was never committed.

A run is advanced by one worker at a time: it holds a lock of its own connection, which dies with it. Each chunk is one
transaction that also moves the run's position on, so nothing is done twice and nothing is left out.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from typing import Final

import structlog
from django.core.files import File
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from leads.checks.finding import enqueue_unchecked
from leads.importing import chunks, copying, people
from leads.importing import mapping as mappings
from leads.importing.ahead import ahead
from leads.importing.cells import storable
from leads.importing.checking import check
from leads.importing.outcome import keep
from leads.importing.refusals import BadFile
from leads.importing.runs import COUNTS, forget, opened, ring
from leads.importing.stages import Stage, stages
from leads.importing.tables import rewrite
from leads.importing.undo import undo_some
from leads.models import ImportRun
from workspaces import locks

log = structlog.get_logger(__name__)
State = ImportRun.State

SLICE: Final = 20.0
"""Seconds after which a worker lets others come to their turn and rings for the rest."""

TRIES: Final = 5

# A chunk does not wait for the disk: where the machine dies, its rows and the run's position are lost together, and done again.
# `_finish` waits, and with it everything before it.
_NO_WAIT: Final = "SELECT set_config('synchronous_commit', 'off', true)"


def advance(run_id: int, *, seconds: float = SLICE) -> None:
    """Do what the run's state asks for, for about so long. Does nothing when another worker is at it."""
    with locks.if_free(f"import run:{run_id}") as ours:
        if not ours:
            return
        run = ImportRun.objects.select_related("workspace").filter(pk=run_id).first()
        if run is None or not run.at_work:
            return
        until = time.monotonic() + seconds
        try:
            _DO[State(run.state)](run, until)
        except (DataError, OSError, ValueError) as error:
            log.exception("import_failed", run=run.public_id)
            _fail(
                run,
                f"It stopped after row {run.read:,}: {type(error).__name__}. What is imported stays; the rest can be tried again.",
            )
    run.refresh_from_db()
    if run.at_work:
        ring(run)


def read(run: ImportRun, until: float) -> None:
    """Rewrite the upload as rows; guess its columns."""
    with opened(run.file) as upload, tempfile.TemporaryFile() as rows:
        try:
            table = rewrite(upload, rows, run.encoding)
            first_is_header = mappings.is_header(table.first)
            if table.total == 1 and first_is_header:
                raise BadFile("The file has a header and no rows below it.")
        except BadFile as bad:
            _fail(run, str(bad))
            return
        rows.seek(0)
        run.rows.delete(save=False)  # of an earlier reading, in another encoding
        run.rows.save(f"{run.workspace_id}/imports/{run.public_id}/rows", File(rows), save=False)
    width = max(len(row) for row in (table.first, *table.sample))
    run.has_header = first_is_header
    run.columns = mappings.titles(table.first if first_is_header else [""] * width)
    run.sample = [storable(row) for row in (table.sample[:10] if first_is_header else [table.first, *table.sample][:10])]
    run.total = table.total - int(first_is_header)
    run.read_as, run.encoding, run.above = table.read_as, table.encoding, table.above
    named = mappings.guess(run.columns) if first_is_header else {}
    run.mapping = named or mappings.guess_by_cells(run.sample)  # also below a header in words that we do not know
    run.columns = storable(run.columns)
    names = ("rows", "has_header", "columns", "sample", "total", "read_as", "encoding", "above", "mapping")
    ImportRun.objects.filter(pk=run.pk, state=State.READING).update(
        state=State.MAPPING, **{name: getattr(run, name) for name in names}
    )


def check_all(run: ImportRun, until: float) -> None:
    """The dry run, of the whole file at once: where it is broken off, it begins again."""
    check(run)


def write_some(run: ImportRun, until: float) -> None:
    with opened(run.rows) as rows, closing(ahead(stages(run, rows))) as coming:
        for stage in coming:
            if not _write(run, stage):
                return  # stopped meanwhile
            if time.monotonic() > until:
                return
    _finish(run)


def _write(run: ImportRun, stage: Stage) -> bool:
    """One chunk, once: only from where the run stands, and only while it is running."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                here = ImportRun.objects.filter(pk=run.pk, state=State.RUNNING, position=stage.start)
                if not here.select_for_update(no_key=True).exists():
                    return False
                copying.run(_NO_WAIT)
                outcome = chunks.write(run, stage.drafts, {})
                outcome.rejected += len(stage.problems)
                outcome.empty += stage.empty
                keep(run, stage.problems + outcome.problems)
                here.update(position=stage.end, **{name: F(name) + getattr(outcome, name) for name in COUNTS})
                return True
        except (IntegrityError, OperationalError):
            # Somebody wrote one of these addresses, or held one of these rows, at this very moment.
            if attempt == TRIES:
                raise
            stage.restore()
    return False


def _finish(run: ImportRun) -> None:
    """Opt-outs that came while their chunk was being written are found now. The rows are no longer needed."""
    with transaction.atomic():
        people.obey_later_opt_outs(run)
        done = ImportRun.objects.filter(pk=run.pk, state=State.RUNNING).update(state=State.DONE, finished_at=timezone.now())
    if done:
        forget(run)
        enqueue_unchecked(run.workspace_id)  # new leads are checked by themselves (S3-09)


def _fail(run: ImportRun, why: str) -> None:
    ImportRun.objects.filter(pk=run.pk, state__in=ImportRun.AT_WORK).update(
        state=State.FAILED, error=why[:500], finished_at=timezone.now()
    )


_DO: Final = {State.READING: read, State.CHECKING: check_all, State.RUNNING: write_some, State.UNDOING: undo_some}
