"""Search: people, companies, campaigns, numbers in any spelling, intent reasons, and every word of every message.

No cap on age, and archived conversations are found too (S2-05). Where filters narrow the list, it searches what they leave,
in the list's order; else messages come newest first, however they are found (`conversations.inbox.message_search`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError, connection, transaction

from conversations.inbox import list_search, message_search, people_search, positions, rows, search_words
from conversations.inbox.counting import Counted
from conversations.inbox.filters import Filters
from conversations.inbox.list_search import Wanted
from conversations.inbox.message_search import Said
from conversations.inbox.rows import Row
from conversations.inbox.search_words import Sought
from workspaces import paging
from workspaces.models import User, Workspace

MOST_MESSAGES: Final = 50
"""Of one page. Several may be of one conversation, which is listed once with its newest."""

_SETTINGS: Final = """
SELECT set_config('statement_timeout', %s, true), set_config('work_mem', %s, true),
       set_config('max_parallel_workers_per_gather', '0', true)
"""
TIMEOUT_MS: Final = 2_000
MEMORY: Final = "64MB"
"""So that long lists stay exact: in less, PostgreSQL remembers pages instead of messages and reads each again."""

TOO_LONG: Final = "This search took too long and was stopped. Add another word, or search for a whole word or a name."


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation that was found; `message` and `words` are those of the message that was found in it, if any."""

    row: Row
    message: str = ""
    words: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    people: list[Hit] = field(default_factory=list)
    messages: list[Hit] = field(default_factory=list)
    following: str = ""
    refused: str = ""


def search(workspace: Workspace, filters: Filters, counts: Counted, *, before: str = "", reader: User | None = None) -> Found:
    """What is sought with `filters`: conversations by who and what they are about, then messages, as `reader` sees them.

    `counts` are those of `filters`. `before` goes on after a page of messages.
    `refused` says why nothing could be found out, and what helps.
    """
    filters = filters.searched
    words = search_words.read(filters.sought)
    of = f"search:{workspace.pk}:{sorted(filters.families)}:{filters.query()}"
    look = _in_list if filters.active or filters.sort != "newest" else _anywhere
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SETTINGS, [str(TIMEOUT_MS), MEMORY])
            ids = [] if before else people_search.named(cursor, workspace, filters, counts)
            hits, following = look(cursor, workspace, words, filters, counts, before, of) if words else ([], "")
    except OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        return Found(refused=TOO_LONG)
    found = {row.id: row for row in rows.of(workspace, [*ids, *(one.conversation for one in hits)], reader)}
    said = {
        one.conversation: Hit(found[one.conversation], one.public_id, one.body, one.at) for one in hits if one.conversation in found
    }
    return Found(
        people=[said.pop(pk, Hit(found[pk])) for pk in ids if pk in found],  # who is named and said it stands here
        messages=list(said.values()),
        following=following,
    )


def next_after(workspace: Workspace, filters: Filters, counts: Counted, after: str) -> str:
    """The public id of what was found next to `after`, or first; empty after the last of the first page."""
    found = search(workspace, filters, counts)
    ids = list(dict.fromkeys(hit.row.public_id for hit in (*found.people, *found.messages)))
    return next(iter(ids[ids.index(after) + 1 :] if after in ids else ids), "")


def _anywhere(
    cursor: Any, workspace: Workspace, words: Sought, filters: Filters, counts: Counted, before: str, of: str
) -> tuple[list[Said], str]:
    """Messages newest first, one of each conversation, and where the next page begins."""
    everything = counts.everything == counts.whole.total(filters.allowed)
    start = paging.read_moment(before, of=of)
    hits = message_search.holding(cursor, workspace, words, start, MOST_MESSAGES, frozenset() if everything else filters.families)
    newest = {one.conversation: one for one in reversed(hits)}
    following = paging.moment_cursor(hits[-1].at, hits[-1].id, of=of) if len(hits) == MOST_MESSAGES else ""
    return sorted(newest.values(), key=lambda one: (one.at, one.id), reverse=True), following


def _in_list(
    cursor: Any, workspace: Workspace, words: Sought, filters: Filters, counts: Counted, before: str, of: str
) -> tuple[list[Said], str]:
    """The conversations of the list, in its order, each with its newest message that holds the words."""
    start = positions.read_cursor(before, of=of)
    hits = list_search.holding(cursor, Wanted(workspace, words, filters, counts, start, MOST_MESSAGES + 1))
    shown = hits[:MOST_MESSAGES]
    return [said for _, said in shown], positions.cursor(shown[-1][0], of=of) if len(hits) > MOST_MESSAGES else ""
