"""Reading the log: keyset pages of fifty from a million messages, newest first.

Which messages stand on a page is found in the index alone; they are fetched afterwards. Words and recipients, which are
in other indexes, are found there and put in the order of the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError, connection, transaction

from conversations import folding
from conversations.log.narrowing import Narrowed
from conversations.models import Message
from workspaces import paging
from workspaces.models import Workspace

SIZE: Final = 50
MOST_PEOPLE: Final = 2_000
TIMEOUT_MS: Final = 2_000
TOO_LONG: Final = "This search took too long and was stopped. Narrow the days, or add another word."

Key = tuple[datetime | str, int]
NEWEST: Final[Key] = ("infinity", 0)

_MINE: Final = "m.workspace_id = %(workspace)s AND m.direction = 'out' AND (m.at, m.id) < (%(at)s, %(pk)s)"

_LOG: Final = "SELECT m.at, m.id FROM conversations_message m WHERE {where} ORDER BY m.at DESC, m.id DESC LIMIT %(most)s"

# One status after the other, each from its own index: rare ones are not looked for among a million others.
_BY_STATUS: Final = """
SELECT k.at, k.id FROM unnest(%(statuses)s::text[]) AS s(status) CROSS JOIN LATERAL (
    SELECT m.at, m.id FROM conversations_message m WHERE m.status = s.status AND {where}
    ORDER BY m.at DESC, m.id DESC LIMIT %(most)s
) k ORDER BY k.at DESC, k.id DESC LIMIT %(most)s
"""

_BY_WORDS: Final = """
WITH hits AS MATERIALIZED (
    SELECT m.at, m.id FROM conversations_message m
    WHERE conversations_words(m.body) @@ to_tsquery('simple', %(words)s) AND {where})
SELECT at, id FROM hits ORDER BY at DESC, id DESC LIMIT %(most)s
"""

_BY_PEOPLE: Final = """
SELECT k.at, k.id FROM unnest(%(people)s::bigint[]) AS p(id) CROSS JOIN LATERAL (
    SELECT m.at, m.id FROM conversations_message m WHERE m.conversation_id = p.id AND {where}
    ORDER BY m.at DESC, m.id DESC LIMIT %(most)s
) k ORDER BY k.at DESC, k.id DESC LIMIT %(most)s
"""

_PEOPLE: Final = """
SELECT c.id FROM conversations_conversation c
WHERE c.workspace_id = %(workspace)s AND c.searched LIKE %(part)s ORDER BY c.last_at DESC LIMIT %(most_people)s
"""


@dataclass(frozen=True, slots=True)
class LogPage:
    rows: list[Message]
    following: str
    refused: str = ""


def page(workspace: Workspace, narrowed: Narrowed, after: str) -> LogPage:
    """A page of the log. `refused` says why it could not be found out, and what helps."""
    of = f"log:{workspace.pk}"
    start = paging.read_moment(after, of=of) or NEWEST
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(TIMEOUT_MS)])
            keys = keys_after(cursor, workspace, narrowed, start, SIZE + 1)
    except OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        return LogPage([], "", TOO_LONG)
    rows = fetch(workspace, [pk for _, pk in keys])
    found = paging.cut(rows, SIZE, lambda one: paging.moment_cursor(one.at, one.pk, of=of))
    return LogPage(found.rows, found.following)


def keys_after(cursor: Any, workspace: Workspace, narrowed: Narrowed, start: Key, most: int) -> list[tuple[datetime, int]]:
    """(at, id) of the next messages that the filters let through."""
    values = {**narrowed.values, "workspace": workspace.pk, "at": start[0], "pk": start[1], "most": most}
    where = " AND ".join([_MINE, *narrowed.where])
    sql = _LOG
    if narrowed.recipient:
        values["people"] = _people(cursor, workspace, narrowed.recipient)
        sql = _BY_PEOPLE
        if narrowed.words:
            where += " AND conversations_words(m.body) @@ to_tsquery('simple', %(words)s)"
    elif narrowed.words:
        sql = _BY_WORDS
    elif narrowed.statuses:
        sql = _BY_STATUS
    cursor.execute(sql.format(where=where), {**values, "words": narrowed.words})
    return list(cursor.fetchall())


def _people(cursor: Any, workspace: Workspace, text: str) -> list[int]:
    """Conversations by a part of the contact's or company's name, or of the address in any spelling."""
    digits = "".join(character for character in text if character.isdigit())
    part = digits if len(digits) >= 4 and not any(character.isalpha() for character in text) else folding.folded(text)
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    cursor.execute(_PEOPLE, {"workspace": workspace.pk, "part": f"%{escaped}%", "most_people": MOST_PEOPLE})
    return [pk for (pk,) in cursor.fetchall()]


def fetch(workspace: Workspace, ids: list[int]) -> list[Message]:
    """These messages with what a row shows, in the order of `ids`."""
    rows = Message.objects.of(workspace).filter(pk__in=ids)
    found = rows.select_related("conversation__lead", "line", "batch", "author", "conversation__campaign").in_bulk()
    return [found[pk] for pk in ids if pk in found]


def each(workspace: Workspace, narrowed: Narrowed, *, first: int, size: int) -> Iterator[list[int]]:
    """The ids of the whole log in pages, a short one first: memory does not grow with it."""
    start: Key = NEWEST
    most = first
    while True:
        with connection.cursor() as cursor:
            keys = keys_after(cursor, workspace, narrowed, start, most)
        if keys:
            yield [pk for _, pk in keys]
            start = keys[-1]
        if len(keys) < most:
            return
        most = size
