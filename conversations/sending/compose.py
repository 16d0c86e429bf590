"""The one door every outgoing message passes, whoever wrote it.

It makes a Message row once per `dedupe_key` and rings the outbox. Whether it may leave is decided at the gate, at
the moment of sending.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from campaigns.models import Execution
from conversations import summary
from conversations.changes import announce, ring_outbox
from conversations.models import Attachment, CannedResponse, Conversation, Message
from conversations.sending import advising
from conversations.sending.compose_many import row_of
from conversations.vocabulary import Origin, State
from lines.models import Line
from workspaces.models import User


@transaction.atomic
def compose(
    conversation: Conversation,
    body: str,
    *,
    origin: Origin,
    dedupe_key: str,
    author: User | None = None,
    line: Line | None = None,
    channel: str = "",
    scheduled_at: datetime | None = None,
    files: Sequence[UploadedFile[bytes]] = (),
    retry_of: Message | None = None,
    wait: timedelta = timedelta(0),
    cancel_on_reply: bool = False,
    canned: CannedResponse | None = None,
    state: State = State.QUEUED,
    fallback: Sequence[str] | None = None,
    execution: Execution | None = None,
) -> Message:
    """Make the message that `dedupe_key` stands for, or return the one that is there.

    1. Insert it as queued, due now, after `wait`, or at `scheduled_at`; a second caller with the same key inserts nothing.
    2. Bring the conversation's summary up to date.
    3. After commit: tell open pages, ring the outbox.

    With `state` draft it goes nowhere before `conversations.thread.approvals` approves it. `fallback` says when SMS takes over
    from iMessage (FallbackWhen), if not by the channel; `execution` is the campaign step that it is the message of.
    """
    now = timezone.now()
    row = row_of(
        conversation,
        body,
        now,
        origin=origin,
        dedupe_key=dedupe_key,
        author=author,
        line=line or advising.line_for(conversation),
        channel=channel,
        scheduled_at=scheduled_at,
        run_at=scheduled_at or now + wait,
    )
    row.has_media = bool(files) or bool(retry_of and retry_of.has_media)
    row.cancel_on_reply, row.canned, row.retry_of, row.state = cancel_on_reply, canned, retry_of, state
    row.batch_id = retry_of.batch_id if retry_of else None
    row.execution = execution
    if fallback is not None:
        row.fallback = list(fallback)
    Message.objects.bulk_create([row], ignore_conflicts=True)
    message = Message.objects.of(conversation.workspace).get(dedupe_key=dedupe_key)
    if message.public_id != row.public_id:
        return message
    for file in files:
        Attachment.objects.create(
            workspace_id=conversation.workspace_id,
            message=message,
            file=file,
            filename=(file.name or "file")[:200],
            content_type=(file.content_type or "application/octet-stream")[:100],
            size=file.size,
        )
    summary.refresh([conversation.pk])
    announce(conversation.workspace_id, [conversation.pk])
    ring_outbox()
    return message
