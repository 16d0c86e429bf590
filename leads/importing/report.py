"""The rows that were not taken, as CSV: the reason, then the cells as they came, so that the list can be mended."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any, Final

from leads.models import ImportProblem, ImportRun

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
_NUMBER: Final = re.compile(r"\+\d{6,15}")


class Echo:
    """A file that hands each written line back."""

    def write(self, line: str) -> str:
        return line


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP ASVS 1.2.10). E.164 numbers stay as they are; import takes it off."""
    if cell.startswith(_DANGEROUS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def problems_csv(run: ImportRun) -> Iterator[str]:
    """Lines of a CSV in UTF-8 with its mark, by row. Memory does not grow with the rows."""
    writer: Any = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(["Row", "Outcome", "Reason", *map(guarded, run.columns)])
    rows = ImportProblem.objects.filter(run=run).order_by("row")
    for problem in rows.iterator(chunk_size=2_000):
        cells = [guarded(str(cell)) for cell in problem.cells]
        yield writer.writerow([problem.row, problem.get_outcome_display(), guarded(problem.reason), *cells])
