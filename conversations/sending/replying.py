"""A person's message in an open conversation. What the gate would refuse anyway is refused here already, with advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conversations import drafts
from conversations.models import Conversation, Message
from conversations.refusals import Refused
from conversations.sending import advising, channels, contents
from conversations.sending.compose import Outgoing, compose
from conversations.vocabulary import Direction, Origin
from lines.models import Line
from workspaces import clocks
from workspaces.models import Membership, User


class Answered(Refused):
    """Somebody else has answered since the text was begun: `answer` is what they wrote. Nothing was made."""

    def __init__(self, answer: Message) -> None:
        who = answer.author.get_short_name() if answer.author else "Somebody at the line's own device"
        super().__init__(f"{who} answered {clocks.ago(answer.created_at)} ago. Your text was not sent: send it anyway?")
        self.answer = answer


def reply(
    conversation: Conversation,
    body: str,
    *,
    author: User,
    nonce: str,
    channel: str = "",
    scheduled_at: datetime | None = None,
    files: Sequence[UploadedFile[bytes]] = (),
    line: Line | None = None,
    cancel_on_reply: bool = False,
    undo: timedelta = timedelta(0),
    against: int | None = None,
) -> Message:
    """A person's message in an open conversation. The same `nonce` gives the same message again.

    `line` and `channel` are what the person chose, else they are chosen by themselves. `undo` is how long it can be
    taken back before it leaves. `against` is the newest message its writer had seen: if somebody else has answered
    since, nothing is made and Answered is raised.

    To somebody the line has never exchanged anything with, a phone opens the chat with words: files then follow as a
    message of their own. Raises Refused.
    """
    body = body.strip()
    contents.check(body, files)
    membership = Membership.objects.of(conversation.workspace).get(user=author)
    advice = advising.may_reply(conversation, membership)
    if not advice.allowed:
        raise Refused(advice.reason)
    if scheduled_at and scheduled_at <= timezone.now():
        raise Refused("Choose a time that is still to come.", field="scheduled_at")
    line = channels.chosen(conversation, line or advice.line, channel)
    first_contact = bool(files) and not _has_chat(conversation, line)
    if first_contact and not body:
        raise Refused("This is the first message to this contact: write a few words, and the file follows them.")

    message = Outgoing(
        conversation=conversation,
        body=body,
        origin=Origin.PERSON,
        dedupe_key=drafts.key(author, nonce),
        author=author,
        line=line,
        channel=channel,
        scheduled_at=scheduled_at,
        not_before=None if scheduled_at else timezone.now() + undo,
        cancel_on_reply=bool(scheduled_at) and cancel_on_reply,
        files=files,
    )
    with transaction.atomic():
        # Who answers at the same moment waits here, and then sees this answer.
        Conversation.objects.of(conversation.workspace).select_for_update(no_key=True).get(pk=conversation.pk)
        first = not drafts.sent(conversation, author, nonce)
        if against is not None and first and (answer := drafts.answer_since(conversation, against, than=author)):
            raise Answered(answer)
        drafts.drop(conversation, author)
        if not first_contact:
            return compose(message)
        words = compose(replace(message, files=()))
        compose(replace(message, body="", dedupe_key=f"{message.dedupe_key}:files"))
        return words


def _has_chat(conversation: Conversation, line: Line | None) -> bool:
    """Whether anything has gone either way between the line and the contact."""
    went = Q(direction=Direction.INCOMING) | Q(sent_at__isnull=False)
    return Message.objects.filter(went, line=line, address=conversation.address).exists()
