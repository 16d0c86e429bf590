"""A person's message in an open conversation. What the gate would refuse anyway is refused here already, with advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conversations import drafts
from conversations.models import Conversation, Message
from conversations.refusals import Refused
from conversations.sending import advising, channels, contents
from conversations.sending.compose import Outgoing, compose_typed
from conversations.vocabulary import Direction, Origin
from lines.models import Line
from workspaces import clocks
from workspaces.models import Membership, User


class Answered(Refused):
    """Since the text was begun `answer` was written: by somebody else, or by its own writer, word for word. Nothing was made."""

    def __init__(self, answer: Message, *, to: User) -> None:
        ago = clocks.ago(answer.created_at)
        if answer.author == to:
            super().__init__(f"You sent this very text {ago} ago, from another window. It was not sent again: send it anyway?")
        else:
            who = answer.author.get_short_name() if answer.author else "Somebody at the line's own device"
            super().__init__(f"{who} answered {ago} ago. Your text was not sent: send it anyway?")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person wrote in an open conversation, and how it is to go."""

    conversation: Conversation
    body: str
    author: User
    nonce: str  # made with the composer: the same nonce is the same message, however often it is posted
    files: Sequence[UploadedFile[bytes]] = ()
    line: Line | None = None  # what the person chose; else chosen for them, as is the channel
    channel: str = ""
    scheduled_at: datetime | None = None
    cancel_on_reply: bool = False  # of a scheduled one
    undo: timedelta = timedelta(0)  # how long it can be taken back before it leaves
    against: int | None = None  # the newest message its writer had seen; None: it goes, whatever was written since


def send(reply: Reply) -> Message:
    """Make the message, or return the one that this nonce has made already.

    To somebody the line has never exchanged anything with, a phone opens the chat with words: files then follow as a
    message of their own. Raises Refused; Repeated where the nonce stands for another message; Answered where somebody else has
    answered since `against`, or the writer has sent the same text from another window. Nothing is made then.
    """
    message = _outgoing(reply)
    words_first = bool(message.files) and _words_first(reply, message.line)
    if words_first and not message.body:
        raise Refused("This is the first message to this contact: write a few words, and the file follows them.")
    with transaction.atomic():
        _refuse_if_answered(reply)
        drafts.drop(reply.conversation, reply.author)
        if not words_first:
            return compose_typed(message)
        words = compose_typed(replace(message, files=()))
        compose_typed(replace(message, body="", dedupe_key=f"{message.dedupe_key}:files"))
        return words


def _outgoing(reply: Reply) -> Outgoing:
    """The message it asks for, over a line its author may use. Raises Refused."""
    conversation, body = reply.conversation, reply.body.strip()
    contents.check(body, reply.files)
    advice = advising.may_reply(conversation, Membership.objects.of(conversation.workspace).get(user=reply.author))
    if not advice.allowed:
        raise Refused(advice.reason)
    if reply.scheduled_at and reply.scheduled_at <= timezone.now():
        raise Refused("Choose a time that is still to come.", field="scheduled_at")
    return Outgoing(
        conversation=conversation,
        body=body,
        origin=Origin.PERSON,
        dedupe_key=drafts.key(reply.author, reply.nonce),
        author=reply.author,
        line=channels.chosen(conversation, reply.line or advice.line, reply.channel),
        channel=reply.channel,
        scheduled_at=reply.scheduled_at,
        not_before=None if reply.scheduled_at else timezone.now() + reply.undo,
        cancel_on_reply=bool(reply.scheduled_at) and reply.cancel_on_reply,
        files=reply.files,
    )


def _refuse_if_answered(reply: Reply) -> None:
    """Holds the conversation: who answers at the same moment waits here, and then sees this answer. Raises Answered."""
    conversation = reply.conversation
    Conversation.objects.of(conversation.workspace).select_for_update(no_key=True).get(pk=conversation.pk)
    if reply.against is None or drafts.sent(conversation, reply.author, reply.nonce):
        return
    answer = drafts.answer_since(conversation, reply.against, than=reply.author)
    if answer or (answer := drafts.said_since(conversation, reply.against, reply.body.strip(), by=reply.author)):
        raise Answered(answer, to=reply.author)


def _words_first(reply: Reply, line: Line | None) -> bool:
    """Whether its files follow in a message of their own, as they did when it was sent the first time."""
    if drafts.sent(reply.conversation, reply.author, f"{reply.nonce}:files"):
        return True
    return not _has_chat(reply.conversation, line)


def _has_chat(conversation: Conversation, line: Line | None) -> bool:
    """Whether anything has gone either way between the line and the contact."""
    went = Q(direction=Direction.INCOMING) | Q(sent_at__isnull=False)
    return Message.objects.filter(went, line=line, address=conversation.address).exists()
