"""Rows of an .xlsx file, its first sheet with anything in it, read row by row with openpyxl."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final

import openpyxl
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from leads.importing.delimited import LONGEST_CELL
from leads.importing.refusals import BadFile

MOST_UNPACKED: Final = 1_000_000_000
MOST_WORDS: Final = 100_000_000
"""Bytes: of the whole file, and of its table of words, which is the one part that is held in memory."""

PIECE: Final = 1_000_000
"""Bytes of a sheet looked at together: many times what the longest cell of a spreadsheet holds."""

MOST_EMPTY: Final = 1_000
"""Rows without a word after which a sheet counts as over: formatting may go on to row 1,048,576."""

NOT_EXCEL: Final = "This file says it is a spreadsheet, but it cannot be opened as one. Save it as .xlsx or CSV again."

TOO_LONG: Final = (
    f"A cell of sheet “{{sheet}}” has more than {LONGEST_CELL:,} characters, more than a spreadsheet can hold. "
    "Remove it, and save the file again."
)

_UNCALCULATED: Final = re.compile(rb"<c\b([^>]*)><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
"""A cell with a formula and no value. As the result of a text formula, an empty one is a value: `t="str"`."""

_OVERLAP: Final = 10_000
"""Bytes; a formula has at most 8,192 letters."""


def is_zip(file: BinaryIO) -> bool:
    file.seek(0)
    found = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    return found


def read_workbook(file: BinaryIO) -> tuple[str, Iterator[list[str]]]:
    """How the file was read, in words, and its rows. Raises BadFile, the iterator too."""
    _look_inside(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl lets out whatever its parsers met
        raise BadFile(NOT_EXCEL) from error
    sheets = [sheet for sheet in book.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
    sheets.sort(key=lambda sheet: sheet.sheet_state != "visible")  # a hidden one only where no other has anything in it
    for sheet in sheets:
        _look_at_cells(file, sheet)
        if any(any(row) for row in _rows(sheet)):
            which = f", sheet “{sheet.title}”" if len(sheets) > 1 else ""
            return f"Excel workbook{which}", _rows(sheet)
    raise BadFile("The file is empty: no sheet of it has anything written in it.")


def _look_inside(file: BinaryIO) -> None:
    """Refuse what is another kind of archive, and what unpacks to more than memory holds."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = {part.filename: part.file_size for part in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BadFile(NOT_EXCEL) from error
    finally:
        file.seek(0)
    if not any(name.startswith("xl/") for name in parts):
        raise BadFile("This is an archive, not a spreadsheet. Unpack it, and choose the .xlsx or CSV file inside.")
    words = sum(size for name, size in parts.items() if name.endswith("sharedStrings.xml"))
    if sum(parts.values()) > MOST_UNPACKED or words > MOST_WORDS:
        raise BadFile("This workbook is too large to be read as one. Save it as CSV: there is no such limit there.")


def _look_at_cells(file: BinaryIO, sheet: ReadOnlyWorksheet) -> None:
    """Refuse a cell that would fill the memory, and one that has a formula without its result.

    A program that writes formulas without calculating them leaves cells that would be read as empty."""
    with zipfile.ZipFile(file) as archive, archive.open(sheet._worksheet_path) as part:
        kept = b""
        while piece := part.read(PIECE):
            if len(piece) == PIECE and b"<" not in piece:
                raise BadFile(TOO_LONG.format(sheet=sheet.title))
            kept = kept[-_OVERLAP:] + piece
            for cell in _UNCALCULATED.finditer(kept) if b"<f" in kept else ():
                if b't="str"' not in cell[1]:
                    at = re.search(rb'\br="([A-Z]+[0-9]+)"', cell[1])
                    which = f"Cell {at[1].decode()}" if at else "A cell"
                    raise BadFile(
                        f"{which} of sheet “{sheet.title}” has a formula, and the file does not hold its result. Open the workbook "
                        "in Excel or LibreOffice, save it there, and choose it again; or save it as CSV."
                    )


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[list[str]]:
    empty = 0
    sheet.reset_dimensions()  # some programs write a size that is too small; rows beyond it would be left out
    try:
        for cells in sheet.iter_rows(values_only=True):
            row = [_text(cell) for cell in cells]
            while row and not row[-1]:
                row.pop()
            if any(len(text) > LONGEST_CELL for text in row):
                raise BadFile(TOO_LONG.format(sheet=sheet.title))
            empty = 0 if row else empty + 1
            if empty > MOST_EMPTY:
                return
            yield row
    except BadFile:
        raise
    except Exception as error:  # as above
        raise BadFile(NOT_EXCEL) from error


def _text(cell: Any) -> str:
    """What the cell shows. A number of up to 15 digits is whole in Excel, however it is displayed."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() | date() | time():
            return cell.isoformat()
    return str(cell)
