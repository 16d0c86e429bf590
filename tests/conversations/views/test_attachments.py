"""Files of messages: shown in the page only where that is harmless, and whole or in ranges."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponseBase
from django.test import Client

from conversations.models import Attachment
from lines.models import Line
from tests.conversations.views.pages import html_of, inbox, text_of
from tests.factories_conversations import AttachmentFactory, known, they_said

DATA = bytes(range(256)) * 4


def stored(line: Line, name: str = "photo.png", content_type: str = "image/png") -> Attachment:
    message = they_said(known(line), "", has_media=True)
    row: Attachment = AttachmentFactory.build(message=message, filename=name, content_type=content_type, size=len(DATA))
    row.workspace = message.workspace
    row.file.save(name, ContentFile(DATA), save=False)
    row.save()
    return row


def fetch(client: Client, row: Attachment, asked: str = "", **more: str) -> HttpResponseBase:
    """The answer, its body read to the end into `data`."""
    headers = more | {"Range": asked} if asked else more
    response = client.get(f"/w/northwind/attachments/{row.public_id}/", headers=headers)
    response.data = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return response


def body(response: HttpResponseBase) -> bytes:
    return bytes(response.data)  # type: ignore[attr-defined]


pytestmark = pytest.mark.usefixtures("media")


@pytest.mark.parametrize("content_type", ["image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4"])
def test_pictures_and_videos_are_shown_in_the_page(line: Line, bobs: Client, content_type: str) -> None:
    row = stored(line, content_type=content_type)
    response = fetch(bobs, row)
    assert body(response) == DATA
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("inline")
    html = html_of(bobs.get(inbox(row.message.conversation)))
    assert f'src="/w/northwind/attachments/{row.public_id}/"' in html
    assert f'href="/w/northwind/attachments/{row.public_id}/"' in html  # a phone's video may be one that this browser cannot play


@pytest.mark.parametrize("content_type", ["image/svg+xml", "text/html", "application/pdf", "application/xhtml+xml", "image/heic"])
def test_everything_else_is_only_downloaded(line: Line, bobs: Client, content_type: str) -> None:
    row = stored(line, "evil.html", content_type)
    response = fetch(bobs, row)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="evil.html"'
    html = html_of(bobs.get(inbox(row.message.conversation)))
    assert f'src="/w/northwind/attachments/{row.public_id}/"' not in html


def test_files_stand_in_a_sandbox_and_are_not_sniffed(line: Line, bobs: Client) -> None:
    response = fetch(bobs, stored(line))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("asked", "part", "says"),
    [
        ("bytes=0-99", DATA[:100], "bytes 0-99/1024"),
        ("bytes=1000-", DATA[1000:], "bytes 1000-1023/1024"),
        ("bytes=-24", DATA[-24:], "bytes 1000-1023/1024"),
        ("bytes=1000-9999", DATA[1000:], "bytes 1000-1023/1024"),
    ],
)
def test_a_range_is_answered_with_that_range(line: Line, bobs: Client, asked: str, part: bytes, says: str) -> None:
    response = fetch(bobs, stored(line), asked)
    assert response.status_code == 206
    assert body(response) == part
    assert response["Content-Range"] == says
    assert response["Content-Length"] == str(len(part))


def test_a_browser_that_has_the_file_asks_before_it_shows_it_again(line: Line, bobs: Client) -> None:
    row = stored(line)
    response = fetch(bobs, row)
    assert response["Cache-Control"] == "private, no-cache"
    address, known_as = f"/w/northwind/attachments/{row.public_id}/", {"If-None-Match": response["ETag"]}
    assert bobs.get(address, headers=known_as).status_code == 304
    bobs.post("/account/sign-out/")
    assert bobs.get(address, headers=known_as).status_code == 302


def test_a_part_of_another_file_is_answered_with_the_whole_of_this_one(line: Line, bobs: Client) -> None:
    assert body(fetch(bobs, stored(line), "bytes=0-99", if_range='"of-another"')) == DATA


@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=9-3", f"bytes={'9' * 5000}-", f"bytes=-{'9' * 5000}"]
)
def test_a_range_that_makes_no_sense_is_answered_with_the_whole_file(line: Line, bobs: Client, asked: str) -> None:
    response = fetch(bobs, stored(line), asked)
    assert response.status_code == 200
    assert body(response) == DATA


def test_a_range_beyond_the_end_is_refused(line: Line, bobs: Client) -> None:
    assert fetch(bobs, stored(line), "bytes=5000-").status_code == 416


def test_a_file_that_is_still_coming_or_was_lost_says_so(line: Line, bobs: Client) -> None:
    message = they_said(known(line), "", has_media=True)
    row = AttachmentFactory.create(message=message, file="", fetch_at=message.at)
    assert "is being fetched from the line" in text_of(bobs.get(inbox(message.conversation)))
    assert fetch(bobs, row).status_code == 404
    Attachment.objects.filter(pk=row.pk).update(fetch_at=None)
    assert "could not be fetched" in text_of(bobs.get(inbox(message.conversation)))
