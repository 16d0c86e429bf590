"""A batch before it goes: what it says, how each lead would get it, and the moment somebody says send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from campaigns import merge
from conversations.batches import gathering, people, rings
from conversations.batches.people import Person
from conversations.models import Batch, Recipient
from conversations.refusals import Refused
from conversations.sending.contents import check_length
from conversations.vocabulary import Channel, SkipReason
from leads.models import Lead
from lines.models import Line
from workspaces import audit
from workspaces.access import no_such_page
from workspaces.models import User, Workspace

State = Batch.State

SHORTEST_UNDO: Final = timedelta(seconds=10)
"""Nothing of a batch leaves before this, so that it can be taken back."""


def batch_of(workspace: Workspace, public_id: str) -> Batch:
    """Raises Http404."""
    rows = Batch.objects.of(workspace).select_related("workspace", "by", "line", "cancelled_by")
    return rows.filter(public_id=public_id).first() or no_such_page()


@transaction.atomic
def write(
    batch: Batch,
    body: str,
    *,
    channel: str = "",
    line: Line | None = None,
    scheduled_at: datetime | None = None,
    skip_missing: bool,
) -> None:
    """Keep what was written, whether or not it can be sent yet. Raises Refused when it has been sent meanwhile."""
    changed = Batch.objects.filter(pk=batch.pk, state=State.DRAFT).update(
        body=body, channel=channel, line=line, scheduled_at=scheduled_at, skip_missing=skip_missing
    )
    if not changed:
        raise Refused("This batch is no longer a draft: it was sent or discarded.")
    batch.body, batch.channel, batch.line = body, channel, line
    batch.scheduled_at, batch.skip_missing = scheduled_at, skip_missing


def check(batch: Batch) -> None:
    """Raises Refused for a text that cannot be sent to anybody: none, too long, or with a field that does not exist."""
    if not batch.body.strip():
        raise Refused("Write a message.")
    check_length(batch.body)
    try:
        merge.parse(batch.body)
    except merge.BadTemplate as bad:
        raise Refused(str(bad)) from None


@dataclass(frozen=True, slots=True)
class Missing:
    """Leads for which merge fields are empty without a fallback: how many, by field, and the first of them."""

    leads: int
    fields: list[tuple[str, int]]  # in words
    first: list[Lead]


def missing(everybody: list[Person]) -> Missing:
    without = [one for one in everybody if one.skip == SkipReason.NO_FIELD]
    counts: dict[str, int] = {}
    for one in without:
        for field in one.missing:
            counts[field] = counts.get(field, 0) + 1
    return Missing(len(without), [(merge.FIELDS[field], n) for field, n in counts.items()], [one.lead for one in without[:5]])


def everybody(batch: Batch) -> list[Person]:
    return [person for chunk in people.each(batch) for person in chunk]


def confirm(batch: Batch, *, by: User) -> None:
    """Send it: from now on a worker makes its messages, and nothing leaves before `release_at`. Raises Refused."""
    check(batch)
    now = timezone.now()
    if batch.scheduled_at and batch.scheduled_at <= now:
        raise Refused("The chosen time has passed. Choose another, or send it now.", field="send_at")
    found = missing(everybody(batch))
    if found.leads and not batch.skip_missing:
        who = "1 lead lacks" if found.leads == 1 else f"{found.leads:,} leads lack"
        raise Refused(f"{who} what a merge field needs. Give it a fallback, or leave them out.")
    undo = max(timedelta(seconds=batch.workspace.undo_seconds), SHORTEST_UNDO)
    with transaction.atomic():
        mine = Batch.objects.filter(pk=batch.pk, state=State.DRAFT)
        if not mine.update(state=State.MAKING, confirmed_at=now, release_at=now + undo, by=by):
            raise Refused("It was sent already.")
        audit.record(by, batch.workspace, "batch.sent", target=batch.public_id, leads=gathering.size(batch))
        rings.ring(batch.pk)
    batch.refresh_from_db()


@transaction.atomic
def discard(batch: Batch, *, by: User) -> bool:
    """Throw a draft away; False when it is none any more."""
    return bool(Batch.objects.filter(pk=batch.pk, state=State.DRAFT).update(state=State.DISCARDED))


TYPES: Final[tuple[tuple[str, str], ...]] = (
    ("", "Automatic: iMessage, else SMS"),
    (Channel.IMESSAGE, "iMessage"),
    (Channel.SMS, "SMS"),
)


def sample(batch: Batch, n: int) -> tuple[Person | None, int]:
    """The n-th recipient from 0 on, as it would get it; and how many there are."""
    rows, total = Recipient.objects.filter(batch=batch).order_by("pk"), gathering.size(batch)
    found = rows[n : n + 1] if 0 <= n < total else rows[:1]
    judged = people.judged(batch, list(found))
    return (judged[0] if judged else None), total
