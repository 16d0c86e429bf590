"""Approval of a campaign by an admin, where the workspace wants it. A later change of the draft takes it back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from workspaces import audit
from workspaces.models import User
from workspaces.queries import is_admin
from workspaces.refused import Refused

Status = Campaign.Status


@transaction.atomic
def ask_approval(campaign: Campaign, *, by: User) -> bool:
    """Ask the admins to approve a draft; False when that was asked already."""
    rows = Campaign.objects.filter(pk=campaign.pk, status=Status.DRAFT, approval_asked_at=None)
    asked = rows.update(approval_asked_at=timezone.now(), approval_asked_by=by)
    if asked:
        audit.record(by, campaign.workspace, "campaign.approval_asked", target=campaign.name)
    return bool(asked)


@transaction.atomic
def approve(campaign: Campaign, *, by: User) -> bool:
    """An admin lets a draft be started as it is now; a later change takes that back. False: approved already. Raises Refused."""
    if not is_admin(campaign.workspace, by):
        raise Refused("Only an admin approves campaigns.")
    rows = Campaign.objects.filter(pk=campaign.pk, status=Status.DRAFT, approved_at=None)
    done = rows.update(approved_at=timezone.now(), approved_by=by)
    if done:
        audit.record(by, campaign.workspace, "campaign.approved", target=campaign.name)
    return bool(done)
