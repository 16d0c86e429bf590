"""A file of any kind, rewritten as one JSON list of cells a line: what the import reads, and can go on in from any byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO, Final

from leads.importing.delimited import read_text
from leads.importing.encodings import encoding_of
from leads.importing.mapping import header_at
from leads.importing.refusals import BadFile
from leads.importing.workbooks import is_zip, read_workbook

MOST_COLUMNS: Final = 500
MOST_ROWS: Final = 5_000_000
SAMPLE_ROWS: Final = 10
LOOKED_AT: Final = 20
"""Rows among which the header is looked for."""

Row = list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file turned out to be. `first` is its first row, header or not; `total` counts all rows with it, `above` those
    before it, which are left out. `encoding` is empty for a workbook."""

    read_as: str
    encoding: str
    first: Row
    sample: list[Row]
    total: int
    above: int


def rewrite(file: BinaryIO, to: BinaryIO, encoding: str = "") -> Table:
    """Read an uploaded file and write its rows to `to`; a text's `encoding` is guessed where nobody says it.

    Memory does not grow with the file. Raises BadFile.
    """
    file.seek(0, 2)
    if not file.tell():
        raise BadFile("The file is empty. Choose one with a header and at least one row.")
    if is_zip(file):
        encoding, (read_as, rows) = "", read_workbook(file)
    else:
        encoding = encoding or encoding_of(file)
        read_as, rows = read_text(file, encoding)
    rows = iter(rows)
    begin = list(islice(rows, LOOKED_AT))
    above = header_at(begin)
    sample: list[Row] = []
    total, words = 0, False
    for total, row in enumerate(chain(begin[above:], rows), 1):
        if len(row) > MOST_COLUMNS:
            at = above + total
            raise BadFile(f"Row {at:,} has {len(row):,} columns; at most {MOST_COLUMNS} can be read. Remove what is not needed.")
        if total > MOST_ROWS:
            raise BadFile(f"The file has more than {MOST_ROWS:,} rows. Split it into several files.")
        words = words or any(cell.strip() for cell in row)
        if len(sample) <= SAMPLE_ROWS:
            sample.append(row)
        to.write(json.dumps(row).encode() + b"\n")
    if not words:
        raise BadFile("The file is empty: no cell of it has anything written in it.")
    return Table(read_as, encoding, sample[0], sample[1:], total, above)


def lines(rows: BinaryIO, position: int) -> Iterator[tuple[Row, int]]:
    """The rows from a byte on, each with the byte after it."""
    rows.seek(position)
    for line in rows:
        position += len(line)
        yield _decode(line.decode()), position


_decode: Final = json.JSONDecoder().decode
