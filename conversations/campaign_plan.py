"""The plan of a campaign's launch: whom its first message reaches, over which line and when, and who is left out and why.

It walks each lead's way to their first message as the engine will, asks for the address and the words as the step will
(`step_messages`), and leaves lines, limits and hours to `planning`, which asks what the gate asks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from campaigns import engine, merge, nodes, texts, timing, versions
from campaigns.models import Campaign, Enrolment, Node
from campaigns.path import Path, path_of
from campaigns.vocabulary import Arm, EnrolmentState, NodeKind
from conversations import hours, planning, step_messages
from conversations.models import Conversation
from conversations.planning import LaunchPlan, Recipient
from conversations.step_messages import CannotWrite
from conversations.vocabulary import Direction, Family
from leads import optouts, quiet
from leads.models import Address, Lead
from lines.models import Line
from workspaces.models import Membership

MOST: Final = 20_000
"""Leads of one plan; what is beyond is told in words."""
CHUNK: Final = 1_000
MOST_NAMED: Final = 50

NO_TEXT, NO_STEP = "no_text", "no_step"
WORDS: Final = {
    **planning.SKIPPED,
    planning.NO_ADDRESS: "No usable address",
    NO_TEXT: "No text is for their persona and ICP",
    NO_STEP: "No message stands on their way",
}


@dataclass(frozen=True, slots=True)
class First:
    """A lead's first message: when, where to, and what is in the way. `later`: the waits before each that follows."""

    lead: Lead
    at: datetime
    address: str = ""
    availability: str = ""
    later: tuple[timedelta, ...] = ()
    skip: str = ""
    why: str = ""
    sms: bool = False


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

    @property
    def missing(self) -> int:
        return sum(one.count for one in self.left_out if one.reason == planning.MISSING_FIELDS)


def plan(campaign: Campaign, now: datetime | None = None) -> CampaignPlan:
    """What starting the campaign now, or letting it go on, sends to who has not begun. Writes nothing."""
    now = now or timezone.now()
    version = versions.draft_of(campaign) if campaign.status == Campaign.Status.DRAFT else None
    version = version or campaign.version
    path = path_of(version) if version else Path({}, {}, {})
    firsts = list(_firsts(campaign, path, now))
    recipients = [
        Recipient(n, one.address, one.lead.time_zone, one.at, one.availability != Address.Availability.UNCHECKED, one.skip)
        for n, one in enumerate(firsts)
    ]
    member = Membership.objects.of(campaign.workspace).select_related("workspace").filter(user=campaign.sender_id).first()
    steps = max((one.later for one in firsts[:200] if not one.skip), key=len, default=())
    windows = hours.windows(campaign.workspace, campaign, member)
    found = planning.plan(campaign.workspace, recipients, _lines(campaign, path, firsts), windows=windows, steps=steps, now=now)
    ways = Counter(_way(firsts[key]) for key in found.sendable)
    waiting = _waiting(campaign).count()
    return CampaignPlan(
        waiting, waiting > len(firsts), found, ways["imessage"], ways["sms"], found.unchecked, _left_out(found, firsts)
    )


def _waiting(campaign: Campaign) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(campaign=campaign, state=EnrolmentState.ACTIVE, begun_at=None)


def _way(one: First) -> str:
    if one.sms or one.availability == Address.Availability.UNAVAILABLE:
        return "sms"
    return "imessage" if one.availability == Address.Availability.AVAILABLE else "unknown"


def _left_out(found: LaunchPlan, firsts: list[First]) -> list[LeftOut]:
    made = []
    for reason, keys in sorted(found.skipped.items(), key=lambda one: -len(one[1])):
        people = [(firsts[key].lead, firsts[key].why) for key in keys[:MOST_NAMED]]
        made.append(LeftOut(reason, WORDS.get(reason, reason), len(keys), people))
    return made


# -- each lead's way -----------------------------------------------------------------------------------------------------------


def _firsts(campaign: Campaign, path: Path, now: datetime) -> Iterator[First]:
    """In the order in which they begin; six queries a chunk."""
    last, seen = 0, 0
    while seen < MOST:
        rows = _waiting(campaign).filter(pk__gt=last).select_related("lead__company", "workspace").order_by("pk")
        chunk: list[Enrolment] = list(rows[:CHUNK])
        if not chunk:
            return
        around = _around(campaign, chunk)
        for enrolment in chunk:
            yield _first(enrolment, campaign, path, around, now)
        last, seen = chunk[-1].pk, seen + len(chunk)


@dataclass(frozen=True, slots=True)
class _Around:
    """What must be known about a chunk of leads."""

    addresses: dict[int, list[Address]]
    opted_out: set[str]
    asked: set[str]
    wrote_from: dict[int, str]
    elsewhere: set[int]


