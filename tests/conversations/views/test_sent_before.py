"""Coming back to a form that was sent: what stands in it by then goes when it is sent once more, and nothing is swallowed."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from conversations.models import Message
from conversations.sending.replying import Reply, send
from conversations.thread import actions
from lines.models import Line
from tests.campaigns.making import make_campaign
from tests.conversations.views.pages import html_of, inbox, text_of
from tests.core import make_line
from tests.factories_conversations import known, they_said
from workspaces.models import User, Workspace


@pytest.fixture
def line(northwind: Workspace) -> Line:
    return make_line(northwind)


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n", content_type="image/png")


def sent_once_more(browser: Client, url: str, first: dict[str, Any], changed: dict[str, Any]) -> HttpResponse:
    """Send the form, come back to it, send it changed; it is told so, and sent again from there. The page that told."""
    for _ in range(2):  # pressed twice it goes once
        assert browser.post(url, first).status_code == 302
    before = Message.objects.count()
    told: HttpResponse = browser.post(url, {**first, **changed})  # type: ignore[assignment]
    assert told.status_code == 422
    assert "This form was sent already" in text_of(told)
    assert Message.objects.count() == before
    nonce = re.search(r'name="nonce"[^>]* value="([^"]+)"', html_of(told))
    assert nonce
    again = {name: file if name != "attachments" else picture() for name, file in {**first, **changed}.items()}
    assert browser.post(url, {**again, "nonce": nonce[1]}).status_code == 302
    assert Message.objects.count() == before + 1
    return told


@pytest.mark.parametrize("changed", [{"body": "Other words"}, {"to": "+12025550124"}, {"body": "Other", "to": "+12025550124"}])
def test_quick_send(bobs: Client, line: Line, changed: dict[str, str]) -> None:
    first = {"to": "+12025550123", "body": "Hello", "nonce": "n", "when": "now"}
    told = sent_once_more(bobs, "/w/northwind/quick-send/", first, changed)
    assert f">{changed.get('body', 'Hello')}</textarea>" in html_of(told)


def test_a_reminder_of_another_day(bobs: Client, northwind: Workspace, line: Line) -> None:
    days = [(timezone.now() + timedelta(days=n)).astimezone(northwind.zone).strftime("%Y-%m-%dT10:00") for n in (2, 3)]
    first = {"body": "See you at 2", "send_at": days[0], "when": "later", "nonce": "n"}
    sent_once_more(bobs, inbox(known(line), "remind/"), first, {"send_at": days[1]})


def test_a_draft_for_approval_of_other_words(bobs: Client, line: Line) -> None:
    told = sent_once_more(bobs, inbox(known(line), "draft-for-approval/"), {"body": "Hi", "nonce": "n"}, {"body": "Hello there"})
    assert ">Hello there</textarea>" in html_of(told)


def test_a_campaigns_test_to_another_number(bobs: Client, bob: User, northwind: Workspace, line: Line) -> None:
    priya = known(line)
    assert priya.lead
    url = reverse("campaign_test", args=["northwind", make_campaign(northwind, by=bob).public_id])
    text = bobs.get(url).context["form"].fields["text"].choices[0][0]
    first = {"text": text, "lead": priya.lead.public_id, "nonce": "n", "address": "+12025550155"}
    sent_once_more(bobs, url, first, {"address": "+12025550156"})


def test_a_reply_with_a_file_that_was_added(bobs: Client, line: Line, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = known(line)
    they_said(row, "Send me a picture")
    sent_once_more(bobs, inbox(row, "reply/"), {"body": "Here", "nonce": "n"}, {"attachments": picture()})


def test_a_reply_that_was_taken_back(bobs: Client, bob: User, line: Line) -> None:
    row = known(line)
    they_said(row, "Hello")
    form = {"body": "Here", "nonce": "n"}
    bobs.post(inbox(row, "reply/"), form)
    assert actions.take_back(Message.objects.get(dedupe_key=f"ui:{bob.pk}:n"), by=bob)
    told = bobs.post(inbox(row, "reply/"), form)
    assert told.status_code == 422
    assert ">Here</textarea>" in html_of(told)


def test_words_and_the_file_that_follows_them_pressed_twice_go_once(
    bob: User, line: Line, settings: Settings, tmp_path: Path
) -> None:
    """Also when the words have been sent between the two, and the chat is there that they opened."""
    settings.MEDIA_ROOT = tmp_path
    row = known(line)
    words = send(Reply(row, "Hello", author=bob, nonce="n", files=[picture()]))
    Message.objects.filter(pk=words.pk).update(state="sending")
    Message.objects.filter(pk=words.pk).update(state="sent", sent_at=timezone.now())
    assert send(Reply(row, "Hello", author=bob, nonce="n", files=[picture()])) == words
    assert Message.objects.count() == 2
