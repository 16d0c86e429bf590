"""Changing campaigns and enrolments. The caller has made sure that the rows belong to the workspace.

What enrols, publishes and settles in other modules of this app is importable from here too, so that callers know one place.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from campaigns import ending, progress, versions
from campaigns.enrolling import CannotEnrol as CannotEnrol
from campaigns.enrolling import Enrolled as Enrolled
from campaigns.enrolling import enrol as enrol
from campaigns.enrolling import preview as preview
from campaigns.models import Campaign, Enrolment
from campaigns.rings import ring_engine
from campaigns.settling import Outcome as Outcome
from campaigns.settling import note_read as note_read
from campaigns.settling import settle as settle
from campaigns.settling import stop_for_exclusion as stop_for_exclusion
from campaigns.settling import stop_for_opt_out as stop_for_opt_out
from campaigns.settling import stop_for_reply as stop_for_reply
from campaigns.versions import CannotPublish as CannotPublish
from campaigns.versions import publish as publish
from campaigns.vocabulary import EnrolmentState, StopReason
from workspaces import audit
from workspaces.models import User, Workspace
from workspaces.queries import is_admin
from workspaces.refused import Refused

Status = Campaign.Status


@transaction.atomic
def start(campaign: Campaign, *, by: User) -> Campaign:
    """Publish the draft and let it run. Raises Refused with what is missing, CannotPublish with what the workflow lacks."""
    campaign = _hold(campaign)
    if campaign.status != Status.DRAFT:
        raise Refused(f"This campaign is {campaign.get_status_display().lower()} already.")
    if campaign.sender is None:
        raise Refused("Choose in whose name the campaign writes.")
    if campaign.workspace.campaign_approval and not (campaign.approved_at or is_admin(campaign.workspace, by)):
        raise Refused("An admin has to approve this campaign before it starts. Ask for the approval.")
    versions.publish(campaign, by=by)
    now = timezone.now()
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.RUNNING, status_at=now, started_at=now)
    audit.record(by, campaign.workspace, "campaign.started", target=campaign.name)
    ring_engine()
    campaign.refresh_from_db()
    return campaign


def pause(campaign: Campaign, *, by: User | None) -> bool:
    """No step is taken and nothing leaves until it is resumed; False when it does not run. One row, which claim and gate read."""
    return _move(campaign, Status.RUNNING, Status.PAUSED, "campaign.paused", by)


def resume(campaign: Campaign, *, by: User | None) -> bool:
    """Go on where everybody stands; what became due meanwhile is taken up at once. False when it is not paused."""
    return _move(campaign, Status.PAUSED, Status.RUNNING, "campaign.resumed", by)


def stop(campaign: Campaign, *, by: User | None) -> bool:
    """End it for good: nobody goes on, and nothing that has not left leaves. False when it was stopped already.

    From the commit on the gate lets nothing of it pass. Enrolments end in batches: some here, the others by the sweep.
    """
    done = any(_move(campaign, status, Status.STOPPED, "campaign.stopped", by) for status in Status if status != Status.STOPPED)
    if done:
        ending.sweep()
        campaign.refresh_from_db()
    return done


@transaction.atomic
def _move(campaign: Campaign, old: Status, new: Status, action: str, by: User | None) -> bool:
    changed = Campaign.objects.filter(pk=campaign.pk, status=old).update(status=new, status_at=timezone.now())
    if changed:
        audit.record(by, campaign.workspace, action, target=campaign.name)
        ring_engine()
        campaign.refresh_from_db()
    return bool(changed)


def _hold(campaign: Campaign) -> Campaign:
    rows = Campaign.objects.of(campaign.workspace).select_related("workspace", "sender")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=campaign.pk)


@transaction.atomic
def pause_enrolment(enrolment: Enrolment, *, by: User | None) -> bool:
    """The lead takes no step and gets nothing of this campaign until it is resumed; False when it is not active."""
    rows = Enrolment.objects.filter(pk=enrolment.pk, state=EnrolmentState.ACTIVE)
    changed = rows.update(state=EnrolmentState.PAUSED, at=timezone.now())
    return _noted(enrolment, changed, "enrolment.paused", by)


@transaction.atomic
def resume_enrolment(enrolment: Enrolment, *, by: User | None) -> bool:
    rows = Enrolment.objects.filter(pk=enrolment.pk, state=EnrolmentState.PAUSED)
    now = timezone.now()
    changed = rows.update(state=EnrolmentState.ACTIVE, at=now, resumed_at=now)
    return _noted(enrolment, changed, "enrolment.resumed", by)


def stop_enrolment(enrolment: Enrolment, *, by: User | None) -> bool:
    """Take the remaining steps away from this lead (S0-118); False when there are none."""
    return bool(stop_enrolments(enrolment.workspace, [enrolment.pk], by=by))


@transaction.atomic
def stop_enrolments(workspace: Workspace, ids: Collection[int], *, by: User | None) -> int:
    """The same for many; how many were under way. Their messages are cancelled by the layer above, at the latest by its sweep."""
    mine = list(Enrolment.objects.of(workspace).filter(pk__in=ids).values_list("pk", flat=True))
    stopped = progress.stop(mine, StopReason.REMOVED, f"Stopped by {by}" if by else "")
    if stopped:
        audit.record(by, workspace, "enrolment.stopped", target=f"{stopped} leads" if stopped > 1 else "1 lead")
        ring_engine()
    return stopped


def _noted(enrolment: Enrolment, changed: int, action: str, by: User | None) -> bool:
    if changed:
        audit.record(by, enrolment.workspace, action, target=f"{enrolment.lead} in {enrolment.campaign}")
        ring_engine()
        enrolment.refresh_from_db()
    return bool(changed)
