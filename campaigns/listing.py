"""The list of campaigns: its filters, and for each how many came in, how many answered and when it is next due.

Counts have an end (MOST_COUNTED), so that a campaign of a million leads costs its row no more than one of ten thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Lower

from campaigns.models import Campaign, Enrolment, Execution
from campaigns.vocabulary import OPEN, UNDER_WAY, EnrolmentState, StopReason
from workspaces import paging
from workspaces.access import no_such_page
from workspaces.bounded import Bounded
from workspaces.models import Workspace

SIZE: Final = 50
MOST_COUNTED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Counted:
    """A campaign with its figures."""

    campaign: Campaign
    enrolled: Bounded
    under_way: Bounded
    replied: Bounded
    next_due: datetime | None

    @property
    def figures(self) -> list[tuple[str, Bounded]]:
        return [("Enrolled", self.enrolled), ("Under way", self.under_way), ("Replied", self.replied)]


def campaigns(workspace: Workspace, data: Mapping[str, str]) -> paging.Page[Counted]:
    """A page of the campaigns, newest first: `q` is a part of the name, `status` and `kind` one of theirs."""
    rows = _counted(_narrowed(workspace, data).select_related("sender"))
    page = paging.by_moment(rows, "created_at", data.get("after", ""), SIZE, of=f"campaigns:{workspace.pk}")
    return paging.Page([_row(campaign) for campaign in page.rows], page.following)


def by_status(workspace: Workspace) -> dict[str, int]:
    """How many campaigns there are in each status, {status: count}."""
    rows = Campaign.objects.of(workspace).order_by().values_list("status")
    found: dict[str, int] = {}
    for (status,) in rows[:MOST_COUNTED]:
        found[status] = found.get(status, 0) + 1
    return found


def _narrowed(workspace: Workspace, data: Mapping[str, str]) -> QuerySet[Campaign]:
    rows = Campaign.objects.of(workspace)
    if (status := data.get("status", "")) in Campaign.Status.values:
        rows = rows.filter(status=status)
    if (kind := data.get("kind", "")) in Campaign.Kind.values:
        rows = rows.filter(kind=kind)
    if text := " ".join(data.get("q", "").split()).lower()[:200]:
        rows = rows.alias(low=Lower("name")).filter(low__contains=text)
    return rows


def _counted(rows: QuerySet[Campaign]) -> QuerySet[Campaign]:
    mine = Enrolment.objects.filter(campaign=OuterRef("pk"), workspace=OuterRef("workspace"))
    open_ = Execution.objects.filter(campaign=OuterRef("pk"), state__in=OPEN, handed_at=None).order_by()
    due = open_.filter(enrolment__state__in=UNDER_WAY).order_by("due_at").values("due_at")[:1]
    return rows.annotate(
        enrolled=_bounded(mine),
        under_way=_bounded(mine.filter(state__in=UNDER_WAY)),
        replied=_bounded(mine.filter(state=EnrolmentState.STOPPED, stop_reason=StopReason.REPLIED)),
        next_due=Subquery(due),
    )


def _bounded(rows: QuerySet[Any]) -> Func:
    few = ArraySubquery(rows.order_by().values("pk")[: MOST_COUNTED + 1])
    return Func(few, function="cardinality", output_field=IntegerField())


def _row(campaign: Campaign) -> Counted:
    values = cast(Any, campaign)
    running = campaign.status == Campaign.Status.RUNNING
    enrolled, under_way, replied = (Bounded.of(n, MOST_COUNTED) for n in (values.enrolled, values.under_way, values.replied))
    return Counted(campaign, enrolled, under_way, replied, values.next_due if running else None)


def campaign_of(workspace: Workspace, public_id: str) -> Campaign:
    """One campaign with what its pages name. Raises Http404."""
    rows = Campaign.objects.of(workspace).select_related(
        "workspace", "sender", "version", "approval_asked_by", "approved_by", "created_by"
    )
    return rows.filter(public_id=public_id).first() or no_such_page()


def to_approve(workspace: Workspace) -> QuerySet[Campaign]:
    """Drafts that wait for an admin, the oldest question first; none where nobody has to be asked."""
    asked = Campaign.objects.of(workspace).filter(status=Campaign.Status.DRAFT, approved_at=None).exclude(approval_asked_at=None)
    return asked.select_related("approval_asked_by").order_by("approval_asked_at") if workspace.campaign_approval else asked.none()


def open_steps(campaign: Campaign) -> int:
    """Steps that wait or are under way; at most MOST_COUNTED + 1 are counted."""
    rows = Execution.objects.filter(campaign=campaign, state__in=OPEN, enrolment__state__in=UNDER_WAY).order_by()
    return rows[: MOST_COUNTED + 1].count()
