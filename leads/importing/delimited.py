"""Rows of a text file: comma, semicolon, tab or bar between cells, whichever makes the most even table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, Final, TextIO

from leads.importing.encodings import NAMES, SAMPLE
from leads.importing.mapping import looks_like
from leads.importing.refusals import BadFile

DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LONGEST_CELL: Final = 32_767
"""Characters; what a cell of a spreadsheet holds at most. A longer one is a quote that nobody closed."""


LONGEST_LINE: Final = 2_000_000
"""Characters of a line; so many and more are no row, and would fill the memory."""


MARK: Final = "\ufeff"  # of Unicode, before the first letter


def read_text(file: BinaryIO, encoding: str) -> tuple[str, Iterator[list[str]]]:
    """How the file was read, in words, and its rows. Bytes that its encoding does not know become �.

    Raises BadFile, the iterator too.
    """
    sample = io.TextIOWrapper(io.BytesIO(_head(file)), encoding=encoding, errors="replace", newline="").read().lstrip(MARK)
    said, skip = _said(sample)
    delimiter = said or delimiter_of(sample)
    words = f"CSV, {NAMES[encoding]}, separated by {DELIMITERS.get(delimiter, repr(delimiter))}"
    return words, _rows(file, encoding, delimiter, skip)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(SAMPLE)
    file.seek(0)
    return head


def _said(sample: str) -> tuple[str, int]:
    """Excel's own first line, `sep=;`: the delimiter, and how many lines to skip."""
    first = sample.split("\n", 1)[0].strip().strip('"').lower()
    return (first[4], 1) if first.startswith("sep=") and len(first) == 5 else ("", 0)


def delimiter_of(sample: str) -> str:
    """The delimiter that gives most rows the same number of cells, and that number more than one."""
    best, found = (0.0, 0), ","
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row][:100]
        except csv.Error:
            continue
        if not rows:
            continue
        width, times = Counter(len(row) for row in rows).most_common(1)[0]
        if width > 1 and (score := (times / len(rows), width)) > best:
            best, found = score, delimiter
    return found


def _swallows(row: list[str], delimiter: str, width: int) -> bool:
    """Whether a line within a cell is a row like the others: as many cells, and an address among them."""
    inner = [line.split(delimiter) for cell in row for line in cell.split("\n")[1:]]
    return any(len(cells) == width > 1 and any(map(looks_like, cells)) for cells in inner)


def _lines(text: TextIO) -> Iterator[str]:
    n = 0
    while line := text.readline(LONGEST_LINE):
        n += 1
        if len(line) == LONGEST_LINE:
            raise BadFile(f"Line {n:,} has more than {LONGEST_LINE:,} characters: it is no row of a list. Export the list again.")
        yield line.lstrip(MARK) if n == 1 else line


def _rows(file: BinaryIO, encoding: str, delimiter: str, skip: int) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    reader = csv.reader(_lines(text), delimiter=delimiter)
    width = 0
    try:
        for n, row in enumerate(reader):
            width = width or len(row)
            if "\n" in "".join(row) and _swallows(row, delimiter, width):
                raise BadFile(
                    f"Row {n + 1:,} holds whole rows in one of its cells: a quotation mark before them is never closed. "
                    f"It begins with “{delimiter.join(row)[:60].splitlines()[0]}”."
                )
            if n >= skip:
                yield row
    except csv.Error:
        raise BadFile(
            f"Row {reader.line_num} cannot be read: one of its cells has more than {LONGEST_CELL:,} characters. "
            "Most likely a quotation mark before it is never closed."
        ) from None
    finally:
        text.detach()
