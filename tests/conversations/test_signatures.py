"""What a file is by its first bytes, beside what it says it is."""

from __future__ import annotations

import pytest

from conversations.sending.signatures import as_it_is, disagreement

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0"
WEBP = b"RIFF\x24\0\0\0WEBPVP8 "
NOTHING = "damaged. Open it to see what it is, and attach a picture or video."


def box(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0"


@pytest.mark.parametrize(
    ("content_type", "head", "says"),
    [
        ("image/png", PNG, ""),
        ("image/jpeg", JPEG, ""),
        ("IMAGE/JPEG", JPEG, ""),
        ("image/gif", b"GIF89a\1\0\1\0", ""),
        ("image/webp", WEBP, ""),
        ("image/heic", box(b"heic"), ""),
        ("image/heif", box(b"mif1"), ""),
        ("image/avif", box(b"avif"), ""),
        ("video/mp4", box(b"isom"), ""),
        ("video/quicktime", box(b"qt  "), ""),
        ("video/quicktime", b"\0\0\0\x08wide\0\x12\x34\x56mdat", ""),
        ("video/3gpp", box(b"3gp4"), ""),
        ("video/mp4", box(b"qt  "), ""),
        ("video/webm", b"\x1aE\xdf\xa3\x9fB\x86\x81", ""),
        ("image/bmp", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", ""),
        ("image/tiff", b"II*\0\x08\0\0\0", ""),
        ("image/svg+xml", b"<svg xmlns=", ""),  # not in the table: not judged
        ("image/png", b"These are words.", NOTHING),
        ("image/png", b"\x89PN", NOTHING),
        ("image/webp", b"RIFF\x24\0\0\0WAVEfmt ", NOTHING),
        ("image/bmp", b"BMW offers a lot", NOTHING),
        ("video/quicktime", b"The free words of a text", NOTHING),
        ("video/mp4", box(b"M4A "), NOTHING),
        ("video/mp4", b"MZ\x90\0\3\0\0\0\4\0\0\0", NOTHING),
        ("image/png", JPEG, "a PNG picture, but it is a JPEG picture. Rename it so that it ends in .jpg, and attach it again."),
        ("image/jpeg", box(b"heic"), "it is a HEIC picture. Rename it so that it ends in .heic"),
        ("video/mp4", box(b"mif1"), "it is a HEIC picture. Rename"),
        ("image/gif", box(b"mp42"), "it is an MP4, MOV or 3GP video. Rename it so that it ends in .mp4"),
    ],
)
def test_a_file_is_what_it_says_or_the_sentence_helps(content_type: str, head: bytes, says: str) -> None:
    why = disagreement("x", content_type, head)
    assert says in why
    assert bool(why) == bool(says)


@pytest.mark.parametrize(
    ("name", "content_type", "head", "is_"),
    [
        ("IMG_1.HEIC", "image/heic", JPEG, ("IMG_1.jpg", "image/jpeg")),
        ("IMG_1.HEIC", "image/heic", box(b"heic"), ("IMG_1.HEIC", "image/heic")),
        ("IMG_1.MOV", "video/quicktime", box(b"qt  "), ("IMG_1.MOV", "video/quicktime")),
        ("photo", "application/octet-stream", PNG, ("photo.png", "image/png")),
        ("page.html", "text/html", b"<script>alert(1)", ("page.html", "text/html")),
    ],
)
def test_a_received_file_is_named_for_what_it_is(name: str, content_type: str, head: bytes, is_: tuple[str, str]) -> None:
    assert as_it_is(name, content_type, head) == is_
