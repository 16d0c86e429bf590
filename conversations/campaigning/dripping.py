"""Applying a drip in a thread (S2-20 to S2-28): all messages are scheduled at once, and what is unsent goes at a reply.

What would come of it is shown before (`drip_preview`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from campaigns import drips, permits
from campaigns.drips import Planned
from campaigns.known import Known
from campaigns.models import Campaign, Enrolment, Execution
from campaigns.vocabulary import UNDER_WAY, ExecutionState, Source
from conversations.campaigning import step_messages
from conversations.campaigning.step_messages import Writing
from conversations.models import Conversation
from conversations.refusals import Refused
from leads import optouts, removals
from leads.models import Lead
from workspaces import audit
from workspaces.models import Membership, User


def why_not(conversation: Conversation, member: Membership) -> str:
    """Why no drip can be applied here, with what helps; empty when one can."""
    lead = conversation.lead
    if not member.drips:
        return "Drips are switched off for you. An admin can switch them on under Settings."
    if lead is None:
        return "A drip needs a lead: save this contact as a lead first."
    if optouts.has_opted_out(conversation.workspace_id, [conversation.address], lead):
        return "This contact opted out of automated messages."
    if lead.is_excluded:
        return "This contact or their company is excluded from outreach."
    if removals.open_requests(conversation.workspace_id, [conversation.address], [lead.pk]):
        return "This contact asked to be removed. Confirm or dismiss that first."
    return ""


@transaction.atomic
def apply(conversation: Conversation, campaign: Campaign, *, by: User) -> Enrolment:
    """Schedule all messages of a drip for this contact. A drip that runs for them already is not applied twice. Raises Refused."""
    member = Membership.objects.of(conversation.workspace).select_related("workspace").get(user=by)
    if why := why_not(conversation, member):
        raise Refused(why)
    assert conversation.lead is not None
    Lead.objects.of(conversation.workspace).select_for_update(no_key=True).get(pk=conversation.lead.pk)  # two at once: one waits
    _runs(campaign)
    if Enrolment.objects.filter(campaign=campaign, lead=conversation.lead, state__in=UNDER_WAY).exists():
        raise Refused(f"{campaign} runs for this contact already.")
    enrolment = unsaved(conversation, campaign)
    now = timezone.now()
    enrolment.by, enrolment.begun_at, enrolment.created_at = by, now, now
    enrolment.save(force_insert=True)
    _schedule(enrolment, planned(enrolment, now), now)
    audit.record(by, conversation.workspace, "drip.applied", target=str(conversation), campaign=campaign.name)
    return enrolment


def _runs(campaign: Campaign) -> None:
    """Keep the drip from being stopped or published again until this transaction ends. Raises Refused when it does not run."""
    if permits.share(campaign.pk) != Campaign.Status.RUNNING or not campaign.is_drip:
        raise Refused(f"{campaign} cannot be applied now: only a drip that runs can be.")
    campaign.refresh_from_db(fields=["version"])


def unsaved(conversation: Conversation, campaign: Campaign) -> Enrolment:
    assert conversation.lead is not None
    return Enrolment(
        workspace=conversation.workspace,
        campaign=campaign,
        version=campaign.version,
        lead=conversation.lead,
        address=conversation.address,
        line=conversation.line,
        source=Source.COMPOSER,
    )


def planned(enrolment: Enrolment, now: datetime) -> list[Planned]:
    return drips.planned(enrolment.version, now, Known([enrolment]).zones(enrolment)) if enrolment.version else []


def writing(enrolment: Enrolment, one: Planned, now: datetime) -> Writing:
    return Writing(enrolment, one.node, one.settings, scheduled_at=one.at if one.at > now else None)


def _schedule(enrolment: Enrolment, steps: Sequence[Planned], now: datetime) -> None:
    """The visits and their messages. What cannot be written refuses the whole drip, so that nothing is applied by half."""
    visits = Execution.objects.bulk_create(
        Execution(
            workspace_id=enrolment.workspace_id,
            enrolment=enrolment,
            campaign=enrolment.campaign,
            node=one.node,
            state=ExecutionState.PENDING,
            due_at=one.at,
        )
        for one in steps
    )
    writings = [(visit, writing(enrolment, one, now)) for visit, one in zip(visits, steps, strict=True)]
    refused = step_messages.send(enrolment.campaign, writings, now)
    for visit, step in writings:
        if cannot := refused.get(visit.pk):
            raise Refused(f"{step.node.name}: {cannot}.")


def of_contact(conversation: Conversation) -> list[Enrolment]:
    """Drips and campaigns under way for this contact, newest first; for the thread to show and to stop."""
    if conversation.lead_id is None:
        return []
    mine = Enrolment.objects.of(conversation.workspace).filter(lead=conversation.lead_id, state__in=UNDER_WAY)
    return list(mine.select_related("campaign").order_by("-pk")[:20])
