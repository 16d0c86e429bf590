"""Which encoding a text file is in: said by its mark, else UTF-16 or UTF-8 where it reads as such, else guessed by its letters.

What is no text, or no table, is refused with what helps.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, Final

from leads.importing import letters
from leads.importing.refusals import BadFile

SAMPLE: Final = 64 * 1024
NAMES: Final = {
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1254": "Windows-1254",
    "cp1251": "Windows-1251",
    "koi8_r": "KOI8-R",
    "cp1253": "Windows-1253",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "cp874": "Windows-874",
    "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "cp949": "EUC-KR",
    "gb18030": "GB 18030",
    "cp950": "Big5",
}
"""How people call them."""

CHOICES: Final = (
    ("utf-8-sig", "Unicode (UTF-8)"),
    ("utf-16-le", "Unicode (UTF-16)"),
    ("utf-16-be", "Unicode (UTF-16, big-endian)"),
    ("cp1252", "Western European (Windows-1252)"),
    ("cp1250", "Central European (Windows-1250)"),
    ("cp1254", "Turkish (Windows-1254)"),
    ("cp1251", "Cyrillic (Windows-1251)"),
    ("koi8_r", "Cyrillic (KOI8-R)"),
    ("cp1253", "Greek (Windows-1253)"),
    ("cp1255", "Hebrew (Windows-1255)"),
    ("cp1256", "Arabic (Windows-1256)"),
    ("cp874", "Thai (Windows-874)"),
    ("cp932", "Japanese (Shift-JIS)"),
    ("euc_jp", "Japanese (EUC-JP)"),
    ("cp949", "Korean (EUC-KR)"),
    ("gb18030", "Chinese, simplified (GB 18030)"),
    ("cp950", "Chinese, traditional (Big5)"),
)
"""What somebody may choose where the guess is wrong."""

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
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
    return encoding or ("utf-8-sig" if _is_utf8(file) else letters.guess(head))


def reads_as(file: BinaryIO, encoding: str) -> bool:
    """Whether the beginning of an open file is text in this encoding."""
    file.seek(0)
    text = letters.decoded(file.read(SAMPLE), encoding)
    file.seek(0)
    return text is not None and len(_NO_TEXT.findall(text)) <= len(text) // 20


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: separators, digits and Western letters have a zero before or after them, always on one side."""
    before, after = head[0::2].count(0), head[1::2].count(0)
    if before + after < max(2, len(head) // 50):
        return ""
    if after > before * 20:
        return "utf-16-le"
    return "utf-16-be" if before > after * 20 else ""


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
