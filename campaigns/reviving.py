"""Reviving a step whose message had failed and was delivered after all: a retry arrived, or the gateway reported late.

Called by `conversations`, inside the transaction that writes the fact; the message is locked before the enrolment.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils import timezone

from campaigns import ending, progress
from campaigns.models import Campaign, Enrolment, Execution
from campaigns.rings import ring_engine
from campaigns.vocabulary import UNDER_WAY, EnrolmentState, ExecutionState, StopReason

_WHY: Final = "Delivered after all"


@transaction.atomic
def revive(execution_ids: Collection[int]) -> set[int]:
    """The enrolments that go on.

    1. Each of these visits that counts as failed is executed.
    2. An enrolment that was stopped for that failure alone is under way again and goes on to the next step. Not where the
       campaign was stopped, or the lead has been enrolled in it again.
    3. A wait or branch that they had come to before the failure was heard is begun again: it counts from now.
    4. A campaign that had finished runs again where somebody has a step left in it, and nowhere else.
    """
    failed = Execution.objects.filter(pk__in=execution_ids, state=ExecutionState.FAILED)
    ended = Campaign.objects.filter(pk__in=failed.values("campaign"), status=Campaign.Status.FINISHED).order_by("pk")
    finished = list(ended.select_for_update(no_key=True).values_list("pk", flat=True))
    whose = failed.values("enrolment")
    rows = Enrolment.objects.filter(pk__in=whose).order_by("pk").select_for_update(no_key=True, of=("self",))
    enrolments = {row.pk: row for row in rows.select_related("campaign", "version", "lead", "workspace")}
    visits = list(failed.select_related("node__version").order_by("pk").select_for_update(no_key=True, of=("self",)))
    now = timezone.now()
    Execution.objects.filter(pk__in=[visit.pk for visit in visits]).update(state=ExecutionState.EXECUTED, why=_WHY, at=now)
    going = {visit.enrolment_id: visit.node for visit in visits if _may_go_on(enrolments[visit.enrolment_id])}
    _forget_cut_off([enrolments[pk] for pk in going])
    Enrolment.objects.filter(pk__in=going).update(
        state=EnrolmentState.ACTIVE, stop_reason="", stop_detail="", at=now, ended_at=None
    )
    for pk in going:
        enrolments[pk].state = EnrolmentState.ACTIVE
    progress.go_on_all([(enrolments[pk], node) for pk, node in going.items()])
    under_way = Enrolment.objects.filter(campaign__in=finished, state__in=UNDER_WAY)
    ending.run_again(Campaign.objects.filter(pk__in=under_way.values("campaign")))
    if going:
        ring_engine()
    return set(going)


def _forget_cut_off(stopped: Collection[Enrolment]) -> None:
    """Visits that the stop itself closed, and that have done nothing. A drip has none ahead that it would come to again."""
    closed = {(one.pk, one.ended_at) for one in stopped if one.campaign.kind == Campaign.Kind.WORKFLOW}
    skipped = Execution.objects.filter(enrolment__in=stopped, state=ExecutionState.SKIPPED, handed_at=None)
    cut_off = [pk for pk, whose, at in skipped.values_list("pk", "enrolment", "at") if (whose, at) in closed]
    Execution.objects.filter(pk__in=cut_off).delete()


def _may_go_on(enrolment: Enrolment) -> bool:
    if enrolment.state != EnrolmentState.STOPPED or enrolment.stop_reason != StopReason.FAILED:
        return False
    anew = Enrolment.objects.filter(campaign=enrolment.campaign_id, lead=enrolment.lead_id, state__in=UNDER_WAY)
    return enrolment.campaign.status != Campaign.Status.STOPPED and not anew.exists()
