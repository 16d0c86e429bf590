"""Many messages at once: those of a batch, and those of campaign steps. Beside `conversations.sending.compose`, the way for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campaigns.models import Execution
from conversations import summary
from conversations.changes import announce, ring_outbox
from conversations.models import Batch, Conversation, Message
from conversations.vocabulary import Direction, Origin, State
from lines.gateways.base import FallbackWhen
from lines.models import Line
from workspaces.models import User, Workspace


def row_of(
    conversation: Conversation,
    body: str,
    now: datetime,
    *,
    origin: Origin,
    dedupe_key: str,
    author: User | None,
    line: Line | None,
    channel: str,
    scheduled_at: datetime | None,
    run_at: datetime,
) -> Message:
    """A queued message as it is before it is saved."""
    due = scheduled_at or now
    return Message(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        direction=Direction.OUTGOING,
        origin=origin,
        author=author,
        line=line,
        address=conversation.address,
        body=body,
        requested_channel=channel,
        fallback=[] if channel else [FallbackWhen.UNSUPPORTED.value, FallbackWhen.FAILS.value],
        scheduled_at=scheduled_at,
        expires_at=max(due, run_at) + timedelta(hours=settings.SEND_EXPIRES_HOURS),
        dedupe_key=dedupe_key,
        state=State.QUEUED,
        run_at=run_at,
        at=due,
        created_at=now,
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of many."""

    conversation: Conversation
    body: str
    dedupe_key: str
    line: Line


@transaction.atomic
def compose_many(
    batch: Batch, pieces: Sequence[Piece], *, channel: str = "", scheduled_at: datetime | None = None, not_before: datetime
) -> dict[str, Message]:
    """Make the messages of a batch as `compose` makes one; {dedupe key: message}, also those that were there.

    In a few statements for all of them, so that thousands are made in seconds and the outbox is rung once.
    """
    now = timezone.now()
    rows = [
        row_of(
            one.conversation,
            one.body,
            now,
            origin=Origin.BATCH,
            dedupe_key=one.dedupe_key,
            author=batch.by,
            line=one.line,
            channel=channel,
            scheduled_at=scheduled_at,
            run_at=max(scheduled_at or now, not_before),
        )
        for one in pieces
    ]
    for row in rows:
        row.batch = batch
    return _make(batch.workspace, rows)


@dataclass(frozen=True, slots=True)
class StepPiece:
    """The message of a campaign's step. `channel` empty: automatic; `fallback`: when SMS takes over (FallbackWhen)."""

    execution: Execution
    conversation: Conversation
    body: str
    line: Line
    author: User | None
    channel: str = ""
    fallback: Sequence[str] = ()
    scheduled_at: datetime | None = None


@transaction.atomic
def compose_steps(workspace: Workspace, pieces: Sequence[StepPiece]) -> dict[str, Message]:
    """Make the messages of campaign steps as `compose` makes one, in a few statements for all of them.

    The key of each is its visit, so that a step never has a second. {dedupe key: message}.
    """
    now = timezone.now()
    rows = []
    for one in pieces:
        row = row_of(
            one.conversation,
            one.body,
            now,
            origin=Origin.CAMPAIGN,
            dedupe_key=f"node:{one.execution.pk}",
            author=one.author,
            line=one.line,
            channel=one.channel,
            scheduled_at=one.scheduled_at,
            run_at=one.scheduled_at or now,
        )
        row.execution, row.fallback = one.execution, list(one.fallback)
        rows.append(row)
    return _make(workspace, rows)


def _make(workspace: Workspace, rows: Sequence[Message]) -> dict[str, Message]:
    """Insert those whose key is new, and tell of them once; {dedupe key: message}, also those that were there."""
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    made = Message.objects.of(workspace).filter(dedupe_key__in=[row.dedupe_key for row in rows])
    conversations = {row.conversation_id for row in rows}
    summary.refresh(conversations)
    announce(workspace.pk, conversations)
    ring_outbox()
    return {message.dedupe_key: message for message in made}
