"""The parameters that a list's URL may have. Values that older URLs or the API use are understood too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from conversations import cells
from conversations.vocabulary import Direction, MessageStatus
from intent import vocabulary as intent

MOST_NAMED: Final = 20

ALIASES: Final = {
    "status": {"failed": "not_delivered", "queued": "scheduled", "sending": "scheduled", "delivered": "sent"},
    "direction": {"incoming": "in", "outgoing": "out"},
}
"""R1: failed and not delivered are one state with two names."""

CHANNELS: Final = [
    ("imessage", "iMessage and SMS"),
    ("sms", "SMS"),
    ("fallback", "SMS fallback"),
    ("email", "Email"),
    ("linkedin", "LinkedIn"),
]
STATUSES: Final = [(str(status), MessageStatus(status).label) for status in cells.STATUSES]
RECORDS: Final = [("active", "Active"), ("archived", "Archived"), ("all", "All"), ("excluded", "Excluded contact")]
UPDATED: Final = [
    ("today", "Today"),
    ("yesterday", "Yesterday"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("90d", "Last 90 days"),
]
SORTS: Final = [("newest", "Newest"), ("positive", "Positive first"), ("icp", "ICP first")]
YES: Final = [("1", "yes")]


class _Values(forms.MultipleChoiceField):
    """Several values of a closed list, `?status=read&status=replied` or `?status=read,replied`."""

    def __init__(self, name: str, choices: list[tuple[str, str]]) -> None:
        super().__init__(choices=choices, required=False)
        self.label = name
        self.aliases = ALIASES.get(name, {})

    def to_python(self, value: Any) -> list[str]:
        given = [part.strip() for one in super().to_python(value) for part in one.split(",") if part.strip()]
        return list(dict.fromkeys(self.aliases.get(part, part) for part in given))

    def validate(self, value: Any) -> None:
        known = dict(self.choices)  # type: ignore[arg-type]
        for one in value:
            if one not in known:
                raise ValidationError(f"“{one[:40]}” is not a known {self.label}. Choose one of {', '.join(map(str, known))}.")


class _Named(forms.Field):
    """Ids or names, one for each time the parameter is in the URL."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[str]:
        return [one.strip()[:200] for one in value or [] if one.strip()][:MOST_NAMED]


def _one(choices: list[tuple[str, str]], label: str) -> forms.ChoiceField:
    words = ", ".join(value for value, _ in choices)
    wrong = f"“%(value)s” is not a known {label}. Choose one of {words}."
    return forms.ChoiceField(choices=choices, required=False, label=label, error_messages={"invalid_choice": wrong})


def _score(label: str) -> forms.IntegerField:
    wrong = f"The {label} is a whole number from 0 to 100."
    messages = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
    return forms.IntegerField(min_value=0, max_value=100, required=False, label=label, error_messages=messages)


def _day(label: str) -> forms.DateField:
    wrong = f"“{label}” takes a date like 2026-11-17."
    return forms.DateField(required=False, label=label, input_formats=["%Y-%m-%d"], error_messages={"invalid": wrong})


_FIELDS: Final[dict[str, Callable[[], forms.Field]]] = {
    "channel": lambda: _Values("channel", CHANNELS),
    "direction": lambda: _Values("direction", [(str(value), str(word)) for value, word in Direction.choices]),
    "intent": lambda: _Values("intent", [*_plain(intent.Status), ("none", "Not classified")]),
    "reason": lambda: _Values("reason", [*_plain(intent.Reason), ("none", "No reason")]),
    "status": lambda: _Values("status", STATUSES),
    "waiting": lambda: _Values("waiting", YES),
    "unread": lambda: _Values("unread", YES),
    "score_min": lambda: _score("lowest score"),
    "score_max": lambda: _score("highest score"),
    "record": lambda: _one(RECORDS, "record status"),
    "campaign": lambda: _Named(required=False),
    "company": lambda: _Named(required=False),
    "updated": lambda: _one(UPDATED, "time"),
    "from": lambda: _day("From"),
    "to": lambda: _day("To"),
    "assignee": lambda: forms.CharField(max_length=40, required=False, label="assignee"),
    "tag": lambda: _Named(required=False),
    "sort": lambda: _one(SORTS, "order"),
}


class FilterForm(forms.Form):
    """One field for each parameter that the address names; each is right or wrong by itself."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields = {name: made() for name, made in _FIELDS.items() if name in data}

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        low, high = clean.get("score_min"), clean.get("score_max")
        if low is not None and high is not None and low > high:
            self._refuse(("score_min", "score_max"), f"The lowest score, {low}, is above the highest, {high}.")
        first, last = clean.get("from"), clean.get("to")
        if first and last and first > last:
            self._refuse(("from", "to"), f"{first:%-d %b %Y} is after {last:%-d %b %Y}.")
        elif any(day and not 1970 <= day.year <= 9000 for day in (first, last)):
            self._refuse(("from", "to"), "Choose dates between the years 1970 and 9000.")
        return clean

    def _refuse(self, names: tuple[str, str], words: str) -> None:
        """Two fields that contradict each other are both left out."""
        for name in self.fields.keys() & names:
            self.add_error(name, words)

    def choices(self, name: str) -> list[tuple[str, str]]:
        """The values of a field with their words."""
        return list(getattr(self.fields[name], "choices", ()))


def _plain(words: Any) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in words.choices]
