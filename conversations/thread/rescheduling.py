"""Messages that wait for a chosen time: listed, changed, moved, sent at once (S1-38 to S1-42)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from conversations import summary
from conversations.changes import announce, ring_outbox
from conversations.models import Message
from conversations.refusals import Refused
from conversations.sending.contents import check_length
from conversations.sending.scheduling import clock_at
from conversations.vocabulary import Hold, Origin, State
from workspaces import audit, paging
from workspaces.models import User, Workspace

SIZE: Final = 50
NOT_LEFT_FOR: Final = timedelta(days=30)
"""How long what did not leave stays on the page; the log keeps it for good."""

OURS: Final = (Origin.PERSON, Origin.REMINDER, Origin.BATCH, Origin.API)
"""What people and programs scheduled; a campaign's messages have their own times."""

GONE: Final = "It is not waiting any more: it has left, or somebody cancelled it."


class Gone(Refused):
    """It cannot be changed any more; what was to be changed can be sent as a new message."""

    def __init__(self) -> None:
        super().__init__(f"{GONE} Nothing was changed. What you wrote is kept here: send it as a new message, or leave it.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message with what the clock says at the recipient's when it is due."""

    message: Message
    there: str


def scheduled(workspace: Workspace, after: str) -> paging.Page[Waiting]:
    """What waits for its time, the next first."""
    rows = _ours(workspace).filter(state=State.QUEUED)
    page = paging.by_moment(rows, "scheduled_at", after, SIZE, of=f"scheduled:{workspace.pk}", newest_first=False)
    return paging.Page([Waiting(one, there(one, one.scheduled_at)) for one in page.rows], page.following)


def not_left(workspace: Workspace) -> list[Message]:
    """Scheduled messages that did not go lately, with why; the newest fifty (S1-41)."""
    since = timezone.now() - NOT_LEFT_FOR
    rows = _ours(workspace).filter(status__in=["not_delivered", "cancelled"], at__gte=since)
    return list(rows.order_by("-at", "-pk")[:SIZE])


def _ours(workspace: Workspace) -> QuerySet[Message]:
    rows = Message.objects.of(workspace).filter(scheduled_at__isnull=False, origin__in=OURS)
    return rows.select_related("conversation__lead", "conversation__workspace", "line", "author", "batch")


def there(message: Message, moment: datetime | None) -> str:
    """What the recipient's clock says at `moment`; empty when nothing tells where they are."""
    lead = message.conversation.lead
    return clock_at(message.address, lead.time_zone if lead else "", message.conversation.workspace, moment) if moment else ""


@transaction.atomic
def change(message: Message, body: str, at: datetime | None, *, by: User) -> None:
    """Another text, another time, or both; without a time it leaves now. Raises Refused; Gone when it has left meanwhile."""
    body = body.strip()
    if not body and not message.has_media:
        raise Refused("Write a message. To take it back altogether, cancel it.")
    check_length(body)
    now = timezone.now()
    due = at or now
    waiting = Message.objects.filter(pk=message.pk, state=State.QUEUED, attempt_count=0, scheduled_at__isnull=False)
    changed = waiting.update(
        body=body, scheduled_at=at, run_at=due, at=due, hold=Hold.NONE, held_at=None,
        expires_at=due + timedelta(hours=settings.SEND_EXPIRES_HOURS),
    )  # fmt: skip
    if not changed:
        raise Gone
    audit.record(by, message.workspace, "message.rescheduled", target=message.public_id, at=due.isoformat(timespec="minutes"))
    summary.refresh([message.conversation_id])
    announce(message.workspace_id, [message.conversation_id])
    ring_outbox()
