"""Writing in a thread, with and without scripts: what is sent, refused, kept, retried and cancelled."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.models import Message
from conversations.sending.contents import BODY_LIMIT
from conversations.vocabulary import CancelReason, Direction, FailReason, State
from lines.models import Line
from tests.conversations.views.pages import HTMX, hidden, html_of, inbox, of_message, opt_out, text_of
from tests.core import outgoing
from tests.factories_conversations import LineFactory, known, they_said, we_said
from workspaces.models import Workspace


def test_a_reply_without_scripts_leads_back_to_the_thread(line: Line, bobs: Client) -> None:
    row = known(line)
    response = bobs.post(inbox(row, "reply/"), {"body": "Tuesday it is.\r\nAt two?", "nonce": hidden(bobs, row, "nonce")})
    assert response.status_code == 302
    assert response["Location"] == inbox(row)
    assert outgoing(row) == ["Tuesday it is.\nAt two?"]
    assert "Tuesday it is." in text_of(bobs.get(inbox(row)))


def test_a_reply_with_scripts_answers_with_an_empty_composer_and_has_the_page_reload_its_parts(line: Line, bobs: Client) -> None:
    row = known(line)
    nonce = hidden(bobs, row, "nonce")
    response = bobs.post(inbox(row, "reply/"), {"body": "Tuesday it is.", "nonce": nonce}, headers=HTMX)
    assert response.status_code == 200
    assert "thread-changed" in response["HX-Trigger-After-Swap"]
    assert "list-changed" in response["HX-Trigger-After-Swap"]
    assert nonce not in html_of(response)
    assert "Tuesday it is." not in html_of(response)


def test_sending_twice_sends_once(line: Line, bobs: Client) -> None:
    row = known(line)
    posted = {"body": "Only once", "nonce": hidden(bobs, row, "nonce")}
    bobs.post(inbox(row, "reply/"), posted)
    bobs.post(inbox(row, "reply/"), posted)
    assert outgoing(row) == ["Only once"]


def test_a_text_that_was_changed_after_it_had_been_sent_is_kept_and_not_swallowed(line: Line, bobs: Client) -> None:
    row = known(line)
    nonce = hidden(bobs, row, "nonce")
    bobs.post(inbox(row, "reply/"), {"body": "First words", "nonce": nonce})
    response = bobs.post(inbox(row, "reply/"), {"body": "Other words", "nonce": nonce}, headers=HTMX)
    assert response.status_code == 422
    assert "sent already" in text_of(response)
    assert ">Other words</textarea>" in html_of(response)
    again = re.search(r'name="nonce" value="([^"]+)"', html_of(response))
    assert again
    bobs.post(inbox(row, "reply/"), {"body": "Other words", "nonce": again.group(1)})
    assert outgoing(row) == ["First words", "Other words"]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("body", "says"), [("  \n ", "Write a message"), ("x" * (BODY_LIMIT + 1), "is the most that can be sent"), ("a\x00b", "Null")]
)
def test_what_is_refused_comes_back_with_the_reason(
    line: Line, bobs: Client, headers: dict[str, str], body: str, says: str
) -> None:
    row = known(line)
    response = bobs.post(inbox(row, "reply/"), {"body": body, "nonce": hidden(bobs, row, "nonce")}, headers=headers)
    assert response.status_code == 422
    assert says in text_of(response)
    assert outgoing(row) == []


def test_a_file_that_is_no_picture_or_video_is_refused_and_the_text_kept(line: Line, bobs: Client) -> None:
    row = known(line)
    posted = {
        "body": "See attached",
        "nonce": hidden(bobs, row, "nonce"),
        "attachments": SimpleUploadedFile("list.pdf", b"%PDF", content_type="application/pdf"),
    }
    response = bobs.post(inbox(row, "reply/"), posted)
    assert response.status_code == 422
    assert "neither a picture nor a video" in text_of(response)
    assert ">See attached</textarea>" in html_of(response)
    assert outgoing(row) == []


def test_a_text_named_as_a_picture_is_refused_and_what_was_typed_kept(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Send me a picture")
    posted = {
        "body": "See attached",
        "nonce": hidden(bobs, row, "nonce"),
        "attachments": SimpleUploadedFile("x.png", b"These are words", content_type="image/png"),
    }
    response = bobs.post(inbox(row, "reply/"), posted)
    assert response.status_code == 422
    assert "“x.png” says it is a PNG picture, but what is in it is something else" in text_of(response)
    assert ">See attached</textarea>" in html_of(response)
    assert outgoing(row) == []


def test_several_pictures_go_with_one_message(line: Line, bobs: Client, media: None) -> None:
    row = known(line)
    they_said(row, "Send me a picture")
    pictures = [SimpleUploadedFile(f"{name}.png", b"\x89PNG\r\n\x1a\n", content_type="image/png") for name in "ab"]
    bobs.post(inbox(row, "reply/"), {"body": "", "nonce": hidden(bobs, row, "nonce"), "attachments": pictures})
    message = row.messages.get(direction=Direction.OUTGOING)
    assert sorted(one.filename for one in message.attachments.all()) == ["a.png", "b.png"]
    assert message.has_media


def test_nobody_who_opted_out_is_written_to_and_the_composer_says_why(line: Line, bobs: Client) -> None:
    row = known(line)
    nonce = hidden(bobs, row, "nonce")
    opt_out(row)
    page = html_of(bobs.get(inbox(row)))
    assert re.search(r'id="composer-send"[^>]*disabled', page)
    assert "This contact opted out" in page
    assert bobs.post(inbox(row, "reply/"), {"body": "Hello", "nonce": nonce}).status_code == 422
    assert outgoing(row) == []


def test_where_replies_to_opted_out_contacts_are_allowed_the_composer_warns(line: Line, bobs: Client) -> None:
    Workspace.objects.filter(pk=line.workspace_id).update(reply_to_opted_out=True)
    row = known(line)
    opt_out(row)
    page = html_of(bobs.get(inbox(row)))
    assert not re.search(r'id="composer-send"[^>]*disabled', page)
    assert "the carrier may block" in page


def test_a_reply_whose_consent_message_can_not_go_first_any_more_is_refused_before_it_is_written(line: Line, bobs: Client) -> None:
    Workspace.objects.filter(pk=line.workspace_id).update(
        reply_to_opted_out=True, consent_required=True, consent_text="This is Northwind. Reply STOP to opt out."
    )
    row = known(line)
    nonce = hidden(bobs, row, "nonce")
    opt_out(row)
    page = html_of(bobs.get(inbox(row)))
    assert re.search(r'id="composer-send"[^>]*disabled', page)
    assert "opted out before the consent message was sent" in page
    assert bobs.post(inbox(row, "reply/"), {"body": "Hello", "nonce": nonce}).status_code == 422
    assert outgoing(row) == []


def test_a_line_that_is_not_connected_is_named_before_anything_is_typed(line: Line, bobs: Client) -> None:
    Line.objects.filter(pk=line.pk).update(status=Line.Status.DISCONNECTED)
    assert "your message waits for it" in text_of(bobs.get(inbox(known(line))))


def test_a_viewer_reads_and_finds_nothing_to_press(line: Line, ritas: Client) -> None:
    row = known(line)
    they_said(row, "Hello")
    we_said(row, "Lost", state=State.FAILED, reason=FailReason.UNREACHABLE)
    we_said(row, "Later", state=State.QUEUED)
    html = html_of(ritas.get(inbox(row)))
    assert "You can read here." in html
    thread = html[html.index('class="thread"') :]
    assert 'type="submit"' not in thread.split('id="shortcuts"')[0]
    assert "<textarea" not in thread


def test_a_failed_message_is_retried_once_however_often_one_presses(line: Line, bobs: Client) -> None:
    row = known(line)
    lost = we_said(row, "Lost", state=State.FAILED, reason=FailReason.UNREACHABLE)
    assert of_message(lost, "retry") in html_of(bobs.get(inbox(row)))
    bobs.post(of_message(lost, "retry"))
    bobs.post(of_message(lost, "retry"))
    assert outgoing(row) == ["Lost", "Lost"]
    assert of_message(lost, "retry") not in html_of(bobs.get(inbox(row)))


def test_a_retry_that_is_refused_says_why(line: Line, bobs: Client) -> None:
    row = known(line)
    lost = we_said(row, "Lost", state=State.FAILED, reason=FailReason.UNREACHABLE)
    opt_out(row)
    response = bobs.post(of_message(lost, "retry"), follow=True)
    assert "This contact opted out" in text_of(response)
    assert outgoing(row) == ["Lost"]


def test_what_waits_is_cancelled_and_what_has_left_is_not(line: Line, bobs: Client) -> None:
    row = known(line)
    waiting = we_said(row, "Later", state=State.QUEUED)
    assert of_message(waiting, "cancel") in html_of(bobs.get(inbox(row)))
    assert "It was not sent" in text_of(bobs.post(of_message(waiting, "cancel"), follow=True))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == (State.CANCELLED, CancelReason.USER)
    gone = we_said(row, "Gone")
    assert "Too late to cancel" in text_of(bobs.post(of_message(gone, "cancel"), follow=True))


def test_another_page_learns_what_was_done(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Hello")
    response = bobs.post(inbox(row, "handled/"), headers=HTMX)
    assert response.status_code == 204
    for event in ("thread-changed", "list-changed", "toast"):
        assert event in response["HX-Trigger"]


def test_messages_of_another_workspace_cannot_be_retried(line: Line, bobs: Client, contoso: Workspace) -> None:
    theirs = we_said(known(LineFactory.create(workspace=contoso)), "Lost", state=State.FAILED)
    assert bobs.post(of_message(theirs, "retry")).status_code == 404
    assert Message.objects.filter(retry_of=theirs).count() == 0


def test_without_scripts_an_answer_leads_back_to_the_list_as_it_was(line: Line, bobs: Client) -> None:
    row = known(line, "Priya Raman")
    they_said(row, "How much?")
    thread = f"/w/northwind/imessages/{row.public_id}/"
    as_it_was = f"{thread}?waiting=1&sort=positive"
    came = {"Referer": f"http://testserver{as_it_was}"}
    assert bobs.post(f"{thread}handled/", headers=came)["Location"] == as_it_was
    assert bobs.post(f"{thread}reply/", {"body": "Nine", "nonce": "n"}, headers=came)["Location"] == as_it_was
    elsewhere = {"Referer": "https://evil.example/w/northwind/?next=//evil.example"}
    assert bobs.post(f"{thread}archive/", headers=elsewhere)["Location"] == thread


@pytest.mark.parametrize("came_from", ["http://[", "http://a]b/", "http://\uff45.\u2100", "//["])
def test_who_says_they_come_from_no_address_is_led_to_the_thread(line: Line, bobs: Client, came_from: str) -> None:
    row = known(line)
    assert bobs.post(inbox(row, "handled/"), headers={"Referer": came_from})["Location"] == inbox(row)
