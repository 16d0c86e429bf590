"""Drafts on the server, and the second of two people who answer at once."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client

from conversations import drafts
from conversations.models import Conversation, Draft
from conversations.sending import replying
from conversations.sending.replying import Answered, Reply
from conversations.vocabulary import Origin
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import OptOut
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import HTMX, hidden, html_of, inbox, text_of
from tests.core import outgoing, somebody_waits
from tests.factories_conversations import known, they_said, we_said
from tests.threads import in_background, wait_for
from workspaces.models import User


def box_of(client: Client, row: Conversation) -> str:
    found = re.search(r"<textarea[^>]*>([^<]*)</textarea>", html_of(client.get(inbox(row))))
    assert found
    return found.group(1)


def test_what_was_typed_is_there_again_in_another_browser(line: Line, bob: User, sign_in: SignIn) -> None:
    row = known(line)
    kept = sign_in(bob).post(inbox(row, "draft/"), {"body": "Half a thought", "seen": "start"}, headers=HTMX)
    assert "Draft kept" in text_of(kept)
    assert box_of(sign_in(bob), row) == "Half a thought"


def test_a_draft_is_its_writers_alone(line: Line, bobs: Client, olga: User, sign_in: SignIn) -> None:
    row = known(line)
    bobs.post(inbox(row, "draft/"), {"body": "Half a thought", "seen": "start"})
    assert box_of(sign_in(olga), row) == ""


def test_without_words_there_is_no_draft(line: Line, bobs: Client) -> None:
    row = known(line)
    bobs.post(inbox(row, "draft/"), {"body": "Half a thought", "seen": "start"})
    bobs.post(inbox(row, "draft/"), {"body": "  ", "seen": "start"})
    assert not Draft.objects.of(line.workspace).exists()


def test_without_scripts_a_draft_is_saved_by_its_button_and_the_thread_comes_back(line: Line, bobs: Client) -> None:
    row = known(line)
    assert "Save draft" in text_of(bobs.get(inbox(row)))
    response = bobs.post(inbox(row, "draft/"), {"body": "Half a thought", "nonce": "n", "seen": "start"})
    assert response.status_code == 302
    assert response["Location"] == inbox(row)


def test_sending_ends_the_draft_and_a_late_save_does_not_bring_it_back(line: Line, bobs: Client) -> None:
    row = known(line)
    nonce = hidden(bobs, row, "nonce")
    bobs.post(inbox(row, "draft/"), {"body": "Tuesday", "nonce": nonce, "seen": "start"})
    bobs.post(inbox(row, "reply/"), {"body": "Tuesday it is.", "nonce": nonce, "seen": "start"})
    bobs.post(inbox(row, "draft/"), {"body": "Tuesday it is", "nonce": nonce, "seen": "start"})
    assert not Draft.objects.of(line.workspace).exists()
    assert box_of(bobs, row) == ""


def test_a_draft_tells_what_happened_since_it_was_begun(line: Line, bobs: Client, olga: User) -> None:
    row = known(line)
    seen = they_said(row, "Tuesday?", ago=5)
    bobs.post(inbox(row, "draft/"), {"body": "Half a thought", "seen": seen.public_id})
    assert "after you began" not in text_of(bobs.get(inbox(row)))
    we_said(row, "Yes, Tuesday.", author=olga)
    assert "Olga Orlov answered after you began this draft" in text_of(bobs.get(inbox(row)))
    they_said(row, "Great")
    assert "Priya Raman wrote after you began this draft" in text_of(bobs.get(inbox(row)))
    optouts.opt_out(row.workspace, row.address, Proof(source=OptOut.Source.KEYWORD, text="STOP"))
    assert "Priya Raman opted out after you wrote this draft" in text_of(bobs.get(inbox(row)))


def test_what_we_write_ourselves_or_a_machine_sends_makes_no_draft_stale(line: Line, bobs: Client, bob: User) -> None:
    row = known(line)
    bobs.post(inbox(row, "draft/"), {"body": "Half a thought", "seen": "start"})
    we_said(row, "From my other screen", author=bob)
    we_said(row, "Reminder", origin=Origin.API)
    assert "after you began" not in text_of(bobs.get(inbox(row)))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_who_answers_second_is_asked_and_loses_nothing(line: Line, bobs: Client, olga: User, headers: dict[str, str]) -> None:
    row = known(line)
    they_said(row, "Tuesday?", ago=5)
    posted = {"body": "Wednesday!", "nonce": hidden(bobs, row, "nonce"), "seen": hidden(bobs, row, "seen")}
    answer = we_said(row, "Yes, Tuesday.", author=olga)
    asked = bobs.post(inbox(row, "reply/"), posted, headers=headers)
    assert asked.status_code == 422
    assert re.search(r"Olga answered \d+ s ago\. Your text was not sent: send it anyway\?", text_of(asked))
    assert ">Wednesday!</textarea>" in html_of(asked)
    assert f'name="anyway" value="{answer.public_id}"' in html_of(asked)
    assert outgoing(row) == ["Yes, Tuesday."]
    bobs.post(inbox(row, "reply/"), {**posted, "anyway": answer.public_id}, headers=headers)
    assert outgoing(row) == ["Yes, Tuesday.", "Wednesday!"]


def test_an_answer_that_nobody_was_asked_about_is_asked_about(line: Line, bobs: Client, olga: User) -> None:
    row = known(line)
    posted = {"body": "Wednesday!", "nonce": "n", "seen": "start"}
    first = we_said(row, "Yes, Tuesday.", author=olga)
    we_said(row, "Or Thursday.", author=olga)
    assert bobs.post(inbox(row, "reply/"), {**posted, "anyway": first.public_id}).status_code == 422
    assert "Wednesday!" not in outgoing(row)


def test_who_answers_after_their_own_words_is_not_asked(line: Line, bobs: Client, bob: User) -> None:
    row = known(line)
    we_said(row, "First thing", author=bob)
    assert bobs.post(inbox(row, "reply/"), {"body": "Second thing", "nonce": "n", "seen": "start"}).status_code == 302


def test_a_draft_that_was_sent_from_one_window_is_not_sent_again_from_another_unasked(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Tuesday?", ago=5)
    windows = [{"body": "Yes!", "nonce": one, "seen": hidden(bobs, row, "seen")} for one in ("first", "second")]
    assert bobs.post(inbox(row, "reply/"), windows[0]).status_code == 302
    asked = bobs.post(inbox(row, "reply/"), windows[1])
    assert "You sent this very text" in text_of(asked)
    assert outgoing(row) == ["Yes!"]
    sent = row.messages.get(body="Yes!")
    assert bobs.post(inbox(row, "reply/"), {**windows[1], "anyway": sent.public_id}).status_code == 302
    assert outgoing(row) == ["Yes!", "Yes!"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_send_at_once_one_is_asked(line: Line, bob: User, olga: User) -> None:
    row = known(line)
    asked: list[Answered] = []

    def press() -> None:
        with pytest.raises(Answered) as refused:
            replying.send(Reply(row, "From Olga", author=olga, nonce="n", against=0))
        asked.append(refused.value)

    with transaction.atomic():
        replying.send(Reply(row, "From Bob", author=bob, nonce="n", against=0))
        join = in_background(press, 1)
        wait_for(somebody_waits)
    join()
    assert [one.answer.author for one in asked] == [bob]
    assert len(outgoing(row)) == 1


def test_rita_keeps_no_draft_and_charlie_sees_no_thread(line: Line, ritas: Client, charlie: User, sign_in: SignIn) -> None:
    row = known(line)
    assert ritas.post(inbox(row, "draft/"), {"body": "x"}).status_code == 403
    assert sign_in(charlie).post(inbox(row, "draft/"), {"body": "x"}).status_code == 404
    assert not Draft.objects.of(line.workspace).exists()


def test_seen_of_another_conversation_is_not_believed(line: Line, bob: User) -> None:
    row, other = known(line), known(line, "Marcus", company="Fathom")
    message = they_said(other, "x")
    assert drafts.seen_of(row, message.public_id) is None
