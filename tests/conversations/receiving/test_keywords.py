"""STOP and START as they come in: obeyed at once, in the transaction that stores the words, on every line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Conversation
from conversations.vocabulary import State
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Lead, OptOut
from lines.models import Line
from tests.conversations.receiving.telling import send, tell
from tests.core import heard, make_line, make_workspace, say


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Unsubscribe!", "Opt-out", "please stop", "STOP STOP", "Stop all", "quit 🙏"])
def test_a_keyword_opts_out_at_once_and_cancels_what_is_queued(line: Line, text: str) -> None:
    send(line)
    waiting = [say(line, "later", scheduled_at=timezone.now() + timedelta(days=1)), say(line, "now")]
    tell(line, heard(text))
    assert OptOut.objects.get().text == text
    for message in waiting:
        message.refresh_from_db()
        assert (message.state, message.reason) == (State.CANCELLED, "opted_out")
    assert Conversation.objects.get().waiting_since is None, "a STOP needs no reply"
    tell(line, heard("Sorry, wrong person"))
    assert Conversation.objects.get().waiting_since, "what is written after it does"


@pytest.mark.parametrize(
    "text", ["Stop by our booth!", "Count me in! We have got to STOP this bill", "can I cancel any time?", "end of month", ""]
)
def test_a_keyword_inside_a_sentence_opts_nobody_out(line: Line, text: str) -> None:
    tell(line, heard(text))
    assert not OptOut.objects.exists()


def test_start_lifts_the_opt_out_and_keeps_its_history(line: Line) -> None:
    add_lead(line.workspace, name="Grant", addresses=[normalise("+12025550101", region="US")])
    tell(line, heard("stop"))
    assert Lead.objects.get().opted_out_at
    tell(line, heard("START"))
    assert Lead.objects.get().opted_out_at is None
    assert OptOut.objects.get().lifted_at
    tell(line, heard("stop"))
    assert OptOut.objects.filter(lifted_at=None).count() == 1
    assert OptOut.objects.count() == 2


def test_a_start_that_is_told_late_does_not_undo_the_stop_written_after_it(line: Line) -> None:
    now = timezone.now()
    start = heard("START", occurred_at=now - timedelta(minutes=5))
    tell(line, heard("STOP", occurred_at=now))
    tell(line, start)
    assert OptOut.objects.get().lifted_at is None
    tell(line, heard("START", vendor_message_id=start.vendor_message_id, occurred_at=now + timedelta(minutes=1)))
    assert OptOut.objects.get().lifted_at is None, "the same message told again is no new one"


def test_an_opt_out_on_one_line_holds_on_every_line_of_the_workspace_and_on_no_other(line: Line) -> None:
    other_line, other_workspace = make_line(line.workspace), make_line(make_workspace())
    here, there = say(other_line), say(other_workspace)
    tell(line, heard("STOP"))
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.state, there.state) == (State.CANCELLED, State.QUEUED)


def test_a_message_edited_into_a_keyword_opts_out(line: Line) -> None:
    event = heard("Tuesday")
    tell(line, event, heard("Stop", vendor_message_id=event.vendor_message_id, edited_at=timezone.now()))
    assert OptOut.objects.get().text == "Stop"
