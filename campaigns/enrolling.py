"""Bringing leads into a campaign: each once, even if others enrol it at the same moment, with a reason for each left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from campaigns import ending, permits
from campaigns.models import Campaign, Enrolment
from campaigns.rings import ring_engine
from campaigns.vocabulary import UNDER_WAY, LeftOut, Overlap, Source
from leads.models import Company, Lead
from workspaces import audit
from workspaces.models import User

CHUNK: Final = 1_000
MOST_NAMED: Final = 50


class CannotEnrol(ValueError):
    """Why not, and what helps."""


@dataclass(frozen=True, slots=True)
class Named:
    """A lead that was left out, and why."""

    lead: Lead
    reason: LeftOut


@dataclass(slots=True)
class Enrolled:
    """What became of a choice of leads. `named` are the first that were left out."""

    enrolled: int = 0
    left_out: dict[LeftOut, int] = field(default_factory=dict)
    named: list[Named] = field(default_factory=list)
    most_named: int = MOST_NAMED
    ids: list[int] = field(default_factory=list)

    @property
    def chosen(self) -> int:
        return self.enrolled + sum(self.left_out.values())

    def leave_out(self, lead: Lead, reason: LeftOut) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1
        if len(self.named) < self.most_named:
            self.named.append(Named(lead, reason))


def enrol(
    campaign: Campaign, leads: QuerySet[Lead] | Collection[int], *, source: Source, by: User | None = None, name_all: bool = False
) -> Enrolled:
    """Enrol these leads of the campaign's workspace (a query, or ids) in chunks, each a transaction of its own.

    A draft takes leads too: they begin when it is started. Leads that are in it, have been through it, have opted out or
    are excluded are left out, and by the campaign's rule those in another running one. A finished campaign runs again.
    Raises CannotEnrol for a stopped campaign and for a drip.
    """
    result = Enrolled(most_named=len(leads) if name_all and not isinstance(leads, QuerySet) else MOST_NAMED)
    for ids in _chunks(campaign, leads):
        _enrol(campaign, ids, source, by, result)
    if result.enrolled:
        audit.record(by, campaign.workspace, "campaign.enrolled", target=campaign.name, leads=result.enrolled, source=source)
    return result


def preview(campaign: Campaign, leads: QuerySet[Lead] | Collection[int]) -> Enrolled:
    """What `enrol` would do now. Nothing is written."""
    result = Enrolled()
    for ids in _chunks(campaign, leads):
        rows = _rows(campaign, ids)
        reasons = reasons_against(campaign, rows)
        for lead in rows:
            if reason := reasons.get(lead.pk):
                result.leave_out(lead, reason)
            else:
                result.enrolled += 1
    return result


def _chunks(campaign: Campaign, leads: QuerySet[Lead] | Collection[int]) -> Iterator[list[int]]:
    rows = Lead.objects.of(campaign.workspace)
    if isinstance(leads, QuerySet):
        rows = rows.filter(pk__in=leads.order_by().values_list("pk", flat=True))
    else:
        rows = rows.filter(pk__in=list(leads))
    last = 0
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield ids
        last = ids[-1]


def _rows(campaign: Campaign, ids: list[int]) -> list[Lead]:
    return list(Lead.objects.of(campaign.workspace).filter(pk__in=ids).select_related("company").order_by("pk"))


@transaction.atomic
def _enrol(campaign: Campaign, ids: list[int], source: Source, by: User | None, result: Enrolled) -> None:
    """One chunk: hold the leads, so that nobody else enrols them meanwhile; then look, then write."""
    list(Lead.objects.of(campaign.workspace).filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    _still_open(campaign)
    rows = _rows(campaign, ids)
    reasons = reasons_against(campaign, rows)
    new = []
    for lead in rows:
        if reason := reasons.get(lead.pk):
            result.leave_out(lead, reason)
        else:
            new.append(Enrolment(workspace_id=campaign.workspace_id, campaign=campaign, lead=lead, source=source, by=by))
    Enrolment.objects.bulk_create(new)
    result.enrolled += len(new)
    result.ids += [one.pk for one in new]
    ring_engine()


def _still_open(campaign: Campaign) -> None:
    """Keep the campaign from being stopped or finished until this transaction ends. Raises CannotEnrol when it was stopped."""
    if campaign.is_drip:
        raise CannotEnrol("A drip is applied in a conversation, not to leads at once. Choose a workflow.")
    ending.run_again(Campaign.objects.filter(pk=campaign.pk))
    if permits.share(campaign.pk) in ("", Campaign.Status.STOPPED):
        raise CannotEnrol("This campaign was stopped: nobody can be enrolled any more. Make a copy of it and enrol them there.")


def reasons_against(campaign: Campaign, leads: Collection[Lead]) -> dict[int, LeftOut]:
    """{lead id: why it is left out}, for those that are. Companies must be loaded. Two queries."""
    ids = [lead.pk for lead in leads]
    here = dict(Enrolment.objects.filter(campaign=campaign, lead__in=ids).order_by("pk").values_list("lead_id", "state"))
    elsewhere: set[int] = set()
    if campaign.overlap == Overlap.SKIP:
        others = Enrolment.objects.filter(
            lead__in=ids, state__in=UNDER_WAY, workspace=campaign.workspace, campaign__status__in=Campaign.UNDER_WAY
        )
        elsewhere = set(others.exclude(campaign=campaign).values_list("lead_id", flat=True))
    found: dict[int, LeftOut] = {}
    for lead in leads:
        if reason := _against(lead, here, elsewhere):
            found[lead.pk] = reason
    return found


def _against(lead: Lead, here: dict[int, str], elsewhere: set[int]) -> LeftOut | None:
    if state := here.get(lead.pk):
        return LeftOut.ENROLLED if state in UNDER_WAY else LeftOut.BEFORE
    if lead.opted_out_at:
        return LeftOut.OPTED_OUT
    if lead.status == Lead.Status.EXCLUDED:
        return LeftOut.EXCLUDED
    if lead.company and lead.company.status == Company.Status.EXCLUDED:
        return LeftOut.COMPANY_EXCLUDED
    return LeftOut.OVERLAP if lead.pk in elsewhere else None
