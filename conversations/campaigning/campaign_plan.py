"""The plan of a campaign's launch: whom its first message reaches, over which line and when, and who is left out and why.

`campaign_ways` walks each lead's way as the engine will; `planning` knows lines, limits and hours as the gate does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils import timezone

from campaigns import nodes, versions
from campaigns.models import Campaign
from campaigns.path import Path, path_of
from conversations.campaigning import planning
from conversations.campaigning.campaign_ways import (
    CHUNK,
    LOOKED_AHEAD,
    NO_STEP,
    NO_TEXT,
    First,
    Ways,
    firsts_of,
    waiting,
)
from conversations.campaigning.planning import LaunchPlan, Recipient
from conversations.campaigning.step_lines import StepLines
from conversations.sending import hours
from leads.models import Address, Lead
from lines.models import Line

MOST: Final = 250_000
"""Leads of one plan; what is beyond is told in words."""
MOST_NAMED: Final = 50

WORDS: Final = {
    **planning.SKIPPED,
    planning.NO_ADDRESS: "No usable address",
    NO_TEXT: "No text is for their persona and ICP",
    NO_STEP: "No message stands on their way",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    reason: str
    words: str
    count: int
    people: list[tuple[Lead, str]]  # the first of them, each with its own words

    @property
    def more(self) -> int:
        return self.count - len(self.people)


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """`total`: leads that have not begun; `partly`: only the first MOST of them were looked at."""

    total: int
    partly: bool
    plan: LaunchPlan
    imessage: int
    sms: int
    unchecked: int
    left_out: list[LeftOut] = field(default_factory=list)
    at: datetime | None = None  # when it was made

    @property
    def missing(self) -> int:
        return sum(one.count for one in self.left_out if one.reason == planning.MISSING_FIELDS)


Seen = Callable[[int, int], object]
"""Told how many leads have been looked at, of how many."""


def path_in_question(campaign: Campaign) -> Path:
    """Of a draft the steps as they are edited, else those in force."""
    version = versions.draft_of(campaign) if campaign.status == Campaign.Status.DRAFT else None
    version = version or campaign.version
    return path_of(version) if version else Path({}, {}, {})


def plan(campaign: Campaign, now: datetime | None = None, *, most: int = MOST, seen: Seen | None = None) -> CampaignPlan:
    """What starting the campaign now, or letting it go on, sends to leads that have not begun, `most` of them. Writes nothing."""
    now, total = now or timezone.now(), waiting(campaign).count()
    ways = Ways(campaign, path_in_question(campaign), now)
    firsts: list[First] = []
    for one in firsts_of(ways, most):
        firsts.append(one)
        if seen and len(firsts) % CHUNK == 0:
            seen(len(firsts), min(total, most))
    recipients = [
        Recipient(n, one.address, one.zone, one.at, one.availability != Address.Availability.UNCHECKED, one.skip, one.number)
        for n, one in enumerate(firsts)
    ]
    steps = max((one.later for one in firsts[:LOOKED_AHEAD] if not one.skip), key=len, default=())
    windows = hours.windows_of_sender(campaign.workspace, campaign.sender_id, campaign)
    found = planning.plan(campaign.workspace, recipients, _lines(ways, firsts), windows=windows, steps=steps, now=now)
    by = Counter(_way(firsts[key]) for key in found.sendable)
    return CampaignPlan(
        total, total > len(firsts), found, by["imessage"], by["sms"], found.unchecked, _left_out(campaign, found, firsts), now
    )


def _way(one: First) -> str:
    if one.sms or one.availability == Address.Availability.UNAVAILABLE:
        return "sms"
    return "imessage" if one.availability == Address.Availability.AVAILABLE else "unknown"


def _left_out(campaign: Campaign, found: LaunchPlan, firsts: list[First]) -> list[LeftOut]:
    named = {firsts[key].lead_id for keys in found.skipped.values() for key in keys[:MOST_NAMED]}
    leads = Lead.objects.of(campaign.workspace).in_bulk(named)
    made = []
    for reason, keys in sorted(found.skipped.items(), key=lambda one: -len(one[1])):
        people = [(leads[firsts[key].lead_id], firsts[key].why) for key in keys[:MOST_NAMED] if firsts[key].lead_id in leads]
        made.append(LeftOut(reason, WORDS.get(reason, reason), len(keys), people))
    return made


def _lines(ways: Ways, firsts: list[First]) -> list[Line]:
    """The lines that carry the first messages."""
    found: dict[int, Line] = {}
    first = next((one for one in ways.settings.values() if isinstance(one, nodes.Message)), None)
    if first is None:
        return []
    lines = StepLines(ways.campaign)
    for sms in {one.sms for one in firsts if not one.skip}:
        found |= {line.pk: line for line in lines.carrying(first, sms=sms, email=False)}
    return [*found.values()]
