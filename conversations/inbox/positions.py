"""Where rows stand in a list, and which stretch of it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.signing import BadSignature, Signer

from conversations.inbox.conditions import Conditions


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row stands in a list: its rank in the order, its last activity, its id."""

    rank: int
    at: datetime
    pk: int


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of a list that is wanted: what comes after a position, or down to one; `size` rows at most."""

    size: int
    after: Position | None = None
    through: Position | None = None


@dataclass(frozen=True, slots=True)
class Positions:
    """Where the rows of a span stand. `total` rows are in it, or at least so many where it is not `whole`; None where the
    counts by cell tell."""

    each: Sequence[Position]
    total: int | None = 0
    whole: bool = True

    @classmethod
    def of(cls, found: Sequence[Sequence[Any]]) -> Positions:
        """From rows that begin as `Statement` says."""
        totals = [row[3] for row in found if row[3] is not None]
        each = [Position(*row[:3]) for row in found]
        return cls(each, max(totals, default=None), all(row[4] for row in found)) if found else cls([])


Statement = tuple[str, list[Any]]
"""SQL that gives (rank, last_at, id, total, whole) of a span's rows, see `Positions`, and its values. Rows come in any order."""


_AFTER: Final = """(c.last_at, c.id) < (
    CASE WHEN {0} > %s THEN 'infinity'::timestamptz ELSE %s END, CASE WHEN {0} > %s THEN 0 ELSE %s END)"""
_THROUGH: Final = """(c.last_at, c.id) >= (
    CASE WHEN {0} < %s THEN '-infinity'::timestamptz ELSE %s END, CASE WHEN {0} < %s THEN 0 ELSE %s END)"""


def bounds(span: Span, rank: str) -> Conditions:
    """A span in an order that begins with a rank; written so that an index can be entered by it."""
    where: list[str] = []
    values: list[Any] = []
    for position, condition in ((span.after, _AFTER), (span.through, _THROUGH)):
        if position:
            where.append(condition.format(rank))
            values += [position.rank, position.at, position.rank, position.pk]
    return where, values


def cursor(position: Position, *, of: str) -> str:
    """Where a list stands, signed; `of` names the list with its filters, so that cursors fit no other."""
    return Signer(salt=of).sign_object([position.rank, position.at.isoformat(), position.pk])


def read_cursor(text: str, *, of: str) -> Position | None:
    if not text:
        return None
    try:
        rank, at, pk = Signer(salt=of).unsign_object(text)
    except (BadSignature, ValueError):
        return None
    return Position(int(rank), datetime.fromisoformat(at), int(pk))
