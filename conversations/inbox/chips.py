"""The bar above a list: a chip for each filter, and the views that most people need daily."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from conversations.inbox.facets import Cube
from conversations.inbox.filters import NAMES, PARAMETERS, Filters


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
    """A view that most people need daily. `count` is what it lists; None for an order, and where only a look at rows could tell."""

    title: str
    query: str
    count: int | None
    chosen: bool
    hint: str = ""


_PRESETS: Final = (
    ("Needs reply", "waiting=1", {"waiting": {"yes"}}, "Somebody wrote and nobody has answered, snoozed or dismissed it."),
    ("Positive first", "direction=in&sort=positive", None, "All replies, the positive ones on top."),
    ("New replies today", "direction=in&updated=today", None, "Replies since midnight."),
    ("Not delivered", "status=not_delivered", {"status": {"not_delivered"}}, "What never arrived, and why."),
    ("Read, no reply", "status=read", {"status": {"read"}}, "Read receipts are directional: no receipt does not mean not seen."),
    ("Negative review", "intent=negative", {"intent": {"negative"}}, "Opt-outs, wrong persons and refusals."),
)  # fmt: skip
_OF_CAMPAIGNS: Final = (
    ("Replies", "direction=in", {"direction": {"in"}}, "They wrote last."),
    ("Positive", "intent=positive", {"intent": {"positive"}}, "They are interested."),
)


def presets(filters: Filters, cube: Cube) -> list[Preset]:
    """With their counts over the page's families, archived ones left out.

    Where campaigns are chosen they stay chosen, and `cube` holds the counts of them: what came of a campaign (S0-38).
    """
    whole = cube.beside_list
    base = Filters(families=filters.families).allowed
    campaigns = [(key, value) for key, value in filters.parameters if key == "campaign"]
    asked = sorted(filters.parameters)
    found = []
    for title, query, narrowed, hint in (*_OF_CAMPAIGNS, *_PRESETS) if campaigns else _PRESETS:
        wanted = [*campaigns, *parse_qsl(query)]
        count = None if narrowed is None else whole.total({**base, **{key: frozenset(one) for key, one in narrowed.items()}})
        found.append(Preset(title, urlencode(wanted), count, asked == sorted(wanted), hint))
    return found
