"""Reading conversations for the pages: the list, one thread, and what stands beside it. Nothing here writes.

The number of queries of each function does not depend on the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from conversations import asides
from conversations.asides import Aside
from conversations.models import Attempt, Conversation, Message, Reaction
from conversations.vocabulary import Direction, Origin, State
from leads.localtime import local_time
from leads.models import Address, ConsentEvent, Lead, OptOut
from lines.models import LineDay
from workspaces import paging
from workspaces.access import no_such_page
from workspaces.models import Workspace

ROWS: Final = 50
MOST_ROWS: Final = 300
"""A list or thread that reloads itself brings back what was loaded, up to this many; older ones by their link."""

TURNS: Final = 50
MOST_TURNS: Final = 300
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


def log(conversation: Conversation, *, before: str = "", since: str = "", notes: bool = True) -> Log:
    """The newest messages of a thread; those `before` a cursor; or all `since` one, for a thread that reloads itself.

    What stands between them comes with them, `notes` only where the reader may see notes.
    """
    of = f"thread:{conversation.pk}"
    settled = _messages(conversation).exclude(state__in=_UNCOMMITTED).order_by("-at", "-id")
    size = TURNS
    if start := paging.read_moment(before, of=of):
        settled = settled.filter(_older("at", *start))
    elif end := paging.read_moment(since, of=of):
        size = max(TURNS, min(MOST_TURNS, settled.exclude(_older("at", *end))[:MOST_TURNS].count()))
    page = paging.cut(list(settled[: size + 1]), size, lambda message: paging.moment_cursor(message.at, message.pk, of=of))
    pending = [] if before else list(_messages(conversation).filter(state=State.QUEUED).order_by("run_at", "id")[:100])
    _load_parts(conversation, page.rows + pending)
    drafts = [] if before else list(_messages(conversation).filter(status=State.DRAFT).select_related("author").order_by("at")[:20])
    oldest = page.rows[-1] if page.rows else None
    since = paging.moment_cursor(oldest.at, oldest.pk, of=of) if oldest else ""
    between = asides.between(
        conversation, oldest.at if oldest and page.following else None, start[0] if start else None, notes=notes
    )
    return Log(page.rows[::-1], pending, page.following, since, between, drafts)


MARGIN: Final = 10


def around(conversation: Conversation, public_id: str) -> tuple[str, str]:
    """(before, since) for `log` so that a message of any age is shown: all since it while that is not too much, else the
    stretch that ends a few messages after it. Both empty where there is no such message."""
    of = f"thread:{conversation.pk}"
    mine = _messages(conversation).exclude(state__in=_UNCOMMITTED)
    sought = mine.filter(public_id=public_id).first()
    if sought is None:
        return "", ""
    newer = mine.exclude(_older("at", sought.at, sought.pk)).exclude(pk=sought.pk).order_by("at", "id")
    if newer[:MOST_TURNS].count() < MOST_TURNS - 1:
        return "", paging.moment_cursor(sought.at, sought.pk, of=of)
    end = newer[MARGIN]
    return paging.moment_cursor(end.at, end.pk, of=of), ""


def _messages(conversation: Conversation) -> QuerySet[Message]:
    return Message.objects.of(conversation.workspace).filter(conversation=conversation)


def _load_parts(conversation: Conversation, messages: list[Message]) -> None:
    """What belongs to the messages. A thread has few lines and authors: each is read once, not once for each message."""
    for message in messages:
        message.conversation = conversation
    prefetch_related_objects(
        messages,
        "line",
        "author",
        "canned",
        "execution__node",
        "campaign",
        "attachments",
        "retries",
        Prefetch("reactions", Reaction.objects.filter(removed_at=None).order_by("at")),
        Prefetch("attempts", Attempt.objects.order_by("n")),
        "attempts__line",
    )


def _older(column: str, moment: datetime, pk: int) -> Q:
    """Rows after (moment, pk) in descending order; the first term is what an index can be entered by."""
    return Q(**{f"{column}__lte": moment}) & (Q(**{f"{column}__lt": moment}) | Q(id__lt=pk))


def first_unseen(conversation: Conversation) -> str:
    """The public id of the oldest incoming message that nobody has opened; empty when all are."""
    if not conversation.unread:
        return ""
    unseen = Message.objects.of(conversation.workspace).filter(
        conversation=conversation, direction=Direction.INCOMING, id__gt=conversation.seen_through
    )
    return unseen.order_by("at", "id").values_list("public_id", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a thread (S0-47, S0-48, S0-108). Parts that are not known are empty."""

    addresses: list[Address] = field(default_factory=list)
    others: list[tuple[Lead, str]] = field(default_factory=list)  # with the public id of their conversation
    more_others: bool = False
    opt_out: OptOut | None = None
    local_time: str = ""
    line_used_today: int = 0


def beside(conversation: Conversation) -> Beside:
    lead, line = conversation.lead, conversation.line
    workspace = conversation.workspace
    values = [conversation.address]
    known: list[Address] = []
    if lead:
        known = list(Address.objects.of(workspace).filter(lead=lead).order_by("kind", "rank"))
        known.sort(key=lambda one: (one.kind != Address.Kind.PHONE, one.rank))
        values += [one.value for one in known]
    others = _others(conversation)
    day = timezone.now().astimezone(workspace.zone).date()
    used = LineDay.objects.of(workspace).filter(line=line, day=day).values_list("started", flat=True).first() if line else 0
    return Beside(
        addresses=known,
        others=others[:OTHERS],
        more_others=len(others) > OTHERS,
        opt_out=OptOut.objects.of(workspace).filter(value__in=values, lifted_at=None).order_by("received_at").first(),
        local_time=local_time(conversation.address, lead.time_zone if lead else ""),
        line_used_today=used or 0,
    )


def _others(conversation: Conversation) -> list[tuple[Lead, str]]:
    """Other contacts at the same company, newest conversation first, one more than is shown."""
    if not conversation.company_id:
        return []
    threads = Conversation.objects.of(conversation.workspace).filter(family=conversation.family)
    people = (
        Lead.objects.of(conversation.workspace)
        .filter(company_id=conversation.company_id)
        .exclude(pk=conversation.lead_id or 0)
        .order_by("name", "pk")
        .prefetch_related(Prefetch("conversations", threads))
    )
    return [(lead, next((thread.public_id for thread in lead.conversations.all()), "")) for lead in people[: OTHERS + 1]]


def follow_ups(conversation: Conversation) -> int:
    """How many messages wait here to be sent by automation, or at a later time."""
    later = Q(scheduled_at__gt=timezone.now()) | ~Q(origin=Origin.PERSON)
    return Message.objects.of(conversation.workspace).filter(later, conversation=conversation, state=State.QUEUED).count()


def last_heard(conversation: Conversation) -> datetime | None:
    """When the contact last wrote (S0-95)."""
    theirs = Message.objects.of(conversation.workspace).filter(conversation=conversation, direction=Direction.INCOMING)
    return theirs.order_by("-at").values_list("at", flat=True).first()


def had_consent(conversation: Conversation) -> bool:
    """Whether the ledger says that the contact had the consent message, also in a conversation that was deleted."""
    told = ConsentEvent.objects.of(conversation.workspace).filter(value=conversation.address, kind=ConsentEvent.Kind.CONSENT_SENT)
    return told.exists()


def consent_of(conversation: Conversation) -> Message | None:
    """The consent message of this contact, if one was made (S2-37)."""
    sent = Message.objects.filter(workspace_id=conversation.workspace_id, conversation=conversation, origin=Origin.CONSENT)
    return sent.order_by("-id").first()
