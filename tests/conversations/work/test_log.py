"""The log of messages and what is scheduled: filters, pages, the export, and changing what waits."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.log import exporting, reading
from conversations.models import Batch, Message
from conversations.thread import actions
from conversations.vocabulary import Channel, Origin, State
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import html_of, text_of
from tests.core import make_line, say
from tests.factories_conversations import known, they_said, we_said
from workspaces.models import User, Workspace

LOG, SCHEDULED = "/w/northwind/messages/", "/w/northwind/messages/scheduled/"


def bodies(client: Client, **query: str) -> set[str]:
    """The messages that the filters leave over."""
    return {message.body for message in client.get(LOG, query).context["page"].rows}


@pytest.fixture
def told(line: Line, bob: User) -> None:
    """One of each, to two people."""
    priya = known(line, "Priya Raman", address="+12025550101")
    dana = known(line, "Dana Cole", company="Corvid", address="+12025550102")
    we_said(priya, "Went as iMessage", ago=60)
    we_said(priya, "Was read", ago=50, read_at=timezone.now())
    we_said(dana, "Went as text", ago=40, channel=Channel.SMS)
    we_said(dana, "Did not arrive", ago=30, state=State.FAILED, reason="unreachable")
    they_said(dana, "An answer", ago=20)
    say(line, "Comes later", "+12025550102", scheduled_at=timezone.now() + timedelta(days=1))
    actions.cancel(say(line, "Was stopped", "+12025550101"), by=bob)


FILTERS: list[tuple[dict[str, str], set[str]]] = [
    ({}, {"Went as iMessage", "Was read", "Went as text", "Did not arrive", "Comes later", "Was stopped"}),
    ({"status": "sent"}, {"Went as iMessage", "Was read", "Went as text"}),
    ({"status": "read"}, {"Was read"}),
    ({"status": "scheduled"}, {"Comes later"}),
    ({"status": "failed"}, {"Did not arrive"}),
    ({"status": "not_delivered"}, {"Did not arrive"}),
    ({"status": "cancelled"}, {"Was stopped"}),
    ({"type": "sms"}, {"Went as text"}),
    ({"type": "email"}, set()),
    ({"recipient": "dana"}, {"Went as text", "Did not arrive", "Comes later"}),
    ({"recipient": "(202) 555-0101"}, {"Went as iMessage", "Was read", "Was stopped"}),
    ({"recipient": "corvid", "status": "failed"}, {"Did not arrive"}),
    ({"q": "went"}, {"Went as iMessage", "Went as text"}),
    ({"q": "wen", "recipient": "priya"}, {"Went as iMessage"}),
    ({"q": "arrive", "type": "sms"}, set()),
    ({"when": "today", "status": "nonsense"}, set()),
    ({"since": "2026-13-45"}, set()),
    ({"until": "2020-01-01"}, set()),
    ({"line": "unknown"}, set()),
    ({"by": "campaign"}, set()),
]


def test_filters_alone_and_together(bobs: Client, told: None) -> None:
    for query, left in FILTERS:
        assert bodies(bobs, **query) == left, query


def test_days_are_those_of_the_workspaces_clock(bobs: Client, northwind: Workspace, told: None) -> None:
    today = timezone.now().astimezone(northwind.zone).date()
    assert "Comes later" not in bodies(bobs, until=str(today))
    assert bodies(bobs, since=str(today + timedelta(days=1)), until=str(today + timedelta(days=1))) == {"Comes later"}


def test_a_cancelled_message_says_who_and_when(bobs: Client, told: None) -> None:
    words = text_of(bobs.get(LOG, {"status": "cancelled"}))
    assert "Cancelled by Bob Bell" in words
    ended = Message.objects.get(body="Was stopped").ended_at
    assert ended is not None
    assert timezone.now() - ended < timedelta(minutes=1)


def test_one_click_shows_the_whole_batch(bobs: Client, northwind: Workspace, told: None, bob: User) -> None:
    batch = Batch.objects.create(workspace=northwind, state=Batch.State.MADE, by=bob)
    Message.objects.filter(body="Went as text").update(batch=batch)
    assert f"/batches/{batch.public_id}/" in bobs.get(LOG).content.decode()
    assert bodies(bobs, batch=batch.public_id) == {"Went as text"}


def test_nothing_of_another_workspace(bobs: Client, contoso: Workspace, told: None, charlie: User, sign_in: SignIn) -> None:
    say(make_line(contoso), "Secret", "+12025550101")
    assert "Secret" not in bodies(bobs) | bodies(bobs, q="secret") | bodies(bobs, recipient="0101")
    assert sign_in(charlie).get(LOG).status_code == 404


def test_pages_hold_each_message_once(bobs: Client, told: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SIZE", 2)
    seen: list[str] = []
    after = ""
    while True:
        page = bobs.get(LOG, {"after": after, "status": ""}).context["page"]
        seen += [message.body for message in page.rows]
        if not (after := page.following):
            break
    assert len(seen) == len(set(seen)) == 6


def test_queries_do_not_grow_with_messages(bobs: Client, line: Line, told: None) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            bobs.get(LOG)
        return len(queries)

    few = counted()
    for n in range(20):
        say(line, "More", f"+120255503{n:02}")
    assert counted() <= few


def exported(client: Client, **query: str) -> list[dict[str, Any]]:
    response = client.get(f"{LOG}export.csv", query)
    text = b"".join(cast(StreamingHttpResponse, response).streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.DictReader(io.StringIO(text)))


def test_the_export_holds_what_the_filters_let_through(
    alices: Client, line: Line, told: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "FIRST", 2)
    monkeypatch.setattr(exporting, "PAGE", 3)
    say(line, "=cmd|' /C calc'!A0", "+12025550109")
    rows = exported(alices)
    assert len(rows) == 7
    assert len({row["Id"] for row in rows}) == 7
    assert any(row["Message"].startswith("'=cmd") for row in rows)
    moments = [datetime.fromisoformat(row["Sent or scheduled for"]) for row in rows]
    assert moments == sorted(moments, reverse=True)
    assert moments[-1].utcoffset() == moments[-1].astimezone(line.workspace.zone).utcoffset()
    (stopped,) = exported(alices, status="cancelled")
    assert "Cancelled by Bob Bell" in stopped["Reason"]
    assert {row["Type"] for row in exported(alices, type="sms")} == {"SMS"}


def test_lists_are_exported_by_admins_and_ops(bobs: Client, told: None) -> None:
    assert bobs.get(f"{LOG}export.csv").status_code == 403
    assert "export.csv" not in bobs.get(LOG).content.decode()


# -- scheduled ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def later(line: Line) -> Message:
    return say(line, "Comes later", "+14155550101", scheduled_at=timezone.now() + timedelta(days=1))


def change(message: Message) -> str:
    return f"/w/northwind/messages/{message.public_id}/change/"


def test_what_waits_stands_with_both_clocks(bobs: Client, later: Message) -> None:
    words = text_of(bobs.get(SCHEDULED))
    assert "Comes later" in words
    assert "in Los Angeles" in words


def test_text_and_time_can_be_changed(bobs: Client, northwind: Workspace, later: Message) -> None:
    at = (timezone.now() + timedelta(days=3)).astimezone(northwind.zone).strftime("%Y-%m-%dT08:15")
    assert bobs.post(change(later), {"body": "Other words", "when": "later", "send_at": at}).status_code == 302
    later.refresh_from_db()
    assert (later.body, later.run_at) == ("Other words", later.scheduled_at)
    assert later.run_at.astimezone(northwind.zone).strftime("%H:%M") == "08:15"
    bobs.post(change(later), {"body": "Now then", "when": "now"})
    later.refresh_from_db()
    assert later.scheduled_at is None
    assert later.run_at <= timezone.now()


@pytest.mark.parametrize(
    "values",
    [
        {"body": " ", "when": "now"},
        {"body": "x" * 5001, "when": "now"},
        {"body": "Hi", "when": "later", "send_at": "2020-01-01T09:00"},
    ],
)
def test_nonsense_changes_nothing(bobs: Client, later: Message, values: dict[str, str]) -> None:
    assert bobs.post(change(later), values).status_code == 422
    later.refresh_from_db()
    assert later.body == "Comes later"


def test_what_has_left_meanwhile_is_not_changed_and_what_was_typed_goes_as_a_new_message_once(bobs: Client, later: Message) -> None:
    Message.objects.filter(pk=later.pk).update(state=State.SENDING, attempt_count=1)
    asked = {"body": "Better words", "when": "later", "send_at": "2020-01-01T09:00"}  # its time has passed meanwhile, too
    page = html_of(bobs.post(change(later), asked))
    assert "It is not waiting any more" in page
    assert ">Better words</textarea>" in page
    asked |= {"when": "now", "nonce": re.findall(r'name="nonce" value="([^"]+)"', page)[0]}
    for _ in range(2):
        assert "On its way" in text_of(bobs.post(change(later), asked, follow=True))
    assert set(later.conversation.messages.values_list("body", flat=True)) == {"Comes later", "Better words"}
    assert later.conversation.messages.count() == 2


def test_cancelled_it_stands_with_who_and_what_did_not_leave_with_why(bobs: Client, later: Message, line: Line) -> None:
    bobs.post(f"/w/northwind/messages/{later.public_id}/cancel-scheduled/")
    late = say(line, "Too late", "+14155550102", scheduled_at=timezone.now())
    Message.objects.filter(pk=late.pk).update(state=State.FAILED, reason="expired", reason_detail="The line is not connected")
    words = text_of(bobs.get(SCHEDULED))
    assert "Nothing is scheduled" in words
    assert "Cancelled by Bob Bell" in words
    assert "Could not be sent in time: The line is not connected" in words


def test_rita_reads_and_changes_nothing(later: Message, rita: User, charlie: User, sign_in: SignIn) -> None:
    assert "Change" not in text_of(sign_in(rita).get(SCHEDULED))
    for path in (change(later), f"/w/northwind/messages/{later.public_id}/cancel-scheduled/"):
        assert sign_in(rita).post(path, {"body": "x", "when": "now"}).status_code == 403
        assert sign_in(charlie).post(path, {"body": "x", "when": "now"}).status_code == 404
    later.refresh_from_db()
    assert (later.body, later.state, later.origin) == ("Comes later", State.QUEUED, Origin.PERSON)
