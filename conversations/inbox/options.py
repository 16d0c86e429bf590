"""The values of a list's filters, each with the query that turns it on or off and how many rows it would show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conversations.inbox.counting import Counted
from conversations.inbox.filter_forms import CHANNELS, RECORDS, SORTS, STATUSES, UPDATED
from conversations.inbox.filters import PARAMETERS, Filters
from conversations.vocabulary import Direction
from intent import vocabulary as intent


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
