"""Keyset pages: a signed cursor says after which row the next page begins. No offsets, no counts.

A cursor that was tampered with, or signed for another list, or by a key that is gone, is no cursor: the list starts
at its beginning, as it would have without one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and the cursor of those that follow; empty at the list's end."""

    rows: list[T]
    following: str


def cut(rows: Sequence[T], size: int, cursor_of: Callable[[T], str]) -> Page[T]:
    """A page of at most `size` from rows that were read with one to spare."""
    kept = list(rows[:size])
    return Page(kept, cursor_of(kept[-1]) if len(rows) > size else "")


def by_moment(rows: QuerySet[M, M], field: str, after: str, size: int, *, of: str, newest_first: bool = True) -> Page[M]:
    """A page of `rows` in the order of a moment of theirs, from the cursor `after` on. `of` as in `moment_cursor`."""
    if start := read_moment(after, of=of):
        rows = rows.filter(beyond(field, *start, down=newest_first))
    ordered = rows.order_by(f"-{field}", "-pk") if newest_first else rows.order_by(field, "pk")
    return cut(list(ordered[: size + 1]), size, lambda row: moment_cursor(getattr(row, field), row.pk, of=of))


def by_name(rows: QuerySet[M, M], after: str, size: int, *, of: str, field: str = "name") -> Page[M]:
    """The same in the order of a name."""
    if start := read_name(after, of=of):
        rows = rows.filter(beyond(field, *start, down=False))
    ordered = rows.order_by(field, "pk")
    return cut(list(ordered[: size + 1]), size, lambda row: name_cursor(getattr(row, field), row.pk, of=of))


def by_number(rows: QuerySet[M, M], after: str, size: int, *, of: str, newest_first: bool = False) -> Page[M]:
    """The same in the order they were made in."""
    if start := read_name(after, of=of):
        rows = rows.filter(pk__lt=start[1]) if newest_first else rows.filter(pk__gt=start[1])
    ordered = rows.order_by("-pk") if newest_first else rows.order_by("pk")
    return cut(list(ordered[: size + 1]), size, lambda row: name_cursor("", row.pk, of=of))


def with_parameter(data: QueryDict, name: str, value: str) -> str:
    """The query string with one parameter changed (taken out where `value` is empty), back at the list's beginning."""
    changed = data.copy()
    changed.pop("after", None)
    changed.pop(name, None)
    if value:
        changed[name] = value
    return f"?{changed.urlencode()}"


def beyond(field: str, value: object, pk: int, *, down: bool) -> Q:
    """Rows after (value, pk) in that order; the first term is what an index can be entered by."""
    than = "lt" if down else "gt"
    return Q(**{f"{field}__{than}e": value}) & (Q(**{f"{field}__{than}": value}) | Q(**{f"pk__{than}": pk}))


def moment_cursor(moment: datetime, pk: int, *, of: str) -> str:
    """Where a list ordered by (moment, pk) stands. `of` names the list, so that cursors fit no other."""
    return Signer(salt=of).sign_object([moment.isoformat(), pk])


def read_moment(cursor: str, *, of: str) -> tuple[datetime, int] | None:
    found = _read(cursor, of)
    return (datetime.fromisoformat(found[0]), int(found[1])) if found else None


def name_cursor(name: str, pk: int, *, of: str) -> str:
    """Where a list ordered by (name, pk) stands."""
    return Signer(salt=of).sign_object([name, pk])


def read_name(cursor: str, *, of: str) -> tuple[str, int] | None:
    found = _read(cursor, of)
    return (found[0], int(found[1])) if found else None


def _read(cursor: str, of: str) -> list[str] | None:
    if not cursor:
        return None
    try:
        found: list[str] = Signer(salt=of).unsign_object(cursor)
    except (BadSignature, ValueError):
        return None
    return found
