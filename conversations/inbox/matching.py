"""All conversations a list's filters let through: for what is done to a whole list rather than to its first page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import QueryDict

from conversations.inbox import asking, conditions, filters
from conversations.refusals import Refused
from conversations.vocabulary import Family
from workspaces.models import User, Workspace

LISTS = {"imessages": (str(Family.PHONE),), "overview": tuple(str(family) for family in Family)}
"""{list: the families it shows}."""


@dataclass(frozen=True, slots=True)
class Matching:
    """A condition on conversations `c`, with its values; `words` says it for people."""

    where: str
    values: list[Any]
    words: str


def matching(workspace: Workspace, user: User, query: str, families: Sequence[str]) -> Matching:
    """What the filters of an address let through. `user` is who “me” is.

    Raises Refused where a filter cannot be read, or there is a search: leaving it out would take in more than was seen.
    """
    data = QueryDict(query)
    if data.get("q", "").strip():
        raise Refused("A search is on, and “all that match” works with filters. Clear the search, or choose rows one by one.")
    read = asking.read(data, workspace, user, families=frozenset(families))
    if read.errors:
        raise Refused(f"A filter of this list cannot be read: {read.errors[0]} Nothing was changed.")
    where, values = conditions.all_of(workspace, read)
    words = "; ".join(f"{filters.NAMES[name]}: {read.labels[name]}" for name in read.active)
    return Matching(" AND ".join(where), values, words)


def count(found: Matching, most: int | None = None) -> int:
    """How many conversations, up to `most`."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM conversations_conversation c WHERE {found.where} LIMIT %s) few"  # noqa: S608  our own words; values are bound
    with connection.cursor() as cursor:
        cursor.execute(sql, [*found.values, most])
        return int(cursor.fetchone()[0])


def page_by_id(found: Matching, after: str, size: int) -> list[tuple[int, str]]:
    """(id, public id) of the next conversations after a public id, in the order of those: it does not change meanwhile."""
    sql = f"""
        SELECT c.id, c.public_id FROM conversations_conversation c
        WHERE {found.where} AND c.public_id > %s ORDER BY c.public_id LIMIT %s
    """  # noqa: S608  our own words; values are bound
    with connection.cursor() as cursor:
        cursor.execute(sql, [*found.values, after, size])
        return list(cursor.fetchall())
