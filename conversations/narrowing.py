"""The counts that stand beside a list: what its filters leave, what each other value would show, what each preset holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.http import QueryDict

from conversations import cells, facets, selecting
from conversations.facets import Cube
from conversations.filter_forms import CHANNELS, RECORDS, SORTS, STATUSES, UPDATED
from conversations.filters import NAMES, PARAMETERS, Filters
from conversations.followups import end_of_today
from conversations.vocabulary import Direction, Family
from intent import vocabulary as intent
from workspaces.models import User, Workspace

MOST_COUNTED: Final = 20_000
"""Rows that are counted one by one where no cell tells them apart; beyond that no numbers are shown."""


@dataclass(frozen=True, slots=True)
class Counted:
    """`whole` counts the workspace, `cube` what the filters' companies, people, campaigns, days and scores leave of it, where
    that could be counted.

    `told`: whether `cube` also counts what other values of the small filters would show, so that its numbers may stand beside
    them. `narrowed`: whether it counts at least exactly the rows of the list.
    """

    whole: Cube
    cube: Cube
    told: bool
    narrowed: bool = False


def counted(workspace: Workspace, filters: Filters, user: User) -> Counted:
    """One query, or two where columns narrow the list."""
    whole = whole_of(workspace, user)
    if filters.exact:
        narrowed = facets.cube_of(workspace, filters.campaigns) if filters.campaigns else whole
        return Counted(whole, narrowed, told=True)
    if filters.score != (None, None) and not selecting.few_by_nature(filters):
        intents = selecting.intents_of(workspace, filters, whole)
        by_score = selecting.cells_of(workspace, filters, most=MOST_COUNTED, intents=intents)
        possible = selecting.with_intents(whole, intents) if by_score is None else Cube(by_score)
        return Counted(whole, possible, told=False, narrowed=by_score is not None)
    by_columns = selecting.cells_of(workspace, filters, most=MOST_COUNTED)
    return Counted(whole, whole if by_columns is None else Cube(by_columns), told=by_columns is not None)


_WHOLE: Final = """
SELECT cell, sum(n) FROM conversations_facet WHERE workspace_id = %(workspace)s AND campaign = 0 GROUP BY cell HAVING sum(n) > 0
UNION ALL
SELECT -1, count(*) FROM (
    SELECT 1 FROM conversations_task
    WHERE workspace_id = %(workspace)s AND assignee_id = %(user)s AND done_at IS NULL AND due_at < %(tomorrow)s LIMIT %(most)s
) tasks
UNION ALL
SELECT -2, count(*) FROM (
    SELECT 1 FROM conversations_message WHERE workspace_id = %(workspace)s AND status = 'draft' LIMIT %(most)s
) drafts
UNION ALL
SELECT -3, count(*) FROM (
    SELECT 1 FROM conversations_message
    WHERE workspace_id = %(workspace)s AND status = 'not_delivered' AND handled_at IS NULL LIMIT 1000
) failures
"""
MOST_WORK: Final = 500
"""Tasks, and drafts, that are counted for the navigation: nobody does more in a day."""


def whole_of(workspace: Workspace, user: User) -> Cube:
    """The workspace's counts, read once for a request: its page and its navigation show the same.

    The user's tasks, the drafts to approve and the failures to deal with come with them, for the navigation.
    """
    known: Cube | None = getattr(workspace, "_cube", None)
    if known is None:
        values: dict[str, Any] = {
            "workspace": workspace.pk,
            "user": user.pk,
            "tomorrow": end_of_today(workspace),
            "most": MOST_WORK,
        }
        with connection.cursor() as cursor:
            cursor.execute(_WHOLE, values)
            counts = dict(cursor.fetchall())
        workspace._work = counts.pop(-1) + counts.pop(-2)  # type: ignore[attr-defined]
        workspace._failures = counts.pop(-3)  # type: ignore[attr-defined]
        workspace._cube = known = Cube(counts)  # type: ignore[attr-defined]
    return known


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a filter: its words, the query that turns it on or off, and how many rows it would show."""

    word: str
    query: str
    chosen: bool
    count: int | None = None


