"""What a report is about, as its URL says: a time, a campaign, a line, and what it is broken down by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from django.http import QueryDict
from django.utils import timezone

from campaigns.models import Campaign
from conversations.reports.dimensions import DIMENSIONS, USUAL
from conversations.reports.parameters import campaign_and_line
from lines.models import Line
from workspaces.models import Workspace

RANGES: Final = {"7d": "Last 7 days", "30d": "Last 30 days", "90d": "Last 90 days", "all": "All time"}
DEFAULT: Final = "30d"
DAYS: Final = {"7d": 7, "30d": 30, "90d": 90}
EARLIEST: Final = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """From `since` to before `until`, each None for open; `by` names a dimension. `first` and `last` are days as chosen."""

    workspace: Workspace
    range: str = DEFAULT
    first: date | None = None
    last: date | None = None
    campaign: Campaign | None = None
    line: Line | None = None
    by: str = USUAL
    unknown: tuple[str, ...] = ()

    @property
    def first_day(self) -> date | None:
        """The first day of it in the workspace's calendar; None for open."""
        if self.first or self.last or self.range == "all":
            return self.first
        return timezone.now().astimezone(self.workspace.zone).date() - timedelta(days=DAYS[self.range] - 1)

    @property
    def since(self) -> datetime | None:
        return midnight(self.first_day, self.workspace) if self.first_day else None

    @property
    def until(self) -> datetime | None:
        return midnight(self.last + timedelta(days=1), self.workspace) if self.last else None

    @property
    def words(self) -> str:
        if self.first or self.last:
            first = f"{self.first:%-d %b %Y}" if self.first else "the beginning"
            return f"{first} to {self.last:%-d %b %Y}" if self.last else f"since {first}"
        return RANGES[self.range]

    def on(self, day: date) -> Asked:
        """The same for one day."""
        return replace(self, first=day, last=day)

    def query(self, **change: str) -> str:
        """The URL's query for this, with some parameters replaced, or left out where they are empty."""
        own = {
            "range": "" if self.range == DEFAULT or self.first or self.last else self.range,
            "from": f"{self.first:%Y-%m-%d}" if self.first else "",
            "to": f"{self.last:%Y-%m-%d}" if self.last else "",
            "campaign": self.campaign.public_id if self.campaign else "",
            "line": self.line.public_id if self.line else "",
            "by": "" if self.by == USUAL else self.by,
        }
        found = QueryDict(mutable=True)
        found.update({name: value for name, value in own.items() if value and name not in change})
        found.update(change)
        return found.urlencode()


def read(data: QueryDict, workspace: Workspace) -> Asked:
    """What is wrong in a URL is reported in `unknown` and otherwise ignored."""
    unknown: list[str] = []
    span = data.get("range", "") or DEFAULT
    if span not in RANGES:
        unknown.append(f"“{span[:20]}” is not a time range. Choose one of {', '.join(RANGES)}.")
        span = DEFAULT
    first, last = _day(data.get("from", ""), unknown), _day(data.get("to", ""), unknown)
    if first and last and first > last:
        unknown.append(f"{first:%-d %b %Y} is after {last:%-d %b %Y}.")
        first = last = None
    by = data.get("by", "") or USUAL
    if by not in DIMENSIONS:
        unknown.append(f"“{by[:20]}” cannot break a report down. Choose one of {', '.join(DIMENSIONS)}.")
        by = USUAL
    campaign, line = campaign_and_line(data, workspace, unknown)
    return Asked(workspace, span, first, last, campaign, line, by, tuple(unknown))


def _day(text: str, unknown: list[str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        unknown.append(f"“{text[:20]}” is not a date. Write one like 2026-11-17.")
        return None
    if not EARLIEST <= day <= date(9000, 1, 1):
        unknown.append("Choose dates between the years 2000 and 9000.")
        return None
    return day


def midnight(day: date, workspace: Workspace) -> datetime:
    """Where a day of the workspace's calendar begins."""
    return datetime.combine(day, time(), workspace.zone)
