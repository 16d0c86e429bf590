"""What stands between the messages of a thread: notes, what was done with the conversation, and opt-outs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from conversations.models import Conversation, Message, Note, ThreadEvent
from conversations.vocabulary import CancelReason, State
from leads.models import OptOut

MOST: Final = 200
"""Notes, and lines of each kind, of one stretch of a thread."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A note (`note` is set) or a line of the thread's history. `day` is the day line that stands before it."""

    at: datetime
    text: str
    by: str = ""
    note: Note | None = None
    day: str = ""

    @property
    def aside(self) -> bool:
        return True


def between(
    threads: Sequence[Conversation], opt_outs: Sequence[OptOut], since: datetime | None, until: datetime | None, *, notes: bool
) -> list[Aside]:
    """All asides of a person's conversations from `since` on and before `until`, oldest first. Two or three queries.

    The open conversation is the first. None leaves that end open. `opt_outs` are the contact's, newest first.
    """
    window = Q()
    if since:
        window &= Q(at__gte=since)
    if until:
        window &= Q(at__lt=until)
    found = _notes(threads, window) if notes else []
    found += _events(threads, window)
    found += [one for one in _opt_outs(threads[0], opt_outs) if (not since or one.at >= since) and (not until or one.at < until)]
    return sorted(found, key=lambda one: one.at)


def _notes(threads: Sequence[Conversation], window: Q) -> list[Aside]:
    rows = Note.objects.of(threads[0].workspace).filter(window, conversation__in=threads).select_related("author")
    return [Aside(one.at, one.body, one.source or str(one.author or "A colleague"), one) for one in rows.order_by("-at")[:MOST]]


def _events(threads: Sequence[Conversation], window: Q) -> list[Aside]:
    rows = ThreadEvent.objects.of(threads[0].workspace).filter(window, conversation__in=threads).select_related("by")
    return [
        Aside(one.at, one.get_kind_display() + (f" {one.text}" if one.text else ""), str(one.by or ""))
        for one in rows.order_by("-at")[:MOST]
    ]


def _opt_outs(conversation: Conversation, rows: Sequence[OptOut]) -> Iterable[Aside]:
    """Each opt-out of the person with what it cancelled here, and each return."""
    stopped = _cancelled(conversation) if rows else 0
    for index, one in enumerate(rows):
        words = f"Opted out: {one.get_source_display().lower()}" + (f" “{one.text}”" if one.text else "")
        if index == 0 and stopped:
            words += _stopped(stopped)
        yield Aside(one.received_at, words, str(one.by or ""))
        if one.lifted_at:
            words = "Opted in again" + (f": “{one.lifted_text}”" if one.lifted_text else "")
            yield Aside(one.lifted_at, words, str(one.lifted_by or ""))


def _cancelled(conversation: Conversation) -> int:
    rows = Message.objects.of(conversation.workspace).filter(
        conversation=conversation, state=State.CANCELLED, reason=CancelReason.OPTED_OUT
    )
    return rows.count()


def _stopped(count: int) -> str:
    return f". {count} messages that waited were cancelled" if count > 1 else ". A message that waited was cancelled"