_DIMENSION: Final = {"direction": "direction", "intent": "intent", "reason": "reason", "status": "status", "waiting": "waiting"}
_WORDS: Final = {
    "direction": [(str(value), str(word)) for value, word in Direction.choices],
    "intent": [*((str(value), str(word)) for value, word in intent.Status.choices), ("none", "Not classified")],
    "reason": [*((str(value), str(word)) for value, word in intent.Reason.choices), ("none", "No reason")],
    "status": STATUSES,
}


def options(name: str, filters: Filters, counts: Counted) -> list[Option]:
    """The values of a filter with a closed list, each with its count where it is known exactly."""
    if name == "channel":
        return _channels(filters, counts)
    if name == "record":
        return [_one(filters, "record", value, word, _with_record(filters, counts, value)) for value, word in RECORDS]
    if name == "updated":
        return [_one(filters, "updated", value, word, None) for value, word in UPDATED]
    if name == "assignee":
        return [_one(filters, "assignee", value, word, None) for value, word in (("me", "Me"), ("none", "Nobody"))]
    beside = counts.cube.beside(filters.allowed)[_DIMENSION[name]]
    return [
        _several(filters, name, value, word, beside.get("" if value == "none" else value, 0) if counts.told else None)
        for value, word in _WORDS[name]
    ]


def _channels(filters: Filters, counts: Counted) -> list[Option]:
    left = filters.without("channel")
    found = []
    for value, word in CHANNELS:
        if value in ("email", "linkedin") and value not in left.families:
            continue
        total = counts.cube.total(left.with_channel(value).allowed) if counts.told else None
        found.append(_several(filters, "channel", value, word, total))
    return found


def _with_record(filters: Filters, counts: Counted, value: str) -> int | None:
    if value == "excluded" or filters.record == "excluded" or not counts.told:
        return None
    return counts.cube.total(filters.with_record(value).allowed)


def _several(filters: Filters, name: str, value: str, word: str, count: int | None) -> Option:
    """A value that stands beside others: its link turns it on, or off again."""
    chosen = filters.chosen.get(name, ())
    wanted = tuple(one for one in chosen if one != value) if value in chosen else (*chosen, value)
    return Option(word, filters.query(**{name: ",".join(wanted) or None}), value in chosen, count)


def _one(filters: Filters, name: str, value: str, word: str, count: int | None) -> Option:
    """A value that stands alone; the default is left out of the address."""
    given = dict(filters.parameters).get(name) or ("active" if name == "record" else "newest" if name == "sort" else "")
    blank = None if value in ("active", "newest") or value == given else value
    change: dict[str, str | None] = dict.fromkeys(PARAMETERS.get(name, (name,)))
    return Option(word, filters.query(**{**change, name: blank}), value == given, count)


def sorts(filters: Filters) -> list[Option]:
    return [_one(filters, "sort", value, word, None) for value, word in SORTS]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in the bar: its name, what it is set to, and the query without it."""

    name: str
    title: str
    value: str
    cleared: str


SHOWN: Final = (
    "channel",
    "direction",
    "intent",
    "reason",
    "score",
    "status",
    "record",
    "campaign",
    "company",
    "updated",
    "assignee",
    "tag",
)


def chips(filters: Filters) -> list[Chip]:
    """Every filter of the bar, those that are set first in their words, the others empty."""
    all_of_them = [
        Chip(name, NAMES[name], filters.labels.get(name, ""), filters.query(**dict.fromkeys(PARAMETERS[name])))
        for name in NAMES
        if name in SHOWN or name in filters.labels
    ]
    return sorted(all_of_them, key=lambda chip: not chip.value)


@dataclass(frozen=True, slots=True)
class Preset:
    """A view that most people need daily. `count` is None where only a look at the rows could tell."""

    title: str
    query: str
    count: int | None
    chosen: bool
    hint: str = ""


_PRESETS: Final = (
    ("Needs reply", "waiting=1", {"waiting": {"yes"}}, "Somebody wrote and nobody has answered, snoozed or dismissed it."),
    ("Positive first", "direction=in&sort=positive", {"direction": {"in"}, "intent": {"positive"}}, "Replies by intent."),
    ("New replies today", "direction=in&updated=today", None, "Replies since midnight."),
    ("Not delivered", "status=not_delivered", {"status": {"not_delivered"}}, "What never arrived, and why."),
    ("Read, no reply", "status=read", {"status": {"read"}}, "Read receipts are directional: no receipt does not mean not seen."),
    ("Negative review", "intent=negative", {"intent": {"negative"}}, "Opt-outs, wrong persons and refusals."),
)  # fmt: skip


def presets(filters: Filters, whole: Cube) -> list[Preset]:
    """With their counts over the page's families, archived ones left out."""
    whole = whole.folded("family", "archived", "direction", "status", "intent", "waiting")
    base = Filters(families=filters.families).allowed
    asked = _same(QueryDict(filters.query()))
    found = []
    for title, query, narrowed, hint in _PRESETS:
        count = None if narrowed is None else whole.total({**base, **{key: frozenset(one) for key, one in narrowed.items()}})
        found.append(Preset(title, query, count, asked == _same(QueryDict(query)), hint))
    return found


