"""Reading conversations for the pages: the list, one thread, and what stands beside it. Nothing here writes.

The number of queries of each function does not depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects

from conversations.models import Attempt, Conversation, FormerConversation, Message, Reaction
from conversations.thread import asides
from conversations.thread.asides import Aside
from conversations.vocabulary import CancelReason, Direction, MessageStatus, Origin, State
from leads.models import Lead, OptOut
from workspaces import paging
from workspaces.access import no_such_page
from workspaces.models import Workspace

ROWS: Final = 50
MOST_ROWS: Final = 300
"""A list or thread that reloads itself brings back what was loaded, up to this many; older ones by their link."""

TURNS: Final = 50
MOST_TURNS: Final = 300
MOST_WAITING: Final = 100
MOST_DRAFTS: Final = 20
OTHERS: Final = 5

_UNCOMMITTED = (State.QUEUED, State.DRAFT)


def conversation_of(workspace: Workspace, public_id: str) -> Conversation:
    """One conversation with its people and line. Raises Http404."""
    found = (
        Conversation.objects.of(workspace)
        .select_related("workspace", "lead", "company", "lead__company", "line", "line__fallback_line", "line__workspace")
        .filter(public_id=public_id)
        .first()
    )
    return found or no_such_page()


def became(workspace: Workspace, public_id: str) -> str:
    """The public id of the conversation that this one was merged into; empty where it was not."""
    formers = FormerConversation.objects.of(workspace).filter(public_id=public_id)
    return formers.values_list("became__public_id", flat=True).first() or ""


def message_of(workspace: Workspace, public_id: str) -> Message:
    """One message with its conversation. Raises Http404."""
    found = (
        Message.objects.of(workspace)
        .select_related("conversation", "conversation__workspace", "conversation__lead", "conversation__line", "line")
        .filter(public_id=public_id)
        .first()
    )
    return found or no_such_page()


@dataclass(frozen=True, slots=True)
class Log:
    """A stretch of a thread, oldest first. `pending` waits to be sent and stands at the end."""

    messages: list[Message]
    pending: list[Message]
    earlier: str  # cursor of what came before; empty at the thread's beginning
    since: str  # cursor of the oldest message of this stretch
    asides: list[Aside]
    drafts: list[Message]  # wait for somebody to approve them


def log(
    conversation: Conversation,
    opt_outs: Sequence[OptOut],
    others: Sequence[Conversation] = (),
    *,
    before: str = "",
    since: str = "",
    notes: bool = True,
) -> Log:
    """The newest messages of a thread; those `before` a cursor; or all `since` one, for a thread that reloads itself.

    What stands between them comes with them, the contact's `opt_outs` too, `notes` only where the reader may see notes.
    `others` are further conversations of the same person, whose messages stand among them.
    """
    threads, of = [conversation, *others], _scope(conversation, others)
    settled = _settled(threads).order_by("-at", "-id")
    size = TURNS
    if start := paging.read_moment(before, of=of):
        settled = settled.filter(paging.beyond("at", *start, down=True))
    elif end := paging.read_moment(since, of=of):
        size = max(TURNS, min(MOST_TURNS, settled.exclude(paging.beyond("at", *end, down=True))[:MOST_TURNS].count()))
    rows, pending, drafts = _read(threads, settled[: size + 1], newest=not before)
    page = paging.cut(rows, size, lambda message: paging.moment_cursor(message.at, message.pk, of=of))
    _load_parts(threads, page.rows + pending + drafts)
    oldest = page.rows[-1] if page.rows else None
    since = paging.moment_cursor(oldest.at, oldest.pk, of=of) if oldest else ""
    between = asides.between(
        threads, opt_outs, oldest.at if oldest and page.following else None, start[0] if start else None, notes=notes
    )
    return Log(page.rows[::-1], pending, page.following, since, between, drafts)


def _scope(conversation: Conversation, others: Sequence[Conversation]) -> str:
    """What the cursor is signed for: it fits this thread alone."""
    return f"thread:{conversation.pk}{':together' if others else ''}"


def _read(
    threads: Sequence[Conversation], settled: QuerySet[Message], *, newest: bool
) -> tuple[list[Message], list[Message], list[Message]]:
    """(settled, newest first; waiting, in the order they leave; drafts), the last two at the `newest` end. One query."""
    mine = _messages(threads)
    if newest:
        waiting = mine.filter(state=State.QUEUED).order_by("run_at", "id")[:MOST_WAITING]
        drafts = mine.filter(state=State.DRAFT).order_by("at")[:MOST_DRAFTS]
        settled = settled.union(waiting, drafts, all=True)
    rows = list(settled)
    return (
        sorted((one for one in rows if one.state not in _UNCOMMITTED), key=lambda one: (one.at, one.pk), reverse=True),
        sorted((one for one in rows if one.state == State.QUEUED), key=lambda one: (one.run_at, one.pk)),
        sorted((one for one in rows if one.state == State.DRAFT), key=lambda one: one.at),
    )


MARGIN: Final = 10


def around(conversation: Conversation, public_id: str, others: Sequence[Conversation] = ()) -> tuple[str, str]:
    """(before, since) for `log` so that a message of any age is shown: all since it while that is not too much, else the
    stretch that ends a few messages after it. Both empty where there is no such message."""
    of = _scope(conversation, others)
    mine = _settled([conversation, *others])
    sought = mine.filter(public_id=public_id).first()
    if sought is None:
        return "", ""
    newer = mine.exclude(paging.beyond("at", sought.at, sought.pk, down=True)).exclude(pk=sought.pk).order_by("at", "id")
    if newer[:MOST_TURNS].count() < MOST_TURNS - 1:
        return "", paging.moment_cursor(sought.at, sought.pk, of=of)
    end = newer[MARGIN]
    return paging.moment_cursor(end.at, end.pk, of=of), ""


def _messages(threads: Sequence[Conversation]) -> QuerySet[Message]:
    return Message.objects.of(threads[0].workspace).filter(conversation__in=[one.pk for one in threads])


def _settled(threads: Sequence[Conversation]) -> QuerySet[Message]:
    """What came and what was decided. A campaign's messages that a reply stopped are gone, as if never meant (R2): the panel
    of its workflows tells of them, and the Console and the log keep them."""
    stopped = Q(state=State.CANCELLED, origin=Origin.CAMPAIGN, reason=CancelReason.REPLIED)
    return _messages(threads).exclude(state__in=_UNCOMMITTED).exclude(stopped)


def _load_parts(threads: Sequence[Conversation], messages: list[Message]) -> None:
    """What belongs to the messages. A thread has few lines and authors: each is read once, not once for each message.

    What only some messages have is asked only for these.
    """
    known = {one.pk: one for one in threads}
    for message in messages:
        message.conversation = known[message.conversation_id]
        if message.line_id == message.conversation.line_id:
            message.line = message.conversation.line
    prefetch_related_objects([one for one in messages if one.line_id != one.conversation.line_id], "line")
    prefetch_related_objects([one for one in messages if one.has_media], "attachments")
    prefetch_related_objects([one for one in messages if one.status == MessageStatus.NOT_DELIVERED], "retries")
    outgoing = [one for one in messages if one.direction == Direction.OUTGOING]
    prefetch_related_objects(outgoing, Prefetch("attempts", Attempt.objects.order_by("n")), "attempts__line")
    reactions = Prefetch("reactions", Reaction.objects.filter(removed_at=None).order_by("at"))
    prefetch_related_objects(messages, "author", "canned", "execution__node", "campaign", reactions)


def first_unseen(conversation: Conversation) -> str:
    """The public id of the oldest incoming message that nobody has opened; empty when all are."""
    if not conversation.unread:
        return ""
    unseen = Message.objects.of(conversation.workspace).filter(
        conversation=conversation, direction=Direction.INCOMING, id__gt=conversation.seen_through
    )
    return unseen.order_by("at", "id").values_list("public_id", flat=True).first() or ""


def others(conversation: Conversation) -> list[tuple[Lead, str]]:
    """Other contacts at the same company with the public id of their conversation, one more than is shown (S0-48)."""
    if not conversation.company_id:
        return []
    threads = Conversation.objects.of(conversation.workspace).filter(family=conversation.family, lead=OuterRef("pk"))
    people = (
        Lead.objects.of(conversation.workspace)
        .filter(company_id=conversation.company_id)
        .exclude(pk=conversation.lead_id or 0)
        .order_by("name", "pk")
        .annotate(thread=Subquery(threads.values("public_id")[:1]))
    )
    return [(lead, lead.thread or "") for lead in people[: OTHERS + 1]]
