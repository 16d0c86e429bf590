"""The small dimensions of a conversation packed into one number, its cell.

Two conversations are in the same cell when no small filter tells them apart. The database computes the column
(`Conversation.cell`), counts rows by cell (`conversations.inbox.facets`), and finds the rows of a cell by one index
(`conversations.inbox.selecting`); here is how the number is made and read. Appending a value to a dimension needs no change of
old rows; a new dimension goes on top of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.db.models import Case, Expression, IntegerField, Q, Value, When
from django.db.models.expressions import CombinedExpression

from conversations.vocabulary import Channel, Direction, Family, MessageStatus
from intent import vocabulary as intent


@dataclass(frozen=True, slots=True)
class Dimension:
    """One part of a cell: `bits` wide, `shift` up. `values` are the words of its numbers 1, 2, …; 0 is “none of them”."""

    name: str
    column: str
    values: tuple[str, ...]
    shift: int
    bits: int

    @property
    def mask(self) -> int:
        return ((1 << self.bits) - 1) << self.shift

    def code(self, value: str) -> int:
        """The number of a value, in place. Raises ValueError for a word it does not know."""
        return (self.values.index(value) + 1 if value else 0) << self.shift

    def read(self, cell: int) -> str:
        number = (cell & self.mask) >> self.shift
        return self.values[number - 1] if number else ""


STATUSES: Final = (
    MessageStatus.DRAFT,
    MessageStatus.SCHEDULED,
    MessageStatus.SENT,
    MessageStatus.READ,
    MessageStatus.REPLIED,
    MessageStatus.NOT_DELIVERED,
    MessageStatus.CANCELLED,
    MessageStatus.DISCARDED,
)
"""The eight words of R1, in the order a message goes through them."""

_YES: Final = ("yes",)
_PARTS: Final[tuple[tuple[str, str, Sequence[str], int], ...]] = (
    ("family", "family", Family.values, 2),
    ("channel", "last_channel", Channel.values, 3),
    ("fallback", "fell_back", _YES, 1),
    ("direction", "last_direction", Direction.values, 2),
    ("status", "status", STATUSES, 4),
    ("intent", "intent_status", intent.Status.values, 2),
    ("reason", "intent_reason", intent.Reason.values, 4),
    ("archived", "archived_at", _YES, 1),
    ("waiting", "waiting_since", _YES, 1),
    ("unread", "unread", _YES, 1),
    ("icp", "icp_match", _YES, 1),
)


def _laid_out() -> dict[str, Dimension]:
    found, shift = {}, 0
    for name, column, values, bits in _PARTS:
        found[name] = Dimension(name, column, tuple(str(value) for value in values), shift, bits)
        shift += bits
    return found


DIMENSIONS: Final = _laid_out()

_FLAGS: Final = {
    "archived_at": Q(archived_at__isnull=False),
    "waiting_since": Q(waiting_since__isnull=False),
    "unread": Q(unread__gt=0),
    "fell_back": Q(fell_back=True),
    "icp_match": Q(icp_match=True),
}


def _part(dimension: Dimension) -> Expression:
    whens = [
        When(_FLAGS.get(dimension.column, Q(**{dimension.column: value})), then=Value(dimension.code(value)))
        for value in dimension.values
    ]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def expression() -> Expression:
    """What the database computes a row's cell by."""
    first, *rest = [_part(dimension) for dimension in DIMENSIONS.values()]
    total = first
    for part in rest:
        total = CombinedExpression(total, "+", part)
    return total


@lru_cache(maxsize=20_000)
def words(cell: int) -> tuple[str, ...]:
    """The values of a cell in the order of DIMENSIONS."""
    return tuple(dimension.read(cell) for dimension in DIMENSIONS.values())


_FIRST: Final = tuple(
    str(reason) for reason in (intent.Reason.MEETING, intent.Reason.INFO, intent.Reason.REFERRAL, intent.Reason.PRICING)
)


@lru_cache(maxsize=20_000)
def positive_rank(cell: int) -> int:
    """The order “Positive first” (S0-86, S0-126, S0-156): positive by reason, then other replies, then the rest.

    Where the contact spoke last comes before what was only read, sent or not delivered (S0-64).
    """
    status, reason = DIMENSIONS["intent"].read(cell), DIMENSIONS["reason"].read(cell)
    silent = DIMENSIONS["direction"].read(cell) != Direction.INCOMING
    if status == intent.Status.POSITIVE:
        return (_FIRST.index(reason) if reason in _FIRST else len(_FIRST)) + (5 if silent else 0)
    return {intent.Status.NEUTRAL: 10, "": 11, intent.Status.NEGATIVE: 12}[status] + (5 if silent else 0)


def icp_rank(cell: int) -> int:
    """The order “ICP first”."""
    return 0 if cell & DIMENSIONS["icp"].mask else 1


def no_rank(cell: int) -> int:
    """Newest activity first, and nothing else."""
    return 0
