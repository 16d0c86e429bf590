"""What a worker does with an import, in short stretches."""

from __future__ import annotations

from leads.importing import stages, work
from leads.models import ImportRun

ROWS = 50


def import_all(run: int) -> None:
    stages.ROWS = ROWS  # type: ignore[misc]
    while ImportRun.objects.get(pk=run).at_work:
        work.advance(run, seconds=0)
