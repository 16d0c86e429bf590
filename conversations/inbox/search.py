"""Search: people, companies, campaigns, numbers in any spelling, intent reasons, and every word of every message.

No cap on age, and archived conversations are found too (S2-05). How words are looked up is told in `conversations.inbox.bodies`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError, connection, transaction

from conversations.inbox import bodies, rows, selecting
from conversations.inbox.facets import Cube
from conversations.inbox.filters import Filters
from conversations.inbox.places import Span
from conversations.inbox.rows import Row
from intent import vocabulary as intent
from workspaces import paging
from workspaces.models import Workspace

LONGEST: Final = 200
MOST_PEOPLE: Final = 20
MOST_MESSAGES: Final = 50
"""Of one page. Several may be of one conversation, which is listed once with its newest."""

TIMEOUT_MS: Final = 2_000
FEWEST_DIGITS: Final = 3
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


def search(workspace: Workspace, text: str, families: frozenset[str], whole: Cube, *, before: str = "") -> Found:
    """What `text` finds: conversations by who and what they are about, then messages, newest first.

    `whole` are the workspace's counts. `before` goes on after a page of messages.
    `refused` says why nothing could be found out, and what helps.
    """
    of = f"search:{workspace.pk}:{text}"
    start = paging.read_moment(before, of=of)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [TIMEOUT_MS])
            ids = [] if start else _people(cursor, workspace, text, families, whole)
            sought = bodies.words_of(text)
            hits = bodies.holding(cursor, workspace, sought, start, MOST_MESSAGES) if sought else []
    except OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        return Found(refused=TOO_LONG)
    newest = {one.conversation: one for one in reversed(hits)}  # one for each conversation, its newest message
    shown = sorted(newest.values(), key=lambda one: (one.at, one.id), reverse=True)
    found = {row.id: row for row in rows.of(workspace, [*ids, *newest]) if row.family in families}
    following = ""
    if len(hits) == MOST_MESSAGES:
        following = paging.moment_cursor(hits[-1].at, hits[-1].id, of=of)
    return Found(
        people=[Hit(found[pk]) for pk in ids if pk in found],
        messages=[Hit(found[one.conversation], one.public_id, one.body, one.at) for one in shown if one.conversation in found],
        following=following,
    )


def _people(cursor: Any, workspace: Workspace, text: str, families: frozenset[str], whole: Cube) -> list[int]:
    """Conversations of people, companies, campaigns, numbers and reasons that `text` names, newest first."""
    digits = digits_of(text)
    parts = [_by_digits(digits) if digits else _by_names(text)]
    found: dict[int, datetime] = {}
    for sql, values in [*parts, _by_campaign(text)]:
        cursor.execute(
            _NEWEST.format(chosen=sql), {**values, "workspace": workspace.pk, "families": sorted(families), "most": MOST_PEOPLE}
        )
        found |= dict(cursor.fetchall())
    if reasons := _reasons(text):
        asked = Filters(families=families, chosen={"reason": reasons}, record="all")
        found |= {place.pk: place.at for place in selecting.page(workspace, asked, whole, Span(MOST_PEOPLE)).places}
    return sorted(found, key=lambda pk: (found[pk], pk), reverse=True)[:MOST_PEOPLE]


# The inner part is materialised: an order and a limit beside a text index make the planner walk the whole list instead.
_NEWEST: Final = """
WITH found AS MATERIALIZED ({chosen})
SELECT id, last_at FROM found WHERE family = ANY(%(families)s) ORDER BY last_at DESC, id DESC LIMIT %(most)s
"""
_ROW: Final = "SELECT c.id, c.last_at, c.family FROM conversations_conversation c WHERE c.workspace_id = %(workspace)s"


_OWNERS: Final = "SELECT lead_id FROM leads_address WHERE workspace_id = %(workspace)s AND value LIKE %(digits)s"


def _by_names(text: str) -> tuple[str, dict[str, Any]]:
    words = text.lower().split()[:6]
    where = " AND ".join(f"c.searched LIKE %(word{number})s" for number in range(len(words)))
    return f"{_ROW} AND {where}", {f"word{number}": f"%{_literal(word)}%" for number, word in enumerate(words)}


def _by_digits(digits: str) -> tuple[str, dict[str, Any]]:
    """By the number of the conversation, or any other number of its contact."""
    return f"{_ROW} AND c.searched LIKE %(digits)s UNION {_ROW} AND c.lead_id IN ({_OWNERS})", {"digits": f"%{digits}%"}


def _by_campaign(text: str) -> tuple[str, dict[str, Any]]:
    """The newest of each campaign whose name holds the text, by the list's own index."""
    sql = """SELECT p.id, p.last_at, p.family FROM campaigns_campaign k CROSS JOIN LATERAL (
            SELECT c.id, c.last_at, c.family FROM conversations_conversation c
            WHERE c.workspace_id = k.workspace_id AND c.campaign_id = k.id ORDER BY c.last_at DESC LIMIT 20
        ) p WHERE k.workspace_id = %(workspace)s AND lower(k.name) LIKE %(text)s"""
    return sql, {"text": f"%{_literal(text.lower())}%"}


def _reasons(text: str) -> tuple[str, ...]:
    wanted = text.strip().lower()
    return tuple(str(value) for value, word in intent.Reason.choices if len(wanted) > 2 and wanted in str(word).lower())


def digits_of(text: str) -> str:
    """The digits of a number in any spelling: +1 202…, (202) 555-1234, 0044 20…, 020 7946… or the last few of it."""
    if not re.fullmatch(r"[\d\s()+./-]+", text):
        return ""
    digits = re.sub(r"\D", "", text)
    for trunk in ("00", "0"):
        if digits.startswith(trunk) and "+" not in text:
            digits = digits.removeprefix(trunk)
            break
    return digits if len(digits) >= FEWEST_DIGITS else ""


def _literal(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)
