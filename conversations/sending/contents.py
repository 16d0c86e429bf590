"""What a message may contain: so many characters, and pictures or videos that are what they claim to be."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile

from conversations.refusals import Refused
from conversations.sending import signatures

BODY_LIMIT = 5_000
"""Characters of one message; carriers cut SMS long before, and the composer advises far less."""

FILE_LIMIT = 100_000_000
"""Bytes of one attachment, the most any gateway takes."""

MEDIA_KINDS = ("image/", "video/")


def check_length(body: str) -> None:
    """Raises Refused."""
    if len(body) > BODY_LIMIT:
        raise Refused(f"This message has {len(body):,} characters; {BODY_LIMIT:,} is the most that can be sent.")


def check(body: str, files: Sequence[UploadedFile[bytes]]) -> None:
    """Raises Refused."""
    if not body and not files:
        raise Refused("Write a message, or attach a picture or video.")
    check_length(body)
    for file in files:
        if not (file.content_type or "").startswith(MEDIA_KINDS):
            raise Refused(f"“{file.name}” is neither a picture nor a video; other files cannot be sent.", field="files")
        if (file.size or 0) > FILE_LIMIT:
            raise Refused(f"“{file.name}” is larger than 100 MB, the most that can be sent.", field="files")
        if why := signatures.disagreement(file.name or "file", file.content_type or "", _head(file)):
            raise Refused(why, field="files")


def _head(file: UploadedFile[bytes]) -> bytes:
    file.seek(0)
    head: bytes = file.read(signatures.HEAD)
    file.seek(0)
    return head
