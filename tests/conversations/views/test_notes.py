"""Notes and the lines of a thread's history."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations import happenings
from conversations.models import Message, Note
from conversations.refusals import Refused
from conversations.sending import optout
from conversations.thread import notes
from conversations.vocabulary import CancelReason, Origin, State
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import HTMX, html_of, inbox, text_of
from tests.factories_conversations import known, they_said, we_said
from workspaces.models import Membership, User


def test_a_note_stands_among_the_messages_and_is_never_one(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "First words", ago=10)
    assert bobs.post(inbox(row, "note/"), {"note": "Ask for the second entity."}).status_code == 302
    they_said(row, "Last words")
    page = text_of(bobs.get(inbox(row)))
    assert page.index("First words") < page.index("Ask for the second entity.")
    assert "only colleagues see it" in page
    assert 'class="note"' in html_of(bobs.get(inbox(row)))
    assert Message.objects.filter(conversation=row).count() == 2


def test_another_program_leaves_a_note_with_its_source(line: Line, bobs: Client) -> None:
    row = known(line)
    notes.add(row, "Please call me back.", source="Voicemail transcript")
    assert "Note · Voicemail transcript" in text_of(bobs.get(inbox(row)))


@pytest.mark.parametrize("body", ["", "  \n", "x" * (notes.LIMIT + 1)])
def test_a_note_without_words_or_without_end_is_refused(line: Line, body: str) -> None:
    with pytest.raises(Refused):
        notes.add(known(line), body)


def test_a_note_that_is_refused_comes_back_as_it_was_typed(line: Line, bobs: Client) -> None:
    row = known(line)
    typed = "Ask for the second entity. " + "x" * notes.LIMIT
    for headers in ({}, HTMX):
        answer = bobs.post(inbox(row, "note/"), {"note": typed}, headers=headers)
        assert answer.status_code == 422
        assert typed in html_of(answer)
        assert "10,000 is the most" in text_of(answer)
    assert not Note.objects.exists()


def test_a_note_that_is_sent_twice_stands_once(line: Line, bobs: Client) -> None:
    row = known(line, "Priya Raman")
    for words in ("Call on Friday", "Call on Friday ", "Call on Monday"):
        bobs.post(inbox(row, "note/"), {"note": words})
    assert sorted(Note.objects.values_list("body", flat=True)) == ["Call on Friday", "Call on Monday"]


def test_switched_off_notes_are_neither_shown_nor_written(line: Line, bobs: Client) -> None:
    row = known(line)
    notes.add(row, "Ask for the second entity.")
    line.workspace.notes_enabled = False
    line.workspace.save()
    page = text_of(bobs.get(inbox(row)))
    assert "Ask for the second entity." not in page
    assert "Leave a note" not in page
    refused = text_of(bobs.post(inbox(row, "note/"), {"note": "Another"}))
    assert "Notes are switched off" in refused
    assert "Another" in refused, "what was typed before the switch was turned is not lost"
    assert Note.objects.of(line.workspace).count() == 1


def test_a_member_can_be_without_notes_alone(line: Line, bobs: Client, bob: User, olga: User, sign_in: SignIn) -> None:
    row = known(line)
    notes.add(row, "Ask for the second entity.")
    Membership.objects.of(line.workspace).filter(user=bob).update(notes_enabled=False)
    assert "second entity" not in text_of(bobs.get(inbox(row)))
    assert "second entity" in text_of(sign_in(olga).get(inbox(row)))


def test_its_writer_removes_a_note_and_a_colleague_does_not(line: Line, bobs: Client, olga: User, sign_in: SignIn) -> None:
    row = known(line)
    bobs.post(inbox(row, "note/"), {"note": "Oops"})
    note = Note.objects.of(line.workspace).get()
    url = f"/w/northwind/notes/{note.public_id}/remove/"
    sign_in(olga).post(url)
    assert Note.objects.of(line.workspace).exists()
    bobs.post(url)
    assert not Note.objects.of(line.workspace).exists()


def test_rita_reads_notes_and_charlie_finds_none(line: Line, ritas: Client, charlie: User, sign_in: SignIn) -> None:
    row = known(line)
    note = notes.add(row, "Ask for the second entity.")
    assert "second entity" in text_of(ritas.get(inbox(row)))
    assert ritas.post(inbox(row, "note/"), {"note": "x"}).status_code == 403
    assert sign_in(charlie).post(f"/w/northwind/notes/{note.public_id}/remove/").status_code == 404


def test_the_thread_tells_what_was_done_and_what_an_opt_out_cancelled(line: Line, bobs: Client, bob: User) -> None:
    row = known(line)
    they_said(row, "Hello", ago=10)
    we_said(row, "Waiting words", state=State.QUEUED)
    happenings.note([row], happenings.Kind.ARCHIVED, by=bob)
    optout.opt_out_contact(row, by=bob)
    page = text_of(bobs.get(inbox(row)))
    assert "Archived · Bob Bell" in page
    assert "A message that waited was cancelled" in page


def test_a_cancelled_message_is_behind_a_disclosure(line: Line, bobs: Client) -> None:
    row = known(line)
    we_said(row, "Never went", state=State.CANCELLED, reason=CancelReason.REPLIED)
    page = html_of(bobs.get(inbox(row)))
    assert "A message was not sent: the contact replied" in text_of(bobs.get(inbox(row)))
    assert page.index('<details class="gone">') < page.index("Never went")
    we_said(row, "Nor did this", state=State.CANCELLED, reason=CancelReason.USER, reason_detail="Cancelled by Bob Bell")
    assert "A message was not sent: cancelled by Bob Bell ·" in text_of(bobs.get(inbox(row)))  # who it was, once


def test_steps_that_a_reply_stopped_are_gone_from_the_thread(line: Line, bobs: Client) -> None:
    row = known(line)
    step = we_said(row, "Third nudge", state=State.CANCELLED, reason=CancelReason.REPLIED, origin=Origin.CAMPAIGN)
    they_said(row, "Tell me more")
    assert "Third nudge" not in html_of(bobs.get(inbox(row)))
    assert "Tell me more" in text_of(bobs.get(inbox(row), {"message": step.public_id})), "also by an older address of it"


def test_queries_of_a_thread_do_not_grow_with_notes(line: Line, bobs: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    row = known(line)
    they_said(row, "Hello")
    notes.add(row, "one")
    bobs.get(inbox(row))
    with CaptureQueriesContext(connection) as few:
        bobs.get(inbox(row))
    for n in range(10):
        notes.add(row, f"more {n}")
    with CaptureQueriesContext(connection) as many:
        bobs.get(inbox(row))
    assert len(many) == len(few)
