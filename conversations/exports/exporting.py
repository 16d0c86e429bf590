"""Exports: messages of one conversation or of a whole list, as CSV or HTML (S2-52..S2-56).

One conversation is streamed to the browser at once. A list is a job: it reads conversations in pages of a stable order and
their messages in pages too, each in a transaction of its own, and appends them to a file. Each page moves the export's
position on together with the number of bytes that belong to it; whoever goes on after a kill cuts off what is beyond.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import BinaryIO, Final

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from conversations.exports.export_formats import WRITERS, Writer
from conversations.exports.export_rows import pages_of
from conversations.inbox import matching
from conversations.models import Conversation, Export, Message
from conversations.refusals import Refused
from workspaces import audit, bells, slices
from workspaces.audit import Actor
from workspaces.models import User, Workspace

log = structlog.get_logger(__name__)

State = Export.State

KEPT: Final = timedelta(days=1)
AT_ONCE: Final = 2_000
"""Conversations of one page: one transaction that reads, one append, one committed position."""

DAYS: Final = 7
"""The most between the first and the last day of one conversation's export (S2-54)."""


def moments(workspace: Workspace, first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last one, by the workspace's clock."""
    start = datetime.combine(first, clock.min, workspace.zone)
    return start, datetime.combine(last + timedelta(days=1), clock.min, workspace.zone)


def stream(conversation: Conversation, format_: str, first: date, last: date, *, by: Actor) -> Iterator[bytes]:
    """One conversation's messages, piece by piece. The audit entry is written before the first."""
    workspace = conversation.workspace
    since, until = moments(workspace, first, last)
    audit.record(by, workspace, "conversation.exported", target=str(conversation), format=format_, first=str(first), last=str(last))
    writer = WRITERS[format_](workspace, f"{conversation}, {first} to {last}")
    return _pieces(conversation, writer, since, until)


def count(conversation: Conversation, first: date, last: date) -> int:
    """How many messages `stream` gives."""
    since, until = moments(conversation.workspace, first, last)
    return Message.objects.of(conversation.workspace).filter(conversation=conversation, at__gte=since, at__lt=until).count()


def _pieces(conversation: Conversation, writer: Writer, since: datetime, until: datetime) -> Iterator[bytes]:
    yield writer.head()
    for page in pages_of(conversation.workspace, [conversation.pk], since, until):
        yield writer.page(page.ids)
    yield writer.foot()


def filename(workspace: Workspace, format_: str, what: str, days: str) -> str:
    return f"{workspace.slug} {what} {days}.{format_}".replace("/", "-").replace("\\", "-")


def start(
    workspace: Workspace, format_: str, first: date, last: date, *, query: str, families: list[str], by: User, actor: Actor
) -> Export:
    """Begin the export of a list. Raises Refused for filters that cannot be read."""
    found = matching.matching(workspace, by, query, families)
    since, until = moments(workspace, first, last)
    with transaction.atomic():
        export = Export(
            workspace=workspace,
            by=by,
            format=format_,
            families=families,
            query=query,
            since=since,
            until=until,
            days=f"{first} to {last}",
            total=matching.count(found),
        )
        export.file = f"{workspace.pk}/exports/{export.public_id}"
        export.save()
        audit.record(actor, workspace, "export.started", target=export.days, format=format_, filters=query)
        ring(export.pk)
    return export


def advance(export_id: int, *, seconds: float = slices.SLICE) -> None:
    """Write for about so long; does nothing when it is done or another worker is at it."""
    try:
        slices.work(lambda: _page(export_id), lambda: ring(export_id), seconds=seconds)
    except OSError as error:  # a full or missing volume: rung again, it would fail every second, and its page would say “running”
        log.exception("export_failed", export=export_id)
        why = error.strerror or type(error).__name__
        _fail(export_id, f"The file could not be written ({why}). Tell the operator of this console, then start it again.")


def _fail(export_id: int, why: str) -> None:
    rows = Export.objects.filter(pk=export_id, state=State.RUNNING)
    rows.update(state=State.FAILED, error=why[:300], finished_at=timezone.now())


@transaction.atomic
def _page(export_id: int) -> bool:
    """One page of conversations into the file; False when there is nothing more to do, or somebody else does it."""
    held = Export.objects.filter(pk=export_id, state=State.RUNNING).select_for_update(skip_locked=True, of=("self",))
    export = held.select_related("workspace", "by").first()
    if export is None:
        return False
    try:
        found = matching.matching(export.workspace, export.by, export.query, export.families)
    except Refused as refused:
        _fail(export.pk, refused.message)
        return False
    page = matching.page_by_id(found, export.through, AT_ONCE)
    writer = WRITERS[export.format](export.workspace, f"Conversations, {export.days}")
    written = 0
    with _opened(export) as file:
        if not export.size:
            file.write(writer.head())
        for part in pages_of(export.workspace, [pk for pk, _ in page], export.since, export.until):
            file.write(writer.page(part.ids))
            written += part.messages
        if len(page) < AT_ONCE:
            file.write(writer.foot())
        size = file.tell()
    now = timezone.now()
    over = {} if len(page) == AT_ONCE else {"state": State.READY, "finished_at": now, "expires_at": now + KEPT}
    Export.objects.filter(pk=export.pk).update(
        through=page[-1][1] if page else export.through,
        size=size,
        messages=F("messages") + written,
        conversations=F("conversations") + len(page),
        **over,
    )
    return not over


def _opened(export: Export) -> BinaryIO:
    """The file, cut to what is committed, to be appended to."""
    path = path_of(export)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    file.truncate(export.size)
    file.seek(export.size)
    return file


def path_of(export: Export) -> Path:
    return Path(settings.MEDIA_ROOT) / export.file


def export_of(workspace: Workspace, user: User, public_id: str) -> Export | None:
    """One of the user's own: an export can be fetched by its owner alone, whatever anybody else's role."""
    return Export.objects.of(workspace).select_related("workspace").filter(by=user, public_id=public_id).first()


def expire() -> int:
    """Delete the files of exports whose time is over; how many."""
    over = list(Export.objects.filter(state=State.READY, expires_at__lte=timezone.now())[:100])
    for export in over:
        path_of(export).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(state=State.EXPIRED, file="")
    return len(over)


def ring(export_id: int) -> None:
    """Have it written once this transaction has committed; else the sweep finds it."""
    bells.ring("conversations.tasks.advance_export", export_id)


def at_work() -> list[int]:
    return list(Export.objects.filter(state=State.RUNNING).order_by("pk").values_list("pk", flat=True))
