"""Which failures a page or a fix is about: those that nobody has dealt with yet, of a cause, a line and a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.http import QueryDict

from campaigns.models import Campaign
from conversations.models import Message
from conversations.vocabulary import FailReason, MessageStatus
from lines.models import Line
from workspaces.models import Workspace

NONE: Final = "none"
"""In a URL: messages without a campaign, or whose line was removed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which failures: of one cause, line and campaign, each empty for any. Line and campaign by public id."""

    cause: str = ""
    line: str = ""
    campaign: str = ""

    @property
    def query(self) -> str:
        found = QueryDict(mutable=True)
        for name in ("cause", "line", "campaign"):
            if value := getattr(self, name):
                found[name] = value
        return found.urlencode()

    def as_json(self) -> dict[str, str]:
        return {"cause": self.cause, "line": self.line, "campaign": self.campaign}


def read(data: QueryDict | dict[str, str]) -> Wanted:
    """What an address or a form names; a cause nobody knows is none."""
    cause = data.get("cause", "")
    known = cause if cause in FailReason.values else ""
    return Wanted(known, str(data.get("line", ""))[:20], str(data.get("campaign", ""))[:20])


def open_failures(workspace: Workspace) -> QuerySet[Message]:
    return Message.objects.of(workspace).filter(status=MessageStatus.NOT_DELIVERED, handled_at=None)


def matching(workspace: Workspace, wanted: Wanted) -> QuerySet[Message]:
    """The open failures that are wanted. Names nobody knows find nothing."""
    rows = open_failures(workspace)
    if wanted.cause:
        rows = rows.filter(reason=wanted.cause)
    if wanted.line:
        rows = rows.filter(line=None) if wanted.line == NONE else rows.filter(line__in=_line(workspace, wanted.line))
    if wanted.campaign:
        none = wanted.campaign == NONE
        rows = rows.filter(campaign=None) if none else rows.filter(campaign__in=_campaign(workspace, wanted.campaign))
    return rows


def _line(workspace: Workspace, public_id: str) -> list[int]:
    return list(Line.objects.of(workspace).filter(public_id=public_id).values_list("pk", flat=True))


def _campaign(workspace: Workspace, public_id: str) -> list[int]:
    return list(Campaign.objects.of(workspace).filter(public_id=public_id).values_list("pk", flat=True))
