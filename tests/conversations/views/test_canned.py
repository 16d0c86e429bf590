"""Canned responses: chosen by hand, and the two uses that answer by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from conversations.models import CannedResponse, Conversation, Message
from conversations.receiving import canned, incoming
from conversations.vocabulary import Direction, Origin
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import OptOut
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import HTMX, html_of, inbox, text_of
from tests.core import heard
from tests.factories_conversations import known
from workspaces.models import User, Workspace

PAGE = "/w/northwind/settings/canned/"
NOON = datetime(2026, 11, 16, 17, 0, tzinfo=UTC)
"""Monday, 12:00 in New York."""


def make(workspace: Workspace, **values: object) -> CannedResponse:
    return CannedResponse.objects.create(**{"workspace": workspace, "name": "Price", "body": "It is 9 a seat.", **values})


def keyword(workspace: Workspace, **values: object) -> CannedResponse:
    return make(workspace, **{"use": "keyword", "keywords": ["price", "how much"], **values})


def answers(row: Conversation) -> list[Message]:
    return list(row.messages.filter(direction=Direction.OUTGOING).order_by("pk"))


def write(line: Line, row: Conversation, text: str, **values: object) -> None:
    incoming.receive(line, heard(text, sender=row.address, **values))


def test_choosing_one_fills_the_text_and_sends_nothing(line: Line, bobs: Client) -> None:
    row, one = known(line), make(line.workspace)
    choices = bobs.get(inbox(row, "canned/"), {"q": "seat"}, headers=HTMX)
    assert "It is 9 a seat." in text_of(choices)
    assert "No canned response has" in text_of(bobs.get(inbox(row, "canned/"), {"q": "nothing like it"}))
    assert ">It is 9 a seat.</textarea>" in html_of(bobs.get(inbox(row) + f"?canned={one.public_id}"))
    assert not answers(row)


def test_only_replies_in_use_can_be_chosen(line: Line, bobs: Client) -> None:
    row = known(line)
    make(line.workspace, name="Off", body="Not this", enabled=False)
    keyword(line.workspace, name="Auto", body="Nor this")
    assert "this" not in [one.body.split()[-1] for one in canned.replies(line.workspace)]
    assert "Not this" not in text_of(bobs.get(inbox(row, "canned/")))


@pytest.mark.parametrize("text", ["Price", " price? ", "HOW  MUCH?!"])
def test_a_keyword_is_answered_by_itself(line: Line, text: str) -> None:
    row, one = known(line), keyword(line.workspace)
    write(line, row, text)
    (answer,) = answers(row)
    assert (answer.body, answer.origin, answer.canned, answer.line) == ("It is 9 a seat.", Origin.AUTO, one, line)


def test_the_thread_says_what_answered(line: Line, bobs: Client) -> None:
    row = known(line)
    keyword(line.workspace)
    write(line, row, "price")
    assert "Automatic reply: Price" in text_of(bobs.get(inbox(row)))


@pytest.mark.parametrize("text", ["What is the price of it", "STOP", "start", ""])
def test_other_words_are_not(line: Line, text: str) -> None:
    row = known(line)
    keyword(line.workspace, keywords=["price", "stop", "start"])
    write(line, row, text)
    assert not answers(row)


def test_a_contact_is_answered_once_within_its_hours(line: Line) -> None:
    row = known(line)
    keyword(line.workspace, every_hours=24)
    write(line, row, "price")
    write(line, row, "price")
    assert len(answers(row)) == 1
    Message.objects.filter(conversation=row, origin=Origin.AUTO).update(created_at=timezone.now() - timedelta(hours=25))
    write(line, row, "price")
    assert len(answers(row)) == 2


def test_who_opted_out_is_never_answered(line: Line) -> None:
    row = known(line)
    keyword(line.workspace)
    optouts.opt_out(row.workspace, row.address, Proof(source=OptOut.Source.PERSON))
    write(line, row, "price")
    assert not answers(row)


def test_what_is_recovered_late_is_not_answered(line: Line) -> None:
    row = known(line)
    keyword(line.workspace)
    write(line, row, "price", historical=True)
    assert not answers(row)


def test_an_automatic_answer_leaves_the_contact_waiting_for_a_person(line: Line) -> None:
    row = known(line)
    keyword(line.workspace)
    write(line, row, "price")
    row.refresh_from_db()
    assert row.waiting_since
    assert (row.last_direction, row.preview) == (Direction.INCOMING, "price")  # and among the incoming ones, with what they wrote


@pytest.mark.parametrize(
    ("now", "away"),
    [
        (NOON, False),
        (NOON - timedelta(hours=3, minutes=1), True),
        (NOON + timedelta(hours=5), True),
        (NOON - timedelta(days=1), True),
    ],
    ids=["Monday noon", "Monday 8:59", "Monday 17:00", "Sunday noon"],
)
def test_the_away_message_answers_outside_office_hours(line: Line, now: datetime, away: bool) -> None:
    row = known(line)
    hours = {"office_from": time(9), "office_until": time(17), "office_days": [0, 1, 2, 3, 4]}
    make(line.workspace, name="Away", body="Back at nine.", use="away", **hours)
    with time_machine.travel(now, tick=False):
        write(line, row, "Anybody there?")
    assert [one.body for one in answers(row)] == (["Back at nine."] if away else [])


def test_a_keyword_goes_before_the_away_message(line: Line) -> None:
    row = known(line)
    make(line.workspace, name="Away", body="Back at nine.", use="away", office_days=[])
    keyword(line.workspace)
    write(line, row, "price")
    assert [one.body for one in answers(row)] == ["It is 9 a seat."]


def test_they_are_made_changed_and_removed(line: Line, alice: User, sign_in: SignIn) -> None:
    client = sign_in(alice)
    form = {"name": "Away", "use": "away", "body": "Back at nine.", "office_days": ["0"], "every_hours": "12", "enabled": "on"}
    form |= {"office_from": "09:00", "office_until": "17:00"}
    assert client.post(PAGE + "add/", form).status_code == 302
    one = CannedResponse.objects.of(line.workspace).get()
    assert (one.use, one.office_days, one.every_hours, one.by) == ("away", [0], 12, alice)
    assert "already" in text_of(client.post(PAGE + "add/", {**form, "name": "away"}))
    client.post(f"{PAGE}{one.public_id}/", {**form, "body": "Back soon."})
    listed = text_of(client.get(PAGE))
    assert "Back soon." in listed
    assert "silent Mon, 09:00 to 17:00" in listed
    assert "What was sent with it stays" in text_of(client.get(f"{PAGE}{one.public_id}/"))  # said before it is removed
    client.post(f"{PAGE}{one.public_id}/remove/")
    assert "No canned responses yet" in text_of(client.get(PAGE))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"use": "keyword"}, "Name at least one keyword"),
        ({"use": "keyword", "keywords": "hours, Stop"}, "“stop” opts a contact out"),
        ({"use": "away"}, "Say when somebody is there"),
        ({"use": "away", "office_from": "17:00", "office_until": "09:00"}, "the earlier one first"),
    ],
)
def test_what_could_not_work_is_refused(line: Line, alice: User, sign_in: SignIn, values: dict[str, str], says: str) -> None:
    form = {"name": "X", "body": "Y", "every_hours": "12", "enabled": "on", **values}
    assert says in text_of(sign_in(alice).post(PAGE + "add/", form))


def test_a_rep_makes_replies_and_nothing_that_answers_by_itself(line: Line, bobs: Client) -> None:
    form = {"name": "X", "body": "Y", "every_hours": "12", "enabled": "on", "keywords": "price"}
    assert bobs.post(PAGE + "add/", {**form, "use": "keyword"}).status_code == 422
    assert bobs.post(PAGE + "add/", {**form, "use": "reply"}).status_code == 302
    assert bobs.get(f"{PAGE}{keyword(line.workspace).public_id}/").status_code == 404


def test_rita_reads_and_charlie_sees_nothing(line: Line, ritas: Client, charlie: User, sign_in: SignIn) -> None:
    one = make(line.workspace)
    assert "It is 9 a seat." in text_of(ritas.get(PAGE))
    assert ritas.post(PAGE + "add/", {"name": "X"}).status_code == 403
    assert sign_in(charlie).get(f"{PAGE}{one.public_id}/").status_code == 404
