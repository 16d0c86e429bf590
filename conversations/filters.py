"""The filters of a list as they stand in its address: read, checked, written again, and named for people.

Small dimensions become sets of cell values (`Filters.allowed`), which counts and rows are found by; the others are
columns of the row. Nothing here asks the database but for the campaigns and companies that an address names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.http import QueryDict
from django.utils import timezone

from campaigns.models import Campaign
from conversations import cells
from conversations.facets import Allowed
from conversations.filter_forms import FilterForm
from conversations.models import Tag
from conversations.vocabulary import Family
from intent import vocabulary as intent
from leads.models import Company
from workspaces.models import User, Workspace

SMALL: Final = ("channel", "direction", "intent", "reason", "status", "waiting", "unread")
LARGE: Final = ("score", "record", "campaign", "company", "updated", "assignee", "tag")
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
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of the small dimensions, as in the address
    record: str = "active"
    score: tuple[int | None, int | None] = (None, None)
    campaigns: tuple[int, ...] = ()
    companies: tuple[int, ...] = ()
    assignees: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()  # any of them
    since: datetime | None = None
    before: datetime | None = None
    sort: str = "newest"
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
        """The same list without one filter. Nothing is asked anew."""
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

    def with_record(self, record: str) -> Filters:
        return replace(self, record=record)

    def with_channel(self, channel: str) -> Filters:
        return replace(self, chosen={**self.chosen, "channel": (channel,)})

    def query(self, **change: str | None) -> str:
        """The address's query for these filters, with some parameters set anew or (None) left out."""
        found = QueryDict(mutable=True)
        for key, value in self.parameters:
            if key not in change:
                found.appendlist(key, value)
        for key, one in change.items():
            if one is not None:
                found[key] = one
        return found.urlencode()


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


def read(data: QueryDict, workspace: Workspace, user: User, *, families: frozenset[str], now: datetime | None = None) -> Filters:
    """The filters an address names. What is wrong in it is told in `errors` and otherwise left out; nothing raises."""
    form = FilterForm(data, workspace=workspace)
    form.is_valid()
    clean = {name: value for name, value in form.cleaned_data.items() if name not in form.errors}
    errors = list(dict.fromkeys(str(message) for messages in form.errors.values() for message in messages))
    labels: dict[str, str] = {}
    chosen = {name: tuple(clean[name]) for name in SMALL if clean.get(name)}
    for name, values in chosen.items():
        words = dict(form.choices(name))
        labels[name] = ", ".join(words[value] for value in values)
    record = clean.get("record") or "active"
    if record != "active":
        labels["record"] = dict(form.choices("record"))[record]
    low, high = clean.get("score_min"), clean.get("score_max")
    if low is not None or high is not None:
        labels["score"] = f"{0 if low is None else low}–{100 if high is None else high}"
    since, before, when = _updated(clean, workspace, now or timezone.now())
    if when:
        labels["updated"] = when
    campaigns, companies, assignees = _named(clean, workspace, user, labels, errors)
    tags = _tags(clean.get("tag") or [], workspace, labels, errors)
    wrong = set(form.errors)
    kept = tuple((key, value) for key in data if key in form.fields and key not in wrong for value in data.getlist(key) if value)
    return Filters(
        families=families,
        chosen=chosen,
        record=record,
        score=(low, high),
        campaigns=campaigns,
        companies=companies,
        assignees=assignees,
        tags=tags,
        since=since,
        before=before,
        sort=clean.get("sort") or "newest",
        parameters=kept,
        labels=labels,
        errors=tuple(errors),
    )


def _named(
    clean: dict[str, Any], workspace: Workspace, user: User, labels: dict[str, str], errors: list[str]
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    campaigns = _campaigns(clean.get("campaign") or [], workspace, labels, errors)
    companies = _companies(clean.get("company") or [], workspace, labels, errors)
    assignees: tuple[int, ...] = ()
    if assignee := clean.get("assignee"):
        assignees, labels["assignee"] = _ASSIGNEES[assignee](user)
    return campaigns, companies, assignees


NONE: Final = -1

_ASSIGNEES: Final[dict[str, Callable[[User], tuple[tuple[int, ...], str]]]] = {
    "me": lambda user: ((user.pk,), "me"),
    "none": lambda user: ((NONE,), "nobody"),
}


def _campaigns(names: list[str], workspace: Workspace, labels: dict[str, str], errors: list[str]) -> tuple[int, ...]:
    if not names:
        return ()
    rows = {row.public_id: row for row in Campaign.objects.of(workspace).filter(public_id__in=names)}
    if set(names) - {"none", *rows}:
        errors.append("A campaign in this address is not there any more.")
    words = [row.name for row in rows.values()] + (["without a campaign"] if "none" in names else [])
    found = [row.pk for row in rows.values()] + ([NONE] if "none" in names else [])
    if found:
        labels["campaign"] = ", ".join(words)
    return tuple(found)


def _companies(names: list[str], workspace: Workspace, labels: dict[str, str], errors: list[str]) -> tuple[int, ...]:
    """By public id, as the suggestions give it, or by a name as people type it; firms of one name go together."""
    found: dict[int, str] = {}
    for name in names:
        mine = Company.objects.of(workspace)
        rows = list(mine.filter(public_id=name)[:1]) or list(mine.filter(name__iexact=name.strip())[:50])
        if not rows:
            errors.append(f"No company is called “{name[:60]}”. Choose one of the suggestions.")
        found |= {row.pk: row.name for row in rows}
    if found:
        labels["company"] = ", ".join(dict.fromkeys(found.values()))
    return tuple(found)


def _tags(names: list[str], workspace: Workspace, labels: dict[str, str], errors: list[str]) -> tuple[int, ...]:
    """By public id, or by name as people type it."""
    if not names:
        return ()
    mine = Tag.objects.of(workspace)
    found: dict[int, str] = {}
    for name in names:
        rows = list(mine.filter(public_id=name)[:1]) or list(mine.filter(name__iexact=name.strip())[:1])
        if not rows:
            errors.append(f"No tag is called “{name[:60]}”.")
        found |= {row.pk: row.name for row in rows}
    if found:
        labels["tag"] = ", ".join(found.values())
    return tuple(found)


def _updated(clean: dict[str, Any], workspace: Workspace, now: datetime) -> tuple[datetime | None, datetime | None, str]:
    """From when to before when, by days as the workspace's clock has them, and the same in words."""
    today = now.astimezone(workspace.zone).date()
    first: date | None = clean.get("from")
    last: date | None = clean.get("to")
    if first or last:
        words = f"{first:%-d %b %Y}" if first else "the beginning", f"{last:%-d %b %Y}" if last else "now"
        return _midnight(first, workspace), _midnight(last and last + timedelta(days=1), workspace), " to ".join(words)
    match clean.get("updated"):
        case "today":
            return _midnight(today, workspace), None, "Today"
        case "yesterday":
            return _midnight(today - timedelta(days=1), workspace), _midnight(today, workspace), "Yesterday"
        case "7d" | "30d" | "90d" as span:
            days = int(span.removesuffix("d"))
            return _midnight(today - timedelta(days=days - 1), workspace), None, f"Last {days} days"
        case _:
            return None, None, ""


def _midnight(day: date | None, workspace: Workspace) -> datetime | None:
    return datetime.combine(day, time.min, workspace.zone) if day else None


RANKS: Final[dict[str, Callable[[int], int]]] = {
    "newest": cells.no_rank,
    "positive": cells.positive_rank,
    "icp": cells.icp_rank,
}
