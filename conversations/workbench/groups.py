"""The failures that nobody has dealt with yet: counted, by cause x line x campaign, and row by row.

All of it is answered by the index `message_to_deal_with`, which holds these messages alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, Max

from campaigns.models import Campaign
from conversations.models import Message
from conversations.workbench.causes import Cause
from conversations.workbench.wanted import NONE, Wanted, matching, open_failures
from lines.models import Line
from workspaces import paging
from workspaces.models import Workspace

SIZE: Final = 50
MOST_GROUPS: Final = 40


@dataclass(frozen=True, slots=True)
class Group:
    """Failures of one cause, on one line, of one campaign."""

    cause: Cause
    line: Line | None
    campaign: Campaign | None
    count: int
    newest: datetime

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            self.cause.reason,
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
        Group(Cause(one["reason"]), lines.get(one["line"]), campaigns.get(one["campaign"]), one["n"], newest[one["last"]])
        for one in counted
        if one["last"] in newest  # else it was deleted meanwhile
    ]


@dataclass(frozen=True, slots=True)
class Counted:
    """Failures of one cause over all lines and campaigns; `share` of the largest, in percent."""

    cause: Cause
    count: int
    share: int


def by_cause(workspace: Workspace, campaign: Campaign | None = None) -> list[Counted]:
    """The largest first."""
    rows = open_failures(workspace)
    rows = rows.filter(campaign=campaign) if campaign else rows
    counted = list(rows.order_by().values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason"))
    return [Counted(Cause(reason), n, max(1, round(100 * n / counted[0][1]))) for reason, n in counted]


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
