"""What became of the rows of a chunk, and the list of those that were not taken, or not wholly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from leads.importing import copying
from leads.importing.cells import Draft, storable
from leads.models import ImportProblem, ImportRun

Problem = tuple[int, str, str, Sequence[str]]  # row, outcome, reason, cells


@dataclass(slots=True)
class Outcome:
    """What became of a chunk's rows. Each row is in exactly one of the first six."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    rejected: int = 0
    empty: int = 0
    in_part: int = 0
    opted_out: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + self.repeated + self.rejected + self.empty


def problem(draft: Draft, outcome: ImportProblem.Outcome, why: str) -> Problem:
    return draft.row, outcome.value, why, draft.cells


def keep(run: ImportRun, problems: list[Problem]) -> None:
    """Store the rows that were not taken, or not wholly."""
    rows = (
        (run.workspace_id, run.pk, row, outcome, why[:1000], json.dumps(storable(cells))) for row, outcome, why, cells in problems
    )
    if problems:
        copying.into("leads_importproblem", "workspace_id, run_id, row, outcome, reason, cells", rows)
