"""Merging two leads that are one person: their enrolments become one lead's, and nobody is in a campaign twice."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from campaigns import progress
from campaigns.models import Enrolment
from campaigns.vocabulary import UNDER_WAY, StopReason
from leads.models import Lead


@transaction.atomic
def join(keep: Lead, drop: Lead) -> int:
    """Give `keep` the enrolments of `drop`; how many were stopped for it.

    Where both were in the same campaign, the one that began first stays as it is; the other stops if it is under way.
    """
    list(Lead.objects.filter(pk__in=[keep.pk, drop.pk], workspace_id=keep.workspace_id).order_by("pk").select_for_update())
    rows = Enrolment.objects.filter(lead__in=[keep.pk, drop.pk], workspace_id=keep.workspace_id).order_by("pk")
    by_campaign: dict[int, list[Enrolment]] = {}
    for row in rows.select_for_update(no_key=True, of=("self",)):
        by_campaign.setdefault(row.campaign_id, []).append(row)
    stopped = 0
    for both in by_campaign.values():
        if len({row.lead_id for row in both}) == 2:
            first, *others = sorted(both, key=lambda row: (row.begun_at or timezone.now(), row.pk))
            more = [row.pk for row in others if row.state in UNDER_WAY and row.lead_id != first.lead_id]
            stopped += progress.stop(more, StopReason.MERGED)
    Enrolment.objects.filter(lead=drop).update(lead=keep)
    return stopped
