"""The one door: what it makes, what it makes once, and what it refuses with words that help."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from conversations.models import Message
from conversations.refusals import Refused
from conversations.sending import replying, retrying
from conversations.sending.optout import opt_out_contact
from conversations.sending.replying import Reply
from conversations.vocabulary import State
from lines.models import Line
from tests.core import made_sent, make_conversation, make_line, make_user, make_workspace, say
from workspaces.models import Role, User


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace())


@pytest.fixture
def bob(line: Line) -> User:
    return make_user(line.workspace)


def picture(name: str = "roof.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"\xff\xd8\xff", kind)


def test_the_same_form_sent_twice_makes_one_message(line: Line, bob: User) -> None:
    conversation = make_conversation(line)
    first = replying.send(Reply(conversation, "Hello", author=bob, nonce="n"))
    again = replying.send(Reply(conversation, "Hello", author=bob, nonce="n"))
    assert first == again
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "files", "says"),
    [
        ("   ", [], "Write a message"),
        ("x" * 5_001, [], "5,001 characters"),
        ("see this", [("contract.pdf", "application/pdf")], "neither a picture nor a video"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_reason(
    line: Line, bob: User, body: str, files: list[tuple[str, str]], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        replying.send(Reply(make_conversation(line), body, author=bob, nonce="n", files=[picture(*file) for file in files]))
    assert not Message.objects.exists()


def test_a_time_that_has_passed_is_refused(line: Line, bob: User) -> None:
    with pytest.raises(Refused, match="still to come"):
        replying.send(
            Reply(make_conversation(line), "x", author=bob, nonce="n", scheduled_at=timezone.now() - timedelta(minutes=1))
        )


def test_nobody_answers_a_contact_who_opted_out_unless_the_workspace_allows_it(line: Line, bob: User) -> None:
    conversation = make_conversation(line)
    opt_out_contact(conversation, by=bob)
    with pytest.raises(Refused, match="opted out"):
        replying.send(Reply(conversation, "one more thing", author=bob, nonce="n"))
    conversation.workspace.reply_to_opted_out = True
    conversation.workspace.save()
    assert replying.send(Reply(conversation, "one more thing", author=bob, nonce="n")).state == State.QUEUED


def test_a_viewer_cannot_write(line: Line) -> None:
    rita = make_user(line.workspace, Role.VIEWER)
    with pytest.raises(Refused, match="role"):
        replying.send(Reply(make_conversation(line), "x", author=rita, nonce="n"))


def test_without_a_line_the_refusal_says_who_can_add_one(bob: User, line: Line) -> None:
    conversation = make_conversation(line)
    Line.objects.all().delete()
    conversation.refresh_from_db()
    with pytest.raises(Refused, match="admin can add one"):
        replying.send(Reply(conversation, "x", author=bob, nonce="n"))


def test_a_file_to_somebody_new_follows_the_words(line: Line, bob: User) -> None:
    conversation = make_conversation(line)
    with pytest.raises(Refused, match="few words"):
        replying.send(Reply(conversation, "", author=bob, nonce="a", files=[picture()]))
    replying.send(Reply(conversation, "Here it is", author=bob, nonce="b", files=[picture()]))
    replying.send(Reply(conversation, "Here it is", author=bob, nonce="b", files=[picture()]))
    words, file = Message.objects.order_by("pk")
    assert (words.body, words.has_media, file.body, file.has_media) == ("Here it is", False, "", True)
    made_sent(words)
    one = replying.send(Reply(conversation, "And another", author=bob, nonce="c", files=[picture()]))
    assert one.attachments.count() == 1


def test_a_retry_is_a_new_message_made_once_with_its_files(line: Line, bob: User) -> None:
    made_sent(say(line))
    failed = replying.send(Reply(make_conversation(line), "again?", author=bob, nonce="n", files=[picture()]))
    Message.objects.filter(pk=failed.pk).update(state=State.FAILED, reason="unreachable")
    failed.refresh_from_db()
    first, second = retrying.retry(failed, author=bob), retrying.retry(failed, author=bob)
    assert first == second
    assert first.retry_of == failed
    assert first.attachments.count() == 1
    with pytest.raises(Refused):
        retrying.retry(first, author=bob)
