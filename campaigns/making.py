"""Creating a campaign and changing its general settings. Its steps are changed by `campaigns.editing`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time

from django.db import transaction
from django.utils.dates import WEEKDAYS_ABBR

from campaigns import editing, versions
from campaigns import tree as trees
from campaigns.models import Campaign, CampaignLine, Version
from campaigns.tree import Tree
from lines.models import Line
from workspaces import audit
from workspaces.actions import look_anew
from workspaces.models import User, Workspace


@transaction.atomic
def make(workspace: Workspace, *, kind: str, name: str, steps: Tree, by: User | None) -> Campaign:
    """A draft whose first version, still unpublished, holds `steps` under keys of their own."""
    campaign = Campaign.objects.create(workspace=workspace, kind=kind, name=name, sender=by, created_by=by)
    version = Version.objects.create(workspace=workspace, campaign=campaign, number=1, created_by=by)
    for step, _ in trees.walk(steps):
        step.key = trees.new_key()
    editing.write(version, steps)
    audit.record(by, workspace, "campaign.created", target=name, kind=kind)
    return campaign


def steps_of(campaign: Campaign) -> Tree:
    """What is in force, or the draft where nothing is yet."""
    version = campaign.version or versions.draft_of(campaign)
    return editing.read(version) if version else []


@transaction.atomic
def change(
    campaign: Campaign,
    *,
    name: str,
    sender: User | None,
    lines: Collection[Line],
    send_from: time | None,
    send_until: time | None,
    send_days: list[int],
    overlap: str,
    by: User,
) -> None:
    """Name, lines, sender, hours and overlap, from now on."""
    Campaign.objects.of(campaign.workspace).filter(pk=campaign.pk).update(
        name=name, sender=sender, send_from=send_from, send_until=send_until, send_days=send_days, overlap=overlap
    )
    CampaignLine.objects.filter(campaign=campaign).exclude(line__in=lines).delete()
    CampaignLine.objects.bulk_create(
        [CampaignLine(workspace_id=campaign.workspace_id, campaign=campaign, line=line) for line in lines], ignore_conflicts=True
    )
    look_anew(campaign.workspace)  # messages may wait because of the old hours
    editing.take_approval_back(campaign)
    audit.record(by, campaign.workspace, "campaign.changed", target=name)


@transaction.atomic
def delete(campaign: Campaign, *, by: User) -> None:
    """Delete a draft for good; the caller has made sure that nobody is in it."""
    audit.record(by, campaign.workspace, "campaign.deleted", target=campaign.name)
    campaign.delete()


def days_in_words(days: list[int]) -> str:
    """“weekdays”, “Mon, Wed”, or nothing for every day."""
    if not days or len(days) == 7:
        return ""
    if sorted(days) == [1, 2, 3, 4, 5]:
        return "weekdays"
    return ", ".join(str(WEEKDAYS_ABBR[day - 1]) for day in sorted(days))
