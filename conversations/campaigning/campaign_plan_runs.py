"""The plan of very many leads is worked out by a task, which says how far it is; small ones at once.

A plan is only a forecast: it is cached for some minutes and worked out again when the workflow, its hours or its enrolments have
changed, when somebody asks for it, or when it was not finished, such as after a worker was killed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from campaigns.models import Campaign
from conversations.campaigning import campaign_plan
from conversations.campaigning.campaign_plan import CampaignPlan
from conversations.campaigning.campaign_ways import waiting
from workspaces import bells

AT_ONCE: Final = 5_000
"""Leads that are planned within the request."""
KEPT: Final = 15 * 60
"""Seconds that a plan is good for; lines and hours go on meanwhile."""
ALIVE: Final = 60
"""Seconds without news after which a plan at work is begun again."""


@dataclass(frozen=True, slots=True)
class Progress:
    seen: int
    total: int


def plan_of(campaign: Campaign, *, anew: bool = False) -> CampaignPlan | Progress:
    """The plan, or how far it is. `anew`: also where a finished one is kept."""
    total = waiting(campaign).count()
    if total <= AT_ONCE:
        return campaign_plan.plan(campaign)
    key = _key(campaign, total)
    found: CampaignPlan | Progress | None = cache.get(key)
    if found is None or (anew and isinstance(found, CampaignPlan)):
        found = Progress(0, min(total, campaign_plan.MOST))
        cache.set(key, found, ALIVE)
        bells.ring("conversations.tasks.plan_launch", campaign.pk, key, expires=ALIVE)
    return found


def work_out(campaign_id: int, key: str) -> None:
    """What the task does; nothing where somebody else is at it, or the campaign is gone."""
    campaign = Campaign.objects.select_related("workspace", "version", "sender").filter(pk=campaign_id).first()
    if campaign is None or not cache.add(f"{key}:at-work", True, ALIVE):
        return

    def seen(count: int, total: int) -> None:
        cache.set(key, Progress(count, total), ALIVE)
        cache.touch(f"{key}:at-work", ALIVE)

    try:
        cache.set(key, campaign_plan.plan(campaign, seen=seen), KEPT)
    finally:
        cache.delete(f"{key}:at-work")


def _key(campaign: Campaign, total: int) -> str:
    """Another one as soon as something of the campaign has changed."""
    steps = campaign_plan.path_in_question(campaign).by_id.values()
    told = [(node.key, node.kind, node.parent_id, node.arm, node.position, node.settings) for node in steps]
    about = [campaign.send_from, campaign.send_until, campaign.send_days, campaign.overlap, campaign.status, campaign.sender_id]
    return f"plan:{campaign.pk}:{hashlib.sha256(repr((total, [*map(str, about)], told)).encode()).hexdigest()[:24]}"
