"""How far a batch is, counted over its rows each time: what is shown is what is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Max, Q, QuerySet

from conversations.models import Batch, Message, Recipient
from conversations.vocabulary import Hold, MessageStatus, SkipReason, State
from workspaces import paging
from workspaces.models import Workspace

SIZE: Final = 50

_COUNT: Final = """
SELECT r.skipped, COALESCE(m.status, ''), COALESCE(m.hold, ''), COUNT(*)
FROM conversations_recipient r LEFT JOIN conversations_message m ON m.id = r.message_id
WHERE r.batch_id = %s GROUP BY 1, 2, 3
"""

WAITING: Final = (MessageStatus.QUEUED, MessageStatus.SCHEDULED, MessageStatus.SENDING)
SENT: Final = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ, MessageStatus.REPLIED)


@dataclass(slots=True)
class Progress:
    """Leads by what became of it for them. `left` is how many are neither made nor skipped; `held` why others wait."""

    total: int = 0
    left: int = 0
    waiting: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    replied: int = 0
    failed: int = 0
    cancelled: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)

    @property
    def out(self) -> int:
        """Those for whom all is done."""
        return self.total - self.left - self.waiting

    @property
    def skips(self) -> int:
        return sum(self.skipped.values())

    @property
    def why_skipped(self) -> list[tuple[str, str, int]]:
        return [(value, SkipReason(value).label, n) for value, n in sorted(self.skipped.items(), key=lambda one: -one[1])]

    @property
    def why_held(self) -> list[tuple[str, int]]:
        return [(str(Hold(value).label), n) for value, n in sorted(self.held.items(), key=lambda one: -one[1])]


def progress(batch: Batch) -> Progress:
    done = Progress()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [batch.pk])
        for skipped, status, hold, n in cursor.fetchall():
            done.total += n
            if skipped:
                done.skipped[skipped] = done.skipped.get(skipped, 0) + n
            else:
                _add(done, status, hold, n)
    return done


def _add(done: Progress, status: str, hold: str, n: int) -> None:
    if not status:
        done.left += n
    elif status in WAITING:
        done.waiting += n
        if hold:
            done.held[hold] = done.held.get(hold, 0) + n
    elif status in SENT:
        done.sent += n
        done.replied += n * (status == MessageStatus.REPLIED)
        done.read += n * (status in (MessageStatus.READ, MessageStatus.REPLIED))
        done.delivered += n * (status != MessageStatus.SENT)
    elif status == MessageStatus.NOT_DELIVERED:
        done.failed += n
    else:
        done.cancelled += n


def last_due(batch: Batch) -> datetime | None:
    """When the last of what waits is due by what is known now."""
    found: datetime | None = Message.objects.filter(batch=batch, state=State.QUEUED).aggregate(at=Max("run_at"))["at"]
    return found


FILTERS: Final[dict[str, tuple[str, Q]]] = {
    "waiting": ("Waiting", Q(message__status__in=WAITING) | Q(message=None, skipped="")),
    "sent": ("Sent", Q(message__status__in=SENT)),
    "replied": ("Replied", Q(message__status=MessageStatus.REPLIED)),
    "failed": ("Not delivered", Q(message__status=MessageStatus.NOT_DELIVERED)),
    "cancelled": ("Cancelled", Q(message__status=MessageStatus.CANCELLED)),
    "skipped": ("Left out", ~Q(skipped="")),
}


def recipients(batch: Batch, show: str, after: str) -> paging.Page[Recipient]:
    """A page of the batch's leads with their messages; `show` keeps some of them."""
    rows: QuerySet[Recipient] = Recipient.objects.filter(batch=batch)
    rows = rows.select_related("lead__company", "message__line", "message__conversation")
    if show in FILTERS:
        rows = rows.filter(FILTERS[show][1])
    return paging.by_number(rows, after, SIZE, of=f"batch:{batch.pk}")


def batches(workspace: Workspace, after: str) -> paging.Page[Batch]:
    """The newest first; discarded drafts are not shown."""
    rows = Batch.objects.of(workspace).exclude(state=Batch.State.DISCARDED).select_related("by")
    return paging.by_number(rows, after, SIZE, of=f"batches:{workspace.pk}", newest_first=True)
