"""Files that a browser saves and a spreadsheet opens."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

MARK: Final = "\ufeff"
"""UTF-8's, so that spreadsheets read names as they are written."""

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
_NUMBER: Final = re.compile(r"\+\d{6,15}")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP ASVS 1.2.10). E.164 numbers stay as they are."""
    return f"'{cell}" if cell.startswith(_FORMULAS) and not _NUMBER.fullmatch(cell) else cell


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Lines of a CSV in UTF-8 with its mark, one after another, its texts guarded."""
    writer: Any = csv.writer(_Echo())
    for number, row in enumerate(rows):
        cells = [guarded(cell) if isinstance(cell, str) else cell for cell in row]
        yield (MARK if number == 0 else "") + writer.writerow(cells)


class _Echo:
    """A file that hands each written line back."""

    def write(self, line: str) -> str:
        return line


def download(pieces: Iterable[str | bytes], name: str, content_type: str = "text/csv") -> StreamingHttpResponse:
    """An answer that is saved under `name`, never shown."""
    response = StreamingHttpResponse(pieces, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
