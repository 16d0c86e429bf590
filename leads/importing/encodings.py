"""Which encoding a text file is in: said by its mark, else UTF-8 where it is valid throughout, else Windows-1252."""

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
    return encoding or ("utf-8-sig" if _is_utf8(file) else "cp1252")


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: in Western text, nearly every second byte is zero."""
    half = len(head) // 2
    if half < 2:
        return ""
    if head[1::2].count(0) > half * 0.6:
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > half * 0.6 else ""


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
