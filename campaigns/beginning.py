"""Enrolments begin: a running campaign takes up the leads that were enrolled, a batch in one transaction."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from django.db import transaction
from django.utils import timezone

from campaigns import permits, progress
from campaigns.models import Campaign, Enrolment
from campaigns.path import path_of
from campaigns.unwanted import unwanted
from campaigns.vocabulary import UNDER_WAY, EnrolmentState, Overlap, StopReason
from leads.models import Lead

AT_ONCE: Final = 100


@transaction.atomic
def begin(campaign_id: int) -> int:
    """Take up enrolments that have not begun, a batch of them; how many.

    Leads that have opted out, were excluded or are under way elsewhere by now do not begin. Leads are locked before
    enrolments: a worker that begins the same people in another campaign waits here, and then sees that they have begun in
    this one. The campaign is share-locked, so that nobody begins with a version that is being replaced, or after a pause.
    """
    waiting = Enrolment.objects.filter(campaign=campaign_id, state=EnrolmentState.ACTIVE, begun_at=None).order_by("pk")
    found = dict(waiting.values_list("pk", "lead_id")[:AT_ONCE])
    if not found:
        return 0
    list(Lead.objects.filter(pk__in=found.values()).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    if permits.share(campaign_id) != Campaign.Status.RUNNING:
        return 0
    campaign = Campaign.objects.select_related("version").get(pk=campaign_id)
    if campaign.version is None or campaign.is_drip:
        return 0
    held = waiting.filter(pk__in=found).select_for_update(skip_locked=True, no_key=True, of=("self",))
    rows = list(held.select_related("workspace", "lead__company", "campaign"))
    others = elsewhere(campaign, rows)
    beginning, stops = [], defaultdict(list)
    for enrolment in rows:
        enrolment.version = campaign.version
        if reason := unwanted(enrolment.lead) or (StopReason.OVERLAP if enrolment.lead_id in others else None):
            stops[reason].append(enrolment.pk)
        else:
            beginning.append(enrolment)
    for reason, ids in stops.items():
        progress.stop(ids, reason)
    progress.begin(beginning, path_of(campaign.version), timezone.now())
    return len(rows)


def elsewhere(campaign: Campaign, enrolments: list[Enrolment]) -> set[int]:
    """Leads that have begun in another campaign, where this one leaves such leads out."""
    if campaign.overlap != Overlap.SKIP:
        return set()
    others = Enrolment.objects.filter(
        lead__in=[one.lead_id for one in enrolments], state__in=UNDER_WAY, campaign__status__in=Campaign.UNDER_WAY,
        campaign__workspace=campaign.workspace_id,
    ).exclude(campaign=campaign)  # fmt: skip
    return set(others.exclude(begun_at=None).values_list("lead_id", flat=True))
