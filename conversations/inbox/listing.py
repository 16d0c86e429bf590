"""A list of conversations made ready to be drawn: its rows, its filters in words, and the counts beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.db.models import QuerySet
from django.http import QueryDict

from conversations import live
from conversations.inbox import asking, chips, counting, options, rows, selecting
from conversations.inbox.chips import Chip, Preset
from conversations.inbox.counting import Counted
from conversations.inbox.filters import RANKS, Filters
from conversations.inbox.hints import Hint, hints
from conversations.inbox.options import Option
from conversations.inbox.positions import Position, Positions, Span, cursor, read_cursor
from conversations.inbox.rows import Row
from conversations.models import Conversation
from conversations.thread import reading
from conversations.vocabulary import Family
from leads.models import Company, Lead
from workspaces.models import User, Workspace

MOST_COUNTED: Final = 1_000
ROUND: Final = (0, 50, 100, 200, 500, MOST_COUNTED)
"""What a list that was not read whole is said to have at least: how far it was read is nobody's number."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that shows conversations. `list`, `rows` and `conversation` name its addresses."""

    name: str
    title: str
    answer: str
    families: frozenset[str]
    list: str
    rows: str
    conversation: str
    filters: str
    next: str


IMESSAGES: Final = Page(
    name="imessages",
    title="iMessages",
    answer="What happened over iMessage or SMS with this contact?",
    families=frozenset({str(Family.PHONE)}),
    list="imessages",
    rows="imessages_rows",
    conversation="conversation",
    filters="imessages_filters",
    next="imessages_next",
)
OVERVIEW: Final = Page(
    name="overview",
    title="Overview",
    answer="What happened with this contact, over every channel?",
    families=frozenset(str(family) for family in Family),
    list="overview",
    rows="overview_rows",
    conversation="overview_conversation",
    filters="overview_filters",
    next="overview_next",
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of rows. `stamp` is the list's state they were read in; `through` the cursor of the last of them."""

    page: Page
    filters: Filters
    counts: Counted
    rows: list[Row]
    following: str
    through: str
    stamp: str
    query: str
    total: int
    capped: bool = False
    hints: list[Hint] = field(default_factory=list)

    @property
    def chips(self) -> list[Chip]:
        return chips.chips(self.filters)

    @property
    def presets(self) -> list[Preset]:
        return chips.presets(self.filters, self.counts.of_campaigns)

    @property
    def sorts(self) -> list[Option]:
        return options.sorts(self.filters)

    @property
    def unsought(self) -> str:
        """The query of the same list without its search."""
        return self.filters.query(q=None)

    @property
    def total_words(self) -> str:
        total = max(step for step in ROUND if step <= self.total) if self.capped else self.total
        number = f"{total:,}"
        return f"{number}{'+' if self.capped else ''} conversation{'' if self.total == 1 else 's'}"


def listing(
    workspace: Workspace,
    user: User,
    page: Page,
    asked: QueryDict,
    *,
    before: str = "",
    through: str = "",
) -> Listing:
    """What a list shows for the filters in `asked`: all but its rows where a search stands in their place.

    `before`: the page after that cursor. `through`: everything down to that cursor, for a list that reloads itself.
    """
    stamp, _ = live.stamps(workspace.pk)
    filters, counts = read(workspace, user, page, asked)
    rowless = bool(filters.sought)
    of = f"{page.name}:{workspace.pk}:{filters.query()}"
    size = reading.ROWS
    start, end = read_cursor(before, of=of), read_cursor(through, of=of)
    if end and not start:
        span = Span(reading.MOST_ROWS, through=end)
        size = max(reading.ROWS, len(selecting.page(workspace, filters, counts, span).each))
    statement = None if rowless else selecting.statement(workspace, filters, counts, Span(size + 1, after=start))
    first, found = rows.selected(statement, user)
    shown, more = first.each[:size], len(first.each) > size
    if start and not filters.exact:  # what was read is not the whole list, nor its beginning
        first = selecting.page(workspace, filters, counts, Span(size + 1))
    total, capped = _total(filters, counts, first, size)
    return Listing(
        page=page,
        filters=filters,
        counts=counts,
        rows=found[:size],
        following=cursor(shown[-1], of=of) if shown and more else "",
        through=cursor(shown[-1], of=of) if shown else "",
        stamp=stamp,
        query=filters.query(),
        total=total,
        capped=capped,
        hints=[] if shown or before or rowless else hints(workspace, filters, counts),
    )


def read(workspace: Workspace, user: User, page: Page, asked: QueryDict) -> tuple[Filters, Counted]:
    """The filters that a URL names, and the counts that go with them."""
    filters = asking.read(asked, workspace, user, families=page.families)
    return filters, counting.counted(workspace, filters, user)


def next_after(workspace: Workspace, filters: Filters, counts: Counted, after: str) -> str:
    """The public id of the conversation after `after` in the list, or of its first; empty after the last."""
    here = Conversation.objects.of(workspace).filter(public_id=after).values_list("cell", "last_at", "pk").first()
    start = Position(RANKS[filters.sort](here[0]), here[1], here[2]) if here else None
    following = selecting.page(workspace, filters, counts, Span(1, after=start))
    found = rows.of(workspace, [one.pk for one in following.each])
    return found[0].public_id if found else ""


def _total(filters: Filters, counts: Counted, first: Positions, size: int) -> tuple[int, bool]:
    """How many rows the whole list has, and whether that is only what it has at least. `first`: its first page and one more."""
    if filters.exact:
        return counts.cube.total(filters.allowed), False
    if len(first.each) <= size:
        return len(first.each), False
    total = max(first.total or 0, len(first.each))
    return (total, False) if first.whole else (min(total, MOST_COUNTED), True)


def with_lead(lead: Lead) -> list[Row]:
    """A person's conversations over every channel, newest activity first."""
    return _newest(lead.workspace, Conversation.objects.of(lead.workspace).filter(lead=lead))


def with_company(company: Company) -> list[Row]:
    """The newest conversations of everyone at a company (S0-39)."""
    return _newest(company.workspace, Conversation.objects.of(company.workspace).filter(company=company))


def _newest(workspace: Workspace, found: QuerySet[Conversation]) -> list[Row]:
    newest = found.order_by("-last_at", "-id").values_list("pk", flat=True)[: reading.ROWS]
    return rows.of(workspace, list(newest))
