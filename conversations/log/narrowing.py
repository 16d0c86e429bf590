"""Filters of the log: from the URL to SQL over one index (`message_log`), whatever is combined. Nothing that cannot be
read selects everything."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from conversations.inbox import search_words
from conversations.models import Batch
from conversations.vocabulary import Channel, MessageStatus, Origin
from leads.filter_bar import Chip
from lines.models import Line
from workspaces.models import Workspace

Status = MessageStatus

STATUSES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "sent": ("Sent", (Status.SENT, Status.DELIVERED, Status.READ, Status.REPLIED)),
    "scheduled": ("Scheduled", (Status.SCHEDULED, Status.QUEUED, Status.SENDING)),
    "not_delivered": ("Not delivered", (Status.NOT_DELIVERED,)),
    "cancelled": ("Cancelled", (Status.CANCELLED,)),
    "read": ("Read", (Status.READ,)),
    "replied": ("Replied", (Status.REPLIED,)),
    "draft": ("Draft", (Status.DRAFT,)),
    "discarded": ("Discarded", (Status.DISCARDED,)),
}
"""The states of S1-10 first, each with the statuses it stands for, then the others of R1."""

ALIASES: Final = {"failed": "not_delivered"}
TYPES: Final = {one.value: str(one.label) for one in (Channel.IMESSAGE, Channel.SMS, Channel.EMAIL)}
BY: Final = {
    Origin.PERSON.value: "A person",
    Origin.BATCH.value: "A batch",
    Origin.CAMPAIGN.value: "A campaign",
    Origin.REMINDER.value: "A reminder",
    Origin.API.value: "The API",
    Origin.AUTO.value: "Automatic reply",
    Origin.CONSENT.value: "Consent message",
}
PRESETS: Final = {"today": "Today", "7": "Last 7 days", "30": "Last 30 days"}
NAMES: Final = ("q", "recipient", "status", "type", "line", "batch", "by", "when", "since", "until")
LONGEST: Final = 200


@dataclass(slots=True)
class Narrowed:
    """What was read of a query string: SQL over `m`, its values, and what could not be read."""

    where: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    words: str = ""  # for the index of words
    recipient: str = ""
    errors: list[str] = field(default_factory=list)
    statuses: tuple[str, ...] = ()

    def add(self, sql: str, **values: Any) -> None:
        self.where.append(sql)
        self.values.update(values)


def read(workspace: Workspace, data: QueryDict) -> Narrowed:
    found = Narrowed()
    _status(found, data.get("status", ""))
    if kind := data.get("type", ""):
        _choice(found, kind, TYPES, "type", "(m.channel = %(type)s OR m.channel = '' AND m.requested_channel = %(type)s)")
    if origin := data.get("by", ""):
        _choice(found, origin, BY, "by", "m.origin = %(by)s")
    if public_id := data.get("line", ""):
        line = Line.objects.of(workspace).filter(public_id=public_id[:40]).first()
        found.add("m.line_id = %(line)s", line=line.pk if line else -1)
    if public_id := data.get("batch", ""):
        batch = Batch.objects.of(workspace).filter(public_id=public_id[:40]).first()
        found.add("m.batch_id = %(batch)s", batch=batch.pk if batch else -1)
    _days(found, workspace, data)
    words = search_words.read(data.get("q", "")[:LONGEST])
    found.words = words.words if words else ""
    found.recipient = " ".join(data.get("recipient", "").split())[:LONGEST]
    return found


def _status(found: Narrowed, status: str) -> None:
    status = ALIASES.get(status, status)
    if not status:
        return
    if status not in STATUSES:
        found.errors.append(f"There is no status “{status[:40]}”.")
        found.add("false")
        return
    found.statuses = STATUSES[status][1]
    found.add("m.status = ANY(%(statuses)s)", statuses=list(found.statuses))


def _choice(found: Narrowed, value: str, choices: dict[str, str], name: str, sql: str) -> None:
    if value not in choices:
        found.errors.append(f"There is no {name} “{value[:40]}”.")
        found.add("false")
        return
    found.add(sql, **{name: value})


def _days(found: Narrowed, workspace: Workspace, data: QueryDict) -> None:
    """Days by the workspace's clock; both ends count."""
    since, until = _day(found, data.get("since", "")), _day(found, data.get("until", ""))
    today = timezone.now().astimezone(workspace.zone).date()
    match data.get("when", ""):
        case "today":
            since, until = today, today
        case "7" | "30" as days:
            since, until = today - timedelta(days=int(days) - 1), None
    if since:
        found.add("m.at >= %(since)s", since=_moment(workspace, since))
    if until:
        found.add("m.at < %(until)s", until=_moment(workspace, until + timedelta(days=1)))
    if since and until and until < since:
        found.errors.append("The last day lies before the first. Exchange them.")


def _day(found: Narrowed, text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 2200:
        found.errors.append(f"“{text[:20]}” is not a date. Write one like 2026-11-17.")
        found.add("false")
        return None
    return day


def _moment(workspace: Workspace, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=workspace.zone)


# -- what the page shows of them -------------------------------------------------------------------------------------------------


def active(data: QueryDict) -> bool:
    return any(data.get(name) for name in NAMES)


def query_of(data: QueryDict, **changed: str) -> str:
    """The filters as a query string, some of them changed; an empty value takes one away."""
    values = {name: data.get(name, "") for name in NAMES} | changed
    return "?" + urlencode({name: value for name, value in values.items() if value})


def chips(workspace: Workspace, data: QueryDict) -> list[Chip]:
    lines = Line.objects.of(workspace).order_by("name", "pk").values_list("public_id", "name")
    made = [
        _chip("status", "Status", [(value, words) for value, (words, _) in STATUSES.items()], data),
        _chip("type", "Type", TYPES.items(), data),
        _chip("line", "Line", lines, data),
        _chip("by", "Sent by", BY.items(), data),
        _chip("when", "When", PRESETS.items(), data),
    ]
    if public_id := data.get("batch", ""):
        made.append(Chip("batch", "Batch", public_id, query_of(data, batch=""), []))
    return made


def _chip(name: str, label: str, choices: Iterable[tuple[str, str]], data: QueryDict) -> Chip:
    known = dict(choices)
    value = ALIASES.get(data.get(name, ""), data.get(name, ""))
    links = [(words, query_of(data, **{name: key}), key == value) for key, words in known.items()]
    return Chip(name, label, known.get(value, value), query_of(data, **{name: ""}), links)
