"""Where rows stand in a list, and which stretch of it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.signing import BadSignature, Signer

from conversations.inbox.conditions import Conditions


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in a list: its rank in the order, its last activity, its id."""

    rank: int
    at: datetime
    pk: int


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of a list that is wanted: what comes after a place, or down to one; `size` rows at most."""

    size: int
    after: Place | None = None
    through: Place | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Where the rows of a span stand. `total` rows are in it, or at least so many where it is not `whole`; None where the
    counts by cell tell."""

    places: Sequence[Place]
    total: int | None = 0
    whole: bool = True

    @classmethod
    def of(cls, found: Sequence[Sequence[Any]]) -> Page:
        """From rows that begin as `Statement` says."""
        totals = [row[3] for row in found if row[3] is not None]
        places = [Place(*row[:3]) for row in found]
        return cls(places, max(totals, default=None), all(row[4] for row in found)) if found else cls([])


Statement = tuple[str, list[Any]]
"""SQL that gives (rank, last_at, id, total, whole) of a span's rows, see `Page`, and its values. Rows come in any order."""


_AFTER: Final = """(c.last_at, c.id) < (
    CASE WHEN {0} > %s THEN 'infinity'::timestamptz ELSE %s END, CASE WHEN {0} > %s THEN 0 ELSE %s END)"""
_THROUGH: Final = """(c.last_at, c.id) >= (
    CASE WHEN {0} < %s THEN '-infinity'::timestamptz ELSE %s END, CASE WHEN {0} < %s THEN 0 ELSE %s END)"""


def bounds(span: Span, rank: str) -> Conditions:
    """A span in an order that begins with a rank; written so that an index can be entered by it."""
    where: list[str] = []
    values: list[Any] = []
    for place, condition in ((span.after, _AFTER), (span.through, _THROUGH)):
        if place:
            where.append(condition.format(rank))
            values += [place.rank, place.at, place.rank, place.pk]
    return where, values


def cursor(place: Place, *, of: str) -> str:
    """Where a list stands, signed; `of` names the list with its filters, so that cursors fit no other."""
    return Signer(salt=of).sign_object([place.rank, place.at.isoformat(), place.pk])


def read_cursor(text: str, *, of: str) -> Place | None:
    if not text:
        return None
    try:
        rank, at, pk = Signer(salt=of).unsign_object(text)
    except (BadSignature, ValueError):
        return None
    return Place(int(rank), datetime.fromisoformat(at), int(pk))
