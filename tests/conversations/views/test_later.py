"""Sending later, taking back, and choosing line and type."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.receiving import incoming
from conversations.sending import scheduling
from conversations.vocabulary import CancelReason, Channel, Direction, State
from leads.models import Address, Lead
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import HTMX, html_of, inbox, of_message, text_of
from tests.core import heard
from tests.factories_conversations import LineFactory, known, they_said
from workspaces.models import User

NOON = datetime(2026, 11, 16, 17, 0, tzinfo=UTC)
"""12:00 in New York, where the workspace is."""


def newest(row: Conversation) -> Message:
    return row.messages.filter(direction=Direction.OUTGOING).latest("pk")


@time_machine.travel(NOON, tick=False)
def test_a_time_is_meant_in_the_workspaces_zone(line: Line, bobs: Client) -> None:
    row = known(line)
    asked = {"body": "Good morning", "nonce": "n", "send_at": "2026-11-17T09:30", "cancel_on_reply": "on"}
    sent = bobs.post(inbox(row, "reply/"), asked, headers=HTMX)
    assert "It will be sent Tue 17 Nov, 9:30." in sent["HX-Trigger-After-Swap"]
    message = newest(row)
    assert message.scheduled_at == message.run_at == datetime(2026, 11, 17, 14, 30, tzinfo=UTC)
    assert message.cancel_on_reply
    assert "Scheduled" in text_of(bobs.get(inbox(row)))


@pytest.mark.parametrize(
    ("send_at", "says"),
    [
        ("2026-11-16T11:59", "still to come"),
        ("2062-11-17T09:30", "within a year"),
        ("9999-12-31T23:59", "within a year"),
        ("soon", "Choose a day and a time"),
        ("2027-03-14T02:30", "this time does not exist"),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_a_time_that_cannot_be_meant_is_refused_and_the_text_kept(line: Line, bobs: Client, send_at: str, says: str) -> None:
    row = known(line)
    response = bobs.post(inbox(row, "reply/"), {"body": "Good morning", "nonce": "n", "send_at": send_at}, headers=HTMX)
    assert response.status_code == 422
    assert says in text_of(response)
    assert ">Good morning</textarea>" in html_of(response)
    assert not row.messages.exists()


@time_machine.travel(NOON, tick=False)
def test_the_contacts_clock_stands_beside_the_chosen_time(line: Line, bobs: Client) -> None:
    row = known(line, address="+14155550117")
    Lead.objects.of(line.workspace).update(time_zone="America/Los_Angeles")
    assert "6:30 in Los Angeles then" in text_of(bobs.get(inbox(row, "when/"), {"send_at": "2026-11-17T09:30"}))
    there = text_of(bobs.get(inbox(row, "when/"), {"send_at": "2026-11-17T02:30"}))
    assert "23:30 in Los Angeles, on Mon 16 Nov then" in there
    assert "still to come" in text_of(bobs.get(inbox(row, "when/"), {"send_at": "2026-11-16T02:30"}))


@time_machine.travel(datetime(2026, 10, 30, 17, 0, tzinfo=UTC), tick=False)
def test_of_a_time_that_comes_twice_it_is_said_which_is_meant(line: Line, bobs: Client) -> None:
    row = known(line)
    assert "comes twice: the first of two" in text_of(bobs.get(inbox(row, "when/"), {"send_at": "2026-11-01T01:30"}))
    assert "twice" not in text_of(bobs.get(inbox(row, "when/"), {"send_at": "2026-11-01T02:00"}))
    asked = {"body": "Good night", "nonce": "n", "send_at": "2026-11-01T01:30"}
    sent = bobs.post(inbox(row, "reply/"), asked, headers=HTMX)
    assert "Sun 1 Nov, 1:30 (the first of two, before clocks go back)" in sent["HX-Trigger-After-Swap"]
    assert newest(row).run_at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert "1:30 (the first of two" in text_of(bobs.get("/w/northwind/messages/scheduled/"))


def test_a_reply_cancels_what_was_to_go_only_without_one(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Hello", ago=60)
    tomorrow = (timezone.now().astimezone(row.workspace.zone) + timedelta(days=1)).strftime(scheduling.PICKED)
    bobs.post(inbox(row, "reply/"), {"body": "Still there?", "nonce": "a", "send_at": tomorrow, "cancel_on_reply": "on"})
    bobs.post(inbox(row, "reply/"), {"body": "Anyway", "nonce": "b", "send_at": tomorrow})
    incoming.receive(line, heard("Yes!", sender=row.address))
    states = {message.body: (message.state, message.reason) for message in row.messages.filter(direction=Direction.OUTGOING)}
    assert states == {"Still there?": (State.CANCELLED, CancelReason.REPLIED), "Anyway": (State.QUEUED, "")}
    assert row.messages.get(body="Still there?").at <= timezone.now() < row.messages.get(body="Anyway").at


def test_what_the_gateway_tells_late_cancels_nothing(line: Line, bobs: Client) -> None:
    row = known(line)
    tomorrow = (timezone.now().astimezone(row.workspace.zone) + timedelta(days=1)).strftime(scheduling.PICKED)
    bobs.post(inbox(row, "reply/"), {"body": "Still there?", "nonce": "a", "send_at": tomorrow, "cancel_on_reply": "on"})
    incoming.receive(line, heard("An old message", sender=row.address, historical=True))
    assert newest(row).state == State.QUEUED


def test_a_reply_waits_a_moment_and_can_be_taken_back_into_the_composer(line: Line, bobs: Client) -> None:
    row = known(line)
    sent = bobs.post(inbox(row, "reply/"), {"body": "Tuseday it is.", "nonce": "n"}, headers=HTMX)
    toast = json.loads(sent["HX-Trigger-After-Swap"])["toast"]
    message = newest(row)
    assert timedelta(seconds=3) < message.run_at - timezone.now() <= timedelta(seconds=5)
    assert toast["action"]["url"] == of_message(message, "undo")
    bobs.post(inbox(row, "draft/"), {"body": "And more", "seen": message.public_id})
    back = bobs.post(toast["action"]["url"], headers=HTMX)
    assert ">Tuseday it is.\n\nAnd more</textarea>" in html_of(back)
    assert newest(row).state == State.CANCELLED


def test_without_the_setting_a_reply_leaves_at_once_and_says_nothing(line: Line, bobs: Client) -> None:
    line.workspace.undo_seconds = 0
    line.workspace.save()
    row = known(line)
    sent = bobs.post(inbox(row, "reply/"), {"body": "Tuesday it is.", "nonce": "n"}, headers=HTMX)
    assert "toast" not in json.loads(sent["HX-Trigger-After-Swap"])
    assert newest(row).run_at <= timezone.now()


def test_what_has_left_cannot_be_taken_back(line: Line, bobs: Client) -> None:
    row = known(line)
    bobs.post(inbox(row, "reply/"), {"body": "Tuesday it is.", "nonce": "n"})
    Message.objects.filter(pk=newest(row).pk).update(state=State.SENDING)
    answer = bobs.post(of_message(newest(row), "undo"), headers=HTMX)
    assert "Too late" in answer["HX-Trigger"]


def test_only_its_writer_takes_a_reply_back(
    line: Line, bobs: Client, olga: User, ritas: Client, charlie: User, sign_in: SignIn
) -> None:
    row = known(line)
    bobs.post(inbox(row, "reply/"), {"body": "Tuesday it is.", "nonce": "n"})
    url = of_message(newest(row), "undo")
    assert "Only its writer" in sign_in(olga).post(url, headers=HTMX)["HX-Trigger"]
    assert ritas.post(url).status_code == 403
    assert sign_in(charlie).post(url).status_code == 404
    assert newest(row).state == State.QUEUED


def test_another_line_can_be_chosen_and_one_that_is_away_says_why_not(line: Line, bobs: Client) -> None:
    other = LineFactory.create(workspace=line.workspace, name="Line 9")
    away = LineFactory.create(
        workspace=line.workspace, name="Line 8", status=Line.Status.DISCONNECTED, status_detail="It does not answer."
    )
    row = known(line)
    page = html_of(bobs.get(inbox(row)))
    assert re.search(rf'<option value="{away.public_id}" disabled *>Line 8 \(iMessage\): disconnected: It does not answer', page)
    bobs.post(inbox(row, "reply/"), {"body": "From there", "nonce": "a", "line": other.public_id})
    assert newest(row).line == other
    refused = bobs.post(inbox(row, "reply/"), {"body": "From here", "nonce": "b", "line": away.public_id}, headers=HTMX)
    assert "Line 8 is disconnected" in text_of(refused)
    assert newest(row).body == "From there"


def test_a_line_of_another_workspace_cannot_be_chosen(line: Line, bobs: Client, charlie: User) -> None:
    theirs = LineFactory.create(workspace=charlie.memberships.get().workspace)
    row = known(line)
    refused = bobs.post(inbox(row, "reply/"), {"body": "x", "nonce": "n", "line": theirs.public_id}, headers=HTMX)
    assert "no longer exists" in text_of(refused)
    assert not row.messages.exists()


def test_a_type_that_cannot_be_is_disabled_with_its_reason_and_refused(line: Line, bobs: Client) -> None:
    row = known(line)
    Address.objects.of(line.workspace).filter(value=row.address).update(availability=Address.Availability.UNAVAILABLE)
    assert "iMessage: this number has no iMessage" in text_of(bobs.get(inbox(row)))
    refused = bobs.post(inbox(row, "reply/"), {"body": "x", "nonce": "n", "channel": Channel.IMESSAGE}, headers=HTMX)
    assert "It cannot go as iMessage: this number has no iMessage" in text_of(refused)
    assert not row.messages.exists()


def test_sms_over_an_imessage_line_leaves_over_its_sms_line(line: Line, bobs: Client) -> None:
    line.fallback_line = LineFactory.create(workspace=line.workspace, name="Line SMS", kind=Line.Kind.SMS)
    line.save()
    row = known(line)
    bobs.post(inbox(row, "reply/"), {"body": "x", "nonce": "n", "channel": Channel.SMS})
    assert (newest(row).line, newest(row).requested_channel) == (line.fallback_line, Channel.SMS)
