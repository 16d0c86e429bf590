"""Enrolling over the API. A call says for every lead it names what became of it."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from campaigns.enrolling import CannotEnrol, Enrolled, enrol
from campaigns.models import Campaign
from campaigns.vocabulary import Source
from leads.models import Lead
from workspaces.bearer import ApiError, Problem, allowed
from workspaces.models import ApiToken

router = Router()

MOST: Final = 1_000
REFUSALS: Final = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 429: Problem, 500: Problem}


class Asked(Schema):
    model_config = ConfigDict(extra="forbid")

    leadIds: list[str] = Field(description=f"Leads to enrol, at most {MOST:,}.")


class LeftOutLead(Schema):
    leadId: str
    reason: str = Field(
        description="enrolled: in this campaign already. before: has been through it. opted_out, excluded, company_excluded. "
        "overlap: in another running campaign. not_found: no lead of this workspace."
    )


class Outcome(Schema):
    """Calling again with the same leads enrols nobody twice: they are left out with the reason `enrolled`."""

    success: bool = True
    campaignId: str
    enrolled: int
    leftOut: list[LeftOutLead]


@router.post("{campaign_id}/enrolments", response={200: Outcome, **REFUSALS}, summary="Enrol leads in a campaign")
def enrol_leads(request: HttpRequest, campaign_id: str, asked: Asked) -> Outcome:
    """A campaign that runs takes them up within seconds; a draft, when it is started. Hours and limits hold as for everyone."""
    token = allowed(request, ApiToken.Scope.ENROL)
    ids = list(dict.fromkeys(asked.leadIds))
    if not ids or len(ids) > MOST:
        raise ApiError(400, "invalid", f"leadIds names {len(ids):,} leads: send at least one and at most {MOST:,} in a call.")
    campaign = Campaign.objects.of(token.workspace).select_related("workspace").filter(public_id=campaign_id[:40]).first()
    if campaign is None:
        raise ApiError(404, "campaign_not_found", "There is no campaign with this id.")
    known = dict(Lead.objects.of(token.workspace).filter(public_id__in=ids).values_list("public_id", "pk"))
    try:
        result = enrol(campaign, list(known.values()), source=Source.API, by=token.created_by, name_all=True)
    except CannotEnrol as cannot:
        raise ApiError(409, "cannot_enrol", str(cannot)) from None
    return _told(campaign, result, [one for one in ids if one not in known])


def _told(campaign: Campaign, result: Enrolled, unknown: list[str]) -> Outcome:
    left_out = [LeftOutLead(leadId=one.lead.public_id, reason=one.reason.value) for one in result.named]
    left_out += [LeftOutLead(leadId=one, reason="not_found") for one in unknown]
    return Outcome(campaignId=campaign.public_id, enrolled=result.enrolled, leftOut=left_out)
