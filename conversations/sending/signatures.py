"""What a file really is, by its first bytes: a browser only says what its name ends in.

Sources: PNG (W3C PNG, 5.2), JPEG (ITU-T T.81, B.1.1.3: the marker SOI, then another), GIF (GIF89a, 17), WebP (RFC 9649,
2.4), Matroska and WebM (RFC 8794, 11.2.1), TIFF (TIFF 6.0, 2; BigTIFF's 43), BMP (BITMAPFILEHEADER: its reserved words are
zero), AVI (RIFF, form type `AVI `). MP4, 3GP and newer MOV files begin with a box `ftyp` that names a brand (ISO/IEC
14496-12, 4.3), as HEIF pictures do (ISO/IEC 23008-12, annexes B and C; AVIF's brands: AV1 Image File Format). Older MOV
files have no `ftyp` and begin with another atom (Apple, QuickTime File Format).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

HEAD: Final = 16
"""Bytes that are needed from the beginning of a file."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its name in a sentence, what its names end in, its beginning, and the types it may be sent as, the
    usual one first."""

    name: str
    ending: str
    begins: re.Pattern[bytes]
    types: tuple[str, ...]


def _kind(name: str, ending: str, begins: bytes, *types: str) -> Kind:
    return Kind(name, ending, re.compile(begins, re.DOTALL), types)


KINDS: Final = (
    _kind("a PNG picture", ".png", rb"\x89PNG\r\n\x1a\n", "image/png", "image/apng", "image/x-png"),
    _kind("a JPEG picture", ".jpg", rb"\xff\xd8\xff", "image/jpeg", "image/jpg", "image/pjpeg"),
    _kind("a GIF picture", ".gif", rb"GIF8[79]a", "image/gif"),
    _kind("a WebP picture", ".webp", rb"RIFF....WEBP", "image/webp"),
    _kind(
        "a HEIC picture",
        ".heic",
        rb"\0\0..ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1|avi[fs])",
        *("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence", "image/avif"),
    ),
    # One kind, because phones use each other's brands; those of sound and of raw photos are none of it.
    # No atom is longer than the largest file that can be sent.
    _kind(
        "an MP4, MOV or 3GP video",
        ".mp4",
        rb"\0\0..ftyp(?!M4[ABP] |crx )|[\0-\5]...(?:moov|mdat|wide|free|skip)",
        *("video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2", "video/x-m4v"),
    ),
    _kind("a WebM video", ".webm", rb"\x1aE\xdf\xa3", "video/webm", "video/x-matroska", "video/matroska"),
    _kind("an AVI video", ".avi", rb"RIFF....AVI ", "video/x-msvideo", "video/avi", "video/vnd.avi"),
    _kind("a TIFF picture", ".tiff", rb"II[*+]\0|MM\0[*+]", "image/tiff"),
    _kind("a BMP picture", ".bmp", rb"BM....\0\0\0\0", "image/bmp", "image/x-ms-bmp"),
)


def kind_of(head: bytes) -> Kind | None:
    """What the first HEAD bytes of a file show it to be; None where it is no kind of the table, whose order counts."""
    return next((kind for kind in KINDS if kind.begins.match(head)), None)


def as_it_is(name: str, content_type: str, head: bytes) -> tuple[str, str]:
    """Name and type of a received file by its first bytes; those it came with where these show no other kind.

    A gateway names both before anybody has the file, and may hand over another: BlueBubbles makes JPEG of HEIC.
    """
    found = kind_of(head)
    if found is None or content_type.lower() in found.types:
        return name, content_type
    return PurePosixPath(name).stem + found.ending, found.types[0]


def disagreement(name: str, content_type: str, head: bytes) -> str:
    """Why the file is not what it says it is, and what to do; empty where it is, or says to be of a kind not in the table."""
    said = next((kind for kind in KINDS if content_type.lower() in kind.types), None)
    found = kind_of(head)
    if said is None or said is found:
        return ""
    if found is None:
        return (
            f"“{name}” says it is {said.name}, but what is in it is something else or damaged. "
            "Open it to see what it is, and attach a picture or video."
        )
    return (
        f"“{name}” says it is {said.name}, but it is {found.name}. "
        f"Rename it so that it ends in {found.ending}, and attach it again."
    )