def _same(query: QueryDict) -> list[tuple[str, list[str]]]:
    return sorted((key, sorted(values)) for key, values in query.lists())


@dataclass(frozen=True, slots=True)
class Hint:
    """Why a list is empty: how many rows would show without this filter."""

    title: str
    count: int
    query: str
    more: bool = False


HINTED: Final = 1_000


def hints(workspace: Workspace, filters: Filters, whole: Cube) -> list[Hint]:
    """Each filter that alone hides rows, the one that hides most first; asked only where a list is empty."""
    found = []
    for name in filters.active:
        left = filters.without(name)
        count = _count(workspace, left, whole)
        if count:
            found.append(Hint(f"Without {NAMES[name]}", count, filters.query(**dict.fromkeys(PARAMETERS[name])), count >= HINTED))
    if filters.record == "active":
        archived = _count(workspace, filters.with_record("archived"), whole)
        if archived:
            found.append(Hint("Archived", archived, filters.query(record="archived"), archived >= HINTED))
    return sorted(found, key=lambda hint: -hint.count)


def _count(workspace: Workspace, filters: Filters, whole: Cube) -> int:
    cube = facets.cube_of(workspace, filters.campaigns) if filters.campaigns else whole
    return selecting.at_least(workspace, filters, cube, most=HINTED)[0]


@dataclass(frozen=True, slots=True)
class Totals:
    """What the navigation shows of a workspace."""

    overview: int
    imessages: int
    positive: int
    waiting: int
    failures: int  # messages not delivered that nobody dealt with; 1000 stands for that many or more
    work: int  # what is left for the user today: replies, tasks and drafts to approve


def totals(workspace: Workspace, user: User) -> Totals:
    """From one pass over the counts."""
    family, archived = cells.DIMENSIONS["family"], cells.DIMENSIONS["archived"]
    waiting, status = cells.DIMENSIONS["waiting"], cells.DIMENSIONS["intent"]
    phone, positive = family.code(Family.PHONE), status.code(intent.Status.POSITIVE)
    found = [0, 0, 0, 0, 0]
    for cell, n in whole_of(workspace, user).folded("family", "archived", "intent", "waiting").counts.items():
        if cell & archived.mask:
            continue
        found[0] += n
        found[1] += n if cell & family.mask == phone else 0
        found[2] += n if cell & status.mask == positive else 0
        found[3] += n if cell & waiting.mask and cell & family.mask == phone else 0
        found[4] += n if cell & waiting.mask else 0
    overview, imessages, hot, waits, replies = found
    work = replies + workspace._work  # type: ignore[attr-defined]
    return Totals(overview, imessages, hot, waits, workspace._failures, work)  # type: ignore[attr-defined]


def by_campaign(workspace: Workspace, filters: Filters) -> dict[int, int]:
    """{campaign: rows it would show under the other filters}; without numbers where columns narrow the list too."""
    left = filters.without("campaign")
    return facets.by_campaign(workspace, left.allowed) if left.exact else {}
