"""The one door every outgoing message passes, whoever wrote it.

It makes a Message row once per `dedupe_key` and rings the outbox. Whether it may leave is decided at the gate, at
the moment of sending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from campaigns.models import Execution
from conversations import summary
from conversations.changes import announce, ring_outbox
from conversations.models import Attachment, Batch, CannedResponse, Conversation, Message
from conversations.refusals import Refused
from conversations.sending import advising
from conversations.vocabulary import Direction, Origin, State
from lines.gateways.base import FallbackWhen
from lines.models import Line
from workspaces.models import User, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message that is to be made.

    With `state` draft it goes nowhere before `conversations.thread.approvals` approves it.
    """

    conversation: Conversation
    body: str
    origin: Origin
    dedupe_key: str  # what it is the one message of, such as ui:<user>:<nonce> or node:<execution>
    author: User | None = None
    line: Line | None = None  # None: the one that the conversation would answer over
    channel: str = ""  # empty: automatic
    fallback: Sequence[str] | None = None  # when SMS takes over from iMessage (FallbackWhen); None: by the channel
    scheduled_at: datetime | None = None  # when it is to leave, if not at once
    not_before: datetime | None = None  # it can be taken back until then
    cancel_on_reply: bool = False
    state: State = State.QUEUED
    batch: Batch | None = None
    execution: Execution | None = None  # the visit of a campaign's step
    canned: CannedResponse | None = None
    retry_of: Message | None = None
    files: Sequence[UploadedFile[bytes]] = ()


def compose(one: Outgoing) -> Message:
    """Make the message, or return the one that was made with this `dedupe_key` before."""
    return compose_all(one.conversation.workspace, [one])[one.dedupe_key]


class Repeated(Refused):
    """The form has made its message already, and holds something else now. Nothing was made."""

    def __init__(self) -> None:
        super().__init__("This form was sent already, and what stands in it now was not. Send it once more if it is to go as well.")


def compose_typed(one: Outgoing) -> Message:
    """`compose`, for a form that carries its own key: posted twice it makes one message.

    Raises Repeated for a form that comes back with other words, another recipient, time or files, and for one whose message was
    taken back: what stands in it now was not sent.
    """
    made = compose(one)
    asked = (one.conversation.pk, one.body, one.scheduled_at)
    if (made.conversation_id, made.body, made.scheduled_at) != asked or made.state in (State.CANCELLED, State.DISCARDED):
        raise Repeated
    if one.files and _names(one) != sorted(made.attachments.values_list("filename", flat=True)):
        raise Repeated
    return made


def _names(one: Outgoing) -> list[str]:
    return sorted(_name_of(file) for file in one.files)


@transaction.atomic
def compose_all(workspace: Workspace, many: Sequence[Outgoing]) -> dict[str, Message]:
    """Make messages of one workspace in a few statements; {dedupe key: message}, including those that existed already.

    1. Insert them; of two callers with the same key the second inserts nothing.
    2. Bring the conversations' summaries up to date.
    3. After commit: tell open pages, ring the outbox.
    """
    now = timezone.now()
    rows = [_row_of(one, now) for one in many]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    there = Message.objects.of(workspace).filter(dedupe_key__in=[row.dedupe_key for row in rows])
    messages = {message.dedupe_key: message for message in there}
    new = [messages[row.dedupe_key].public_id == row.public_id for row in rows]
    for one in (one for one, is_new in zip(many, new, strict=True) if is_new and one.files):
        _attach(messages[one.dedupe_key], one.files)
    if any(new):
        conversations = {row.conversation_id for row in rows}
        summary.refresh(conversations)
        announce(workspace.pk, conversations)
        ring_outbox()
    return messages


def _row_of(one: Outgoing, now: datetime) -> Message:
    """The message as it is before it is saved."""
    due = one.scheduled_at or now
    run_at = max(due, one.not_before or due)
    by_channel = [] if one.channel else [FallbackWhen.UNSUPPORTED.value, FallbackWhen.FAILS.value]
    return Message(
        workspace_id=one.conversation.workspace_id,
        conversation=one.conversation,
        direction=Direction.OUTGOING,
        origin=one.origin,
        author=one.author,
        line=one.line or advising.line_for(one.conversation),
        address=one.conversation.address,
        body=one.body,
        has_media=bool(one.files) or bool(one.retry_of and one.retry_of.has_media),
        requested_channel=one.channel,
        fallback=by_channel if one.fallback is None else list(one.fallback),
        scheduled_at=one.scheduled_at,
        expires_at=run_at + timedelta(hours=settings.SEND_EXPIRES_HOURS),
        cancel_on_reply=one.cancel_on_reply,
        batch=one.batch,
        execution=one.execution,
        canned=one.canned,
        retry_of=one.retry_of,
        dedupe_key=one.dedupe_key,
        state=one.state,
        run_at=run_at,
        at=due,
        created_at=now,
    )


def _attach(message: Message, files: Sequence[UploadedFile[bytes]]) -> None:
    for file in files:
        Attachment.objects.create(
            workspace_id=message.workspace_id,
            message=message,
            file=file,
            filename=_name_of(file),
            content_type=(file.content_type or "application/octet-stream")[:100],
            size=file.size,
        )


def _name_of(file: UploadedFile[bytes]) -> str:
    return (file.name or "file")[:200]
