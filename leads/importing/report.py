"""The rows that were not taken, as CSV: the reason, then the cells as they came, so that the list can be mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leads.models import ImportProblem, ImportRun
from workspaces.downloads import csv_lines


def problems_csv(run: ImportRun) -> Iterator[str]:
    """Lines of a CSV, by row. The apostrophes that guard cells are taken off by the next import."""
    return csv_lines(_problems(run))


def _problems(run: ImportRun) -> Iterator[Sequence[object]]:
    """Memory does not grow with the rows."""
    yield ["Row", "Outcome", "Reason", *run.columns]
    for problem in ImportProblem.objects.filter(run=run).order_by("row").iterator(chunk_size=2_000):
        yield [problem.row, problem.get_outcome_display(), problem.reason, *map(str, problem.cells)]
