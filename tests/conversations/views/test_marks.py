"""What people do in a thread besides writing: seen, handled, put off, opted out and in, tapbacks."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from conversations.thread import actions
from conversations.vocabulary import State
from lines.models import Line
from tests.conversations.views.pages import HTMX, html_of, inbox, of_message, text_of
from tests.factories_conversations import known, they_said, we_said
from workspaces.models import User, Workspace


def test_what_came_in_is_marked_seen_by_post_and_unread_goes(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Hello")
    assert "Mark as read" in text_of(bobs.get(inbox(row)))
    assert bobs.post(inbox(row, "seen/"), headers=HTMX).status_code == 204
    row.refresh_from_db()
    assert row.unread == 0
    assert "Mark as read" not in text_of(bobs.get(inbox(row)))


def test_a_reply_that_needs_no_answer_is_dismissed(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Thanks!")
    assert inbox(row, "handled/") in html_of(bobs.get(inbox(row)))
    bobs.post(inbox(row, "handled/"))
    row.refresh_from_db()
    assert row.waiting_since is None
    assert inbox(row, "handled/") not in html_of(bobs.get(inbox(row)))


@pytest.mark.parametrize("how", [{"handled/": {}}, {"snooze/": {"until": "hours"}}])
def test_what_was_put_away_can_be_taken_back(line: Line, bob: User, bobs: Client, how: dict[str, dict[str, str]]) -> None:
    row = known(line)
    actions.mark_handled(they_said(row, "Hi", ago=90).conversation, by=bob)
    they_said(row, "Still there?", ago=5)
    row.refresh_from_db()
    since = row.waiting_since
    ((what, values),) = how.items()
    toast = json.loads(bobs.post(inbox(row, what), values, headers=HTMX)["HX-Trigger"])["toast"]
    row.refresh_from_db()
    assert row.waiting_since is None
    for says in ("It waits for a reply again.", "It waits for a reply already."):
        assert says in bobs.post(toast["action"]["url"], headers=HTMX)["HX-Trigger"]
        row.refresh_from_db()
        assert row.waiting_since == since  # of the newer message alone


@time_machine.travel(datetime(2026, 11, 22, 15, tzinfo=UTC), tick=False)  # a Sunday
def test_a_conversation_is_put_off_to_a_day_of_ones_own_by_the_workspaces_clock(line: Line, bobs: Client) -> None:
    Workspace.objects.filter(pk=line.workspace_id).update(time_zone="America/New_York")
    row = known(line)
    they_said(row, "circle back after the new year pls")
    offered = text_of(bobs.get(inbox(row)))
    assert "Tomorrow at 9:00" in offered
    assert "Monday at 9:00" not in offered  # the same
    for bad, says in (("", "a day and a time"), ("2026-11-22T09:59", "still to come"), ("2028-01-04T09:00", "at most a year")):
        assert says in text_of(bobs.post(inbox(row, "snooze/"), {"at": bad}, follow=True))
    said = text_of(bobs.post(inbox(row, "snooze/"), {"at": "2027-01-04T09:00"}, follow=True))
    assert "Snoozed until Monday 4 January, 09:00, or until they write again." in said
    row.refresh_from_db()
    assert (row.waiting_since, row.snoozed_until) == (None, datetime(2027, 1, 4, 14, tzinfo=UTC))


def test_a_person_opts_a_contact_out_and_in_again(line: Line, bobs: Client) -> None:
    row = known(line)
    waiting = we_said(row, "Later", state=State.QUEUED)
    assert "is opted out" in text_of(bobs.post(inbox(row, "opt-out/"), follow=True))
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED
    assert "The contact opted out" in text_of(bobs.get(inbox(row)))
    assert "is opted in again" in text_of(bobs.post(inbox(row, "opt-in/"), follow=True))
    page = text_of(bobs.get(inbox(row)))
    assert "Opt in again" not in page
    assert "Opted in again: “Taken back” · Bob" in page


def test_only_the_six_tapbacks_exist(line: Line, bobs: Client) -> None:
    message = they_said(known(line), "Hello")
    response = bobs.post(of_message(message, "react"), {"tapback": "applause"}, follow=True)
    assert "Choose one of the six tapbacks." in text_of(response)
    assert bobs.post(of_message(message, "react"), {"tapback": "love"}, headers=HTMX).status_code == 204


def test_who_opted_out_gets_no_tapback_either(line: Line, bobs: Client) -> None:
    row = known(line)
    message = they_said(row, "STOP")
    assert "data-tapbacks" in bobs.get(inbox(row)).content.decode()
    bobs.post(inbox(row, "opt-out/"))
    assert "data-tapbacks" not in bobs.get(inbox(row)).content.decode()
    response = bobs.post(of_message(message, "react"), {"tapback": "love"}, follow=True)
    assert "Nothing more is sent unless they text START" in text_of(response)