def _around(campaign: Campaign, chunk: list[Enrolment]) -> _Around:
    leads = [one.lead_id for one in chunk]
    by_lead: dict[int, list[Address]] = {}
    for row in Address.objects.of(campaign.workspace).filter(lead__in=leads):
        by_lead.setdefault(row.lead_id, []).append(row)
    values = [row.value for rows in by_lead.values() for row in rows]
    threads = Conversation.objects.of(campaign.workspace).filter(lead__in=leads, family=Family.PHONE)
    wrote = threads.filter(messages__direction=Direction.INCOMING).values_list("lead_id", "address").distinct()
    return _Around(
        addresses={lead: step_messages.ranked(rows) for lead, rows in by_lead.items()},
        opted_out=optouts.standing(campaign.workspace_id, values),
        asked={one.value for one in optouts.open_requests(campaign.workspace_id, values, leads)},
        wrote_from={lead: value for lead, value in wrote if lead},
        elsewhere=engine.elsewhere(campaign, chunk),
    )


def _first(enrolment: Enrolment, campaign: Campaign, path: Path, around: _Around, now: datetime) -> First:
    lead = enrolment.lead
    rows = around.addresses.get(lead.pk, [])
    if engine.unwanted(lead):
        return First(lead, now, skip=planning.OPTED_OUT if lead.opted_out_at else planning.EXCLUDED)
    if lead.pk in around.elsewhere:
        return First(lead, now, skip=planning.ELSEWHERE)
    phone = next((row.value for row in rows if row.kind == Address.Kind.PHONE), "")
    zones = quiet.zones_of(phone, lead.time_zone, enrolment.workspace)
    way = list(_messages(path, lead, rows, now, zones))
    if not way:
        return First(lead, now, skip=NO_STEP)
    node, settings, at = way[0]
    sms = node.kind == NodeKind.SMS
    try:
        kept, wrote = enrolment.address, around.wrote_from.get(lead.pk, "")
        address = step_messages.pick_address(rows, settings, sms=sms, kept=kept, wrote_from=wrote)
    except CannotWrite as cannot:
        return First(lead, at, skip=planning.NO_ADDRESS, why=str(cannot))
    skip, why = _words_missing(enrolment, campaign, node, settings)
    if address in around.opted_out:
        skip, why = planning.OPTED_OUT, ""
    elif around.asked.intersection(row.value for row in rows):
        skip, why = planning.ASKED_REMOVAL, ""
    availability = next((row.availability for row in rows if row.value == address), "")
    later = tuple(after - before for (_, _, before), (_, _, after) in pairwise(way))
    return First(lead, at, address, availability, later, skip, why, sms)


def _words_missing(enrolment: Enrolment, campaign: Campaign, node: Node, settings: nodes.Message) -> tuple[str, str]:
    lead = enrolment.lead
    icp = lead.company.icp if lead.company else ""
    text = texts.choose(settings.texts, persona=lead.persona, icp=icp, turn=texts.turn_of(enrolment.pk, node.key))
    if text is None:
        return NO_TEXT, ""
    try:
        template = merge.parse(text.body)
    except merge.BadTemplate as bad:
        return planning.MISSING_FIELDS, str(bad)
    missing = template.missing(merge.values(lead, campaign.sender, campaign.workspace))
    return (planning.MISSING_FIELDS, f"No {merge.in_words(missing)}") if missing else ("", "")


def _messages(
    path: Path, lead: Lead, rows: list[Address], now: datetime, zones: list[ZoneInfo]
) -> Iterator[tuple[Node, nodes.Message, datetime]]:
    """The messages on a lead's way, with the earliest time of each, if they neither read nor answer."""
    node, at = path.first(), now
    while node:
        settings = nodes.parse(node.kind, node.settings)
        match settings:
            case nodes.Message():
                yield node, settings, at
            case nodes.Wait():
                at = timing.wait_until(settings, at, zones)
            case nodes.Branch():
                if settings.test in ("replied", "read"):
                    at = timing.after(at, settings.days, timedelta(0), zones)
                node = path.into(node, _arm(settings, lead, rows))
                continue
            case nodes.Stop():
                return
        node = path.after(node)


def _arm(branch: nodes.Branch, lead: Lead, rows: list[Address]) -> Arm:
    """As the engine decides it for somebody who has not been written to."""
    icp = lead.company.icp if lead.company else ""
    yes = {
        "imessage": any(row.availability == Address.Availability.AVAILABLE for row in rows),
        "icp": bool(icp) and icp in branch.values,
        "persona": bool(lead.persona) and lead.persona in branch.values,
    }
    return Arm.YES if yes.get(branch.test) else Arm.NO


def _lines(campaign: Campaign, path: Path, firsts: list[First]) -> list[Line]:
    """The lines that carry the first messages."""
    found: dict[int, Line] = {}
    first = next((node for node in path.by_id.values() if node.kind in (NodeKind.IMESSAGE, NodeKind.SMS)), None)
    if first is None:
        return []
    settings = nodes.parse(first.kind, first.settings)
    assert isinstance(settings, nodes.Message)
    someone = Enrolment(workspace=campaign.workspace, campaign=campaign)
    for sms in {one.sms for one in firsts if not one.skip} or {first.kind == NodeKind.SMS}:
        found |= {line.pk: line for line in step_messages.lines_of(someone, settings, sms=sms, email=False)}
    return [*found.values()]
