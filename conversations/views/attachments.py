"""Pictures, videos and other files of messages, for members of their workspace alone.

Whatever was sent to us is hostile until shown otherwise: only a few picture and video types are ever shown in the
page, everything is served without sniffing and inside a sandbox of its own.
"""

from __future__ import annotations

import re
from typing import Final

from django.core.files import File
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from conversations.models import Attachment
from conversations.thread.files import Shown, shown_as
from workspaces.access import WorkspaceRequest, member, no_such_page

CACHED: Final = "private, no-cache"
"""A browser may keep the file and asks each time whether it may still show it: after signing out it may not."""


@member
def attachment(request: WorkspaceRequest, public_id: str) -> HttpResponseBase:
    """The file, whole or the one range that was asked for; video players of Apple play nothing without ranges."""
    found = Attachment.objects.of(request.workspace).filter(public_id=public_id).first()
    if found is None or not found.file:
        no_such_page()
    etag = f'"{found.public_id}"'  # a file is stored once and never changed
    if unchanged := get_conditional_response(request, etag=etag):
        unchanged["Cache-Control"] = CACHED
        return unchanged
    try:
        file = found.file.open("rb")
    except FileNotFoundError:
        no_such_page()
    size = found.file.size
    inline = shown_as(found) in (Shown.PICTURE, Shown.VIDEO)
    asked = _range(request.headers.get("Range", ""), size) if request.headers.get("If-Range", etag) == etag else None
    if asked is not None and asked.start >= size:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if asked is None:
        response = FileResponse(file)
        response["Content-Length"] = str(size)
    else:
        response = FileResponse(Stretch(file, asked), status=206)
        response["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{size}"
        response["Content-Length"] = str(len(asked))
    response["Accept-Ranges"] = "bytes"
    response["Content-Type"] = found.content_type if inline else "application/octet-stream"
    response["Content-Disposition"] = content_disposition_header(not inline, found.filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["ETag"] = etag
    response["Cache-Control"] = CACHED
    return response


def _range(header: str, size: int) -> range | None:
    """The one byte range of a Range header (RFC 9110, 14.2) within a file; None asks for the whole file."""
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", header)  # no file has more
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(size, int(last) + 1) if last else size)


class Stretch:
    """A part of a file that reads like a file of its own."""

    def __init__(self, file: File[bytes], asked: range) -> None:
        self.file, self.left = file, len(asked)
        file.seek(asked.start)

    def read(self, size: int) -> bytes:
        chunk: bytes = self.file.read(min(size, self.left))
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        self.file.close()
