"""What the Console is narrowed to, as its URL says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.http import QueryDict
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.vocabulary import ExecutionState
from conversations.reports.parameters import campaign_and_line
from lines.models import Line
from workspaces.models import Workspace

RANGES: Final = {
    "1h": "Last hour",
    "24h": "Last 24 h",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "all": "All time",
}
USUAL: Final = "24h"
LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """`since` is where the range begins; None for all time. `unknown` names what the address asks for and is not there."""

    campaign: Campaign | None = None
    line: Line | None = None
    state: str = ""
    range: str = USUAL
    since: datetime | None = None
    q: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        return bool(self.campaign or self.line or self.state or self.q)

    @property
    def range_words(self) -> str:
        return RANGES[self.range]

    def query(self, **change: str) -> str:
        """The URL's query for this, with some parameters replaced, or left out where they are empty."""
        own = {
            "campaign": self.campaign.public_id if self.campaign else "",
            "line": self.line.public_id if self.line else "",
            "state": self.state,
            "range": "" if self.range == USUAL else self.range,
            "q": self.q,
        }
        found = QueryDict(mutable=True)
        found.update({name: value for name, value in (own | change).items() if value})
        return found.urlencode()


def read(data: QueryDict, workspace: Workspace) -> Asked:
    """What is wrong in a URL is reported in `unknown` and otherwise ignored."""
    unknown: list[str] = []
    campaign, line = campaign_and_line(data, workspace, unknown)
    state = data.get("state", "")
    if state and state not in ExecutionState.values:
        unknown.append(f"“{state[:20]}” is not a state. Choose one of {', '.join(ExecutionState.values)}.")
        state = ""
    span = data.get("range", "") or USUAL
    if span not in RANGES:
        unknown.append(f"“{span[:20]}” is not a time range. Choose one of {', '.join(RANGES)}.")
        span = USUAL
    q = " ".join(data.get("q", "").split())[:LONGEST]
    return Asked(campaign, line, state, span, since_of(span, workspace, timezone.now()), q, tuple(unknown))


def since_of(span: str, workspace: Workspace, now: datetime) -> datetime | None:
    """Where a range begins: at the full five minutes, hour or day, so that its bars are whole."""
    local = now.astimezone(workspace.zone)
    match span:
        case "1h":
            five = local.replace(minute=local.minute - local.minute % 5, second=0, microsecond=0)
            return five - timedelta(minutes=55)
        case "24h":
            return local.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
        case "7d" | "30d":
            first = local.date() - timedelta(days=int(span.removesuffix("d")) - 1)
            return datetime.combine(first, time(), workspace.zone)
        case _:
            return None
