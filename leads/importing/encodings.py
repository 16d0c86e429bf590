"""Which encoding a text file is in: said by its mark, else UTF-8 where it is valid throughout, else Windows-1252.

What is no text, or no table, or in other letters than those, is refused with what helps.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, Final

from leads.importing.refusals import BadFile

SAMPLE: Final = 64 * 1024
NAMES: Final = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}
"""How people call them."""

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NO_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ufffe\uffff]")
"""What text has next to none of: control characters, and what the encoding does not know."""

_BINARY: Final = (
    "This is no CSV or .xlsx file: what is in it is not text. Choose the list itself, or export it as CSV or .xlsx and upload that."
)
_FOREIGN: Final = (
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password, or as CSV.",
    ),
    (b"%PDF", "This is a PDF. Export the list as CSV or .xlsx instead."),
    (b"{\\rtf", "This is a text document. Export the list as CSV or .xlsx instead."),
)
_NO_TABLES: Final = (
    (re.compile(r"<(!doctype|html|\?xml|table|head|body|meta)\b", re.IGNORECASE), "a web page or XML, whatever its name says"),
    (re.compile(r'\[\s*[\[{"]|\{\s*["}]'), "JSON"),
    (re.compile(r"BEGIN:VCARD", re.IGNORECASE), "a file of contact cards (vCard)"),
)
"""What text begins with that is no table, and its name."""

_IN_A_ROW: Final = re.compile(rb"[\x80-\xff]{3,}")
_UNKNOWN: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_FEW_LETTERS: Final = 8


def encoding_of(file: BinaryIO) -> str:
    """The Python name of the encoding of an open file; reads it to its end, and leaves it at its beginning.

    Raises BadFile for what is no text at all.
    """
    file.seek(0)
    head = file.read(SAMPLE)
    file.seek(0)
    for mark, why in _FOREIGN:
        if head.startswith(mark):
            raise BadFile(why)
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "")
    encoding = marked or _wide(head)
    # A program is full of zeros too: UTF-16 is only what reads as text in it. Elsewhere, bytes of 128 and more may be letters.
    text = head.decode(encoding if encoding.startswith("utf-16") else "latin-1", "replace")
    if len(_NO_TEXT.findall(text)) > len(text) // 20:
        raise BadFile(_BINARY)
    begins = text.lstrip("\ufeff\xef\xbb\xbf \t\r\n")[:200]
    for pattern, name in _NO_TABLES:
        if pattern.match(begins):
            raise BadFile(f"This is {name}. Open it in a spreadsheet program, save it as .xlsx or CSV, and choose that.")
    if not encoding and not _is_utf8(file):
        if _is_not_western(head):
            raise BadFile(
                "The letters of this file are neither UTF-8 nor Western. Save it as “CSV UTF-8” or .xlsx, and choose that."
            )
        return "cp1252"
    return encoding or "utf-8-sig"


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: in Western text, nearly every second byte is zero."""
    half = len(head) // 2
    if half < 2:
        return ""
    if head[1::2].count(0) > half * 0.6:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > half * 0.6 else ""


def _is_not_western(head: bytes) -> bool:
    """In Western text accents stand alone; in Cyrillic, Greek or Chinese, bytes of 128 and more follow one another, and many
    of them mean nothing in Windows-1252."""
    letters = len(_HIGH.findall(head))
    in_a_row = sum(map(len, _IN_A_ROW.findall(head)))
    return letters >= _FEW_LETTERS and (in_a_row > letters // 2 or len(_UNKNOWN.findall(head)) > letters // 20)


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(1024 * 1024):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True
