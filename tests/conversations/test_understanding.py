"""Replies are read by themselves, opt-outs in plain words are obeyed, and a person's word stands."""

from __future__ import annotations

import pytest

from conversations.models import Conversation, IntentReading, Message
from conversations.readings import relabelling, understanding
from conversations.receiving import ingest
from conversations.vocabulary import Origin, State
from intent.vocabulary import Layer, Pair, Reason, Status
from leads.models import OptOut, RemovalRequest
from lines import inbox
from lines.models import Line
from tests.cast import SignIn
from tests.core import heard, made_sent, make_line, make_user, make_workspace, reply, say
from workspaces.models import Role


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace())


def test_a_reply_is_read_in_its_thread_and_shown_with_its_evidence(line: Line) -> None:
    made_sent(say(line, "Worth a quick call on Tuesday?"))
    row = reply(line, "Sure, Tuesday at 2 works for me")
    assert (row.intent_status, row.intent_reason) == (Status.POSITIVE, Reason.MEETING)
    reading = relabelling.reading_of(row)
    assert reading
    assert reading.evidence
    assert reading.model_version
    assert not Message.objects.filter(intent_due=True).exists()


def test_an_opt_out_in_plain_words_suppresses_at_once_and_cancels_what_waits(line: Line) -> None:
    waiting = say(line, "step 2", origin=Origin.CAMPAIGN)
    reply(line, "please take me off your list and stop texting me")
    assert OptOut.objects.get(lifted_at=None).value == waiting.address
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED


@pytest.mark.parametrize("text", ["Stop by our booth on Friday!", "can I cancel any time?", "how much is it for 40 seats"])
def test_a_look_alike_opts_nobody_out(line: Line, text: str) -> None:
    reply(line, text)
    assert not OptOut.objects.exists()


def test_what_a_person_says_of_a_reply_stands(line: Line) -> None:
    bob = make_user(line.workspace)
    row = reply(line, "hm")
    relabelling.relabel(row, Pair(Status.POSITIVE, Reason.PRICING), by=bob)
    Message.objects.update(intent_due=True)
    understanding.read_waiting()
    row.refresh_from_db()
    assert (row.intent_status, row.intent_reason) == (Status.POSITIVE, Reason.PRICING)
    reading = relabelling.reading_of(row)
    assert reading
    assert (reading.layer, reading.by) == (Layer.PERSON, bob)
    assert IntentReading.objects.count() == 3
    assert reply(line, "No thanks, not interested").intent_status == Status.NEGATIVE, "a new reply is read anew"


def test_a_pair_that_the_guide_does_not_know_is_refused_with_what_it_knows() -> None:
    with pytest.raises(relabelling.NotAllowed, match="Meeting"):
        relabelling.pair_of("positive:budget")


def test_a_reply_that_came_before_the_newest_changes_nothing_shown(line: Line) -> None:
    inbox.store(line, [heard("no thanks"), heard("actually yes, call me tomorrow at 10")])
    ingest.apply_batch()
    understanding.read_waiting()
    assert Conversation.objects.get().intent_status == Status.POSITIVE
    assert IntentReading.objects.count() == 2
    assert not RemovalRequest.objects.exists()


def test_a_rep_relabels_from_the_thread_and_a_viewer_cannot(line: Line, sign_in: SignIn) -> None:
    row = reply(line, "hm")
    address = f"/w/{line.workspace.slug}/imessages/{row.public_id}/"
    rita, bob = make_user(line.workspace, Role.VIEWER), make_user(line.workspace)
    assert sign_in(rita).post(f"{address}relabel/", {"pair": "positive:pricing"}).status_code == 403
    sign_in(bob).post(f"{address}relabel/", {"pair": "positive:pricing"})
    row.refresh_from_db()
    assert row.intent_reason == Reason.PRICING
    assert f"Labelled by {bob}" in sign_in(bob).get(address).content.decode()
    sign_in(bob).post(f"{address}relabel/", {"pair": "positive:budget"})
    row.refresh_from_db()
    assert row.intent_reason == Reason.PRICING
