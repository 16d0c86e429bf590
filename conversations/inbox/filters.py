"""What a list is narrowed to, and in which order it stands.

Small dimensions become sets of cell values (`Filters.allowed`), which counts and rows are found by; the others are
columns of the row. URLs are read in `conversations.inbox.asking`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from conversations import cells
from conversations.inbox.facets import Allowed
from conversations.vocabulary import Family
from intent import vocabulary as intent

NONE: Final = -1
"""Among campaigns or assignees: without one."""

SMALL: Final = ("channel", "direction", "intent", "reason", "status", "waiting", "unread")
NAMES: Final = {
    "channel": "Channel",
    "direction": "Direction",
    "intent": "Intent",
    "reason": "Reason",
    "score": "Score",
    "status": "Status",
    "record": "Record",
    "campaign": "Campaign",
    "company": "Company",
    "updated": "Updated",
    "waiting": "Needs reply",
    "unread": "Unread",
    "assignee": "Assignee",
    "tag": "Tag",
}
"""Every filter, in the order of their chips."""

PARAMETERS: Final = {
    **{name: (name,) for name in NAMES},
    "score": ("score_min", "score_max"),
    "updated": ("updated", "from", "to"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Empty means not narrowed; NONE among campaigns or assignees: without one."""

    families: frozenset[str] = frozenset(Family.values)
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of the small dimensions, as in the URL
    record: str = "active"
    score: tuple[int | None, int | None] = (None, None)
    campaigns: tuple[int, ...] = ()
    companies: tuple[int, ...] = ()
    assignees: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()  # any of them
    since: datetime | None = None
    before: datetime | None = None
    sort: str = "newest"
    sought: str = ""  # what is searched for among them
    parameters: tuple[tuple[str, str], ...] = ()  # what the address said, without what was wrong
    labels: Mapping[str, str] = field(default_factory=dict)  # {filter: its values in words}
    errors: tuple[str, ...] = ()

    @property
    def active(self) -> list[str]:
        """The filters that are set, in the order of their chips."""
        return [name for name in NAMES if name in self.labels]

    @property
    def allowed(self) -> Allowed:
        """The small dimensions that are narrowed, as sets of cell values."""
        found: dict[str, frozenset[str]] = {}
        if len(self.families) < len(Family.values):
            found["family"] = self.families
        if self.record in ("active", "archived"):
            found["archived"] = frozenset({"yes" if self.record == "archived" else ""})
        for name, values in self.chosen.items():
            if name == "channel":
                found |= _channels(values, self.families)
            elif name in ("waiting", "unread"):
                found[name] = frozenset({"yes"})
            else:
                found[name] = frozenset("" if value == "none" else value for value in values)
        if self.score != (None, None):  # only what is classified has a score
            found["intent"] = found.get("intent", frozenset(intent.Status.values)) - {""}
        return found

    @property
    def exact(self) -> bool:
        """Whether the counts by cell are counts of exactly these rows: nothing narrows them but cells and campaigns."""
        large = (self.companies, self.assignees, self.tags, self.since, self.before)
        return not any(large) and self.score == (None, None) and self.record != "excluded"

    def without(self, name: str) -> Filters:
        """The same list without one filter. Nothing is asked again."""
        blank: dict[str, Any] = {
            "record": {"record": "active"},
            "score": {"score": (None, None)},
            "campaign": {"campaigns": ()},
            "company": {"companies": ()},
            "assignee": {"assignees": ()},
            "tag": {"tags": ()},
            "updated": {"since": None, "before": None},
        }
        change = blank.get(name) or {"chosen": {key: value for key, value in self.chosen.items() if key != name}}
        left = tuple((key, value) for key, value in self.parameters if key not in PARAMETERS[name])
        return replace(self, **change, parameters=left, labels={key: word for key, word in self.labels.items() if key != name})

    @property
    def searched(self) -> Filters:
        """The same for a search, which finds archived conversations too unless it was told otherwise (S2-05)."""
        return replace(self, record="all") if self.record == "active" else self

    def with_record(self, record: str) -> Filters:
        return replace(self, record=record)

    def with_channel(self, channel: str) -> Filters:
        return replace(self, chosen={**self.chosen, "channel": (channel,)})

    def query(self, **change: str | None) -> str:
        """The URL's query for these filters, with some parameters replaced or (None) left out."""
        kept = [(key, value) for key, value in self.parameters if key not in change]
        return urlencode([*kept, *((key, one) for key, one in change.items() if one is not None)])


def _channels(values: tuple[str, ...], families: frozenset[str]) -> dict[str, frozenset[str]]:
    """R15: “iMessage” is the family of iMessage and SMS; “sms” what went or came as SMS; “fallback” what fell back to it.

    Several of them are read as one of the wider kind: families join, and SMS narrows only where it stands alone.
    """
    named = {
        "imessage": Family.PHONE,
        "sms": Family.PHONE,
        "fallback": Family.PHONE,
        "email": Family.EMAIL,
        "linkedin": Family.LINKEDIN,
    }
    found = {"family": frozenset(str(named[value]) for value in values) & families}
    if set(values) <= {"sms", "fallback"}:
        found["channel"] = frozenset({"sms"})
        if "sms" not in values:
            found = {"family": found["family"], "fallback": frozenset({"yes"})}
    return found


RANKS: Final[dict[str, Callable[[int], int]]] = {
    "newest": cells.no_rank,
    "positive": cells.positive_rank,
    "icp": cells.icp_rank,
}
