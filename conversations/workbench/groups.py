"""The failures that nobody has dealt with yet: counted, by cause x line x campaign, and row by row.

All of it is answered by the index `message_to_deal_with`, which holds these messages alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, Max, QuerySet
from django.http import QueryDict

from campaigns.models import Campaign
from conversations.models import Message
from conversations.vocabulary import FailReason, MessageStatus
from conversations.workbench import causes
from lines.models import Line
from workspaces import paging
from workspaces.models import Workspace

SIZE: Final = 50
MOST_GROUPS: Final = 40
NONE: Final = "none"
"""In an address: messages without a campaign, or whose line was removed."""


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


@dataclass(frozen=True, slots=True)
class Group:
    """Failures of one cause, on one line, of one campaign."""

    cause: str
    line: Line | None
    campaign: Campaign | None
    count: int
    newest: datetime
    offers: list[causes.Offer] = field(default_factory=list)

    @property
    def title(self) -> str:
        return causes.title_of(self.cause)

    @property
    def helps(self) -> str:
        return causes.help_of(self.cause)

    @property
    def three_words(self) -> str:
        return causes.three_words(self.cause)

    @property
    def one_by_one(self) -> bool:
        return self.cause in causes.ONE_BY_ONE

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            self.cause,
            self.line.public_id if self.line else NONE,
            self.campaign.public_id if self.campaign else NONE,
        )


def groups(workspace: Workspace, wanted: Wanted) -> list[Group]:
    """The largest first. Four queries."""
    found = matching(workspace, wanted).order_by().values("reason", "line", "campaign")
    counted: list[Any] = list(found.annotate(n=Count("pk"), last=Max("pk")).order_by("-n", "reason")[:MOST_GROUPS])
    newest = dict(Message.objects.of(workspace).filter(pk__in=[one["last"] for one in counted]).values_list("pk", "at"))
    lines = Line.objects.of(workspace).select_related("workspace").in_bulk({one["line"] for one in counted if one["line"]})
    campaigns = Campaign.objects.of(workspace).in_bulk({one["campaign"] for one in counted if one["campaign"]})
    return [
        Group(
            one["reason"],
            lines.get(one["line"]),
            campaigns.get(one["campaign"]),
            one["n"],
            newest[one["last"]],
            causes.offers(one["reason"]),
        )
        for one in counted
    ]


@dataclass(slots=True)
class Cause:
    """Failures of one cause over all lines and campaigns."""

    cause: str
    count: int
    share: int = 0  # of the largest, in percent

    @property
    def title(self) -> str:
        return causes.title_of(self.cause)

    @property
    def helps(self) -> str:
        return causes.help_of(self.cause)

    @property
    def first(self) -> causes.Offer:
        return causes.offers(self.cause)[0]


def by_cause(workspace: Workspace, campaign: Campaign | None = None) -> list[Cause]:
    """The largest first."""
    rows = open_failures(workspace)
    rows = rows.filter(campaign=campaign) if campaign else rows
    counted = rows.order_by().values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    found = [Cause(reason, n) for reason, n in counted]
    for one in found:
        one.share = max(1, round(100 * one.count / found[0].count))
    return found


def rows(workspace: Workspace, wanted: Wanted, *, before: str = "") -> paging.Page[Message]:
    """A page of the messages themselves, newest first."""
    of = f"failures:{workspace.pk}:{wanted.query}"
    # As an expression: in the order of the key itself the planner would walk all messages to find these few.
    found = matching(workspace, wanted).order_by((F("pk") + 0).desc())
    if start := paging.read_name(before, of=of):
        found = found.filter(pk__lt=start[1])
    ids = list(found.values_list("pk", flat=True)[: SIZE + 1])  # from the index alone
    shown = Message.objects.of(workspace).filter(pk__in=ids).order_by("-pk")
    shown = shown.select_related("conversation", "conversation__lead", "line", "campaign")
    return paging.cut(list(shown), SIZE, lambda row: paging.name_cursor("", row.pk, of=of))


def retriable(workspace: Workspace) -> int:
    """How many may go through at a second try with nothing else changed."""
    return open_failures(workspace).filter(reason__in=causes.RETRIED_TOGETHER).count()
