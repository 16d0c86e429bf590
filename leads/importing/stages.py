"""A file's rows in chunks, each understood as far as that goes without the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from leads.importing.cells import BadRow, Draft, draft
from leads.importing.mapping import columns_of
from leads.importing.outcome import Problem
from leads.importing.tables import lines
from leads.models import ImportProblem, ImportRun

ROWS: Final = 10_000
"""Rows of a chunk: less than a second of work, some twenty megabytes of memory, one transaction."""


@dataclass(slots=True)
class Stage:
    """Bytes `start` to `end` of the rows of a run."""

    start: int
    end: int
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    empty: int = 0

    def restore(self) -> None:
        """As it was read, for writing it again: matching adds to what is left out of a row."""
        for one in self.drafts:
            del one.left_out[one.unreadable :]


def stages(run: ImportRun, rows: BinaryIO) -> Iterator[Stage]:
    """From where the run stands to the end of its rows. Touches no database, so that it can go ahead in a thread."""
    columns, width = columns_of(run.mapping), len(run.columns)
    stage, n = Stage(run.position, run.position), run.above + run.read + int(run.has_header)
    for count, (cells, end) in enumerate(lines(rows, run.position), 1):
        n, stage.end = n + 1, end
        if run.position == 0 and count == 1 and run.has_header:
            n = run.above + 1
        elif not "".join(cells).strip():
            stage.empty += 1
        else:
            try:
                stage.drafts.append(draft(n, cells, columns, width, run.region))
            except BadRow as bad:
                stage.problems.append((n, ImportProblem.Outcome.REJECTED, str(bad), cells))
        if count % ROWS == 0:
            yield stage
            stage = Stage(end, end)
    if stage.end > stage.start:
        yield stage
