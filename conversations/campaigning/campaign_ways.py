"""Each lead's way to their first message, as the engine and the step will go it: for the plan of a launch. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from campaigns import merge, node_settings, nodes, timing
from campaigns.beginning import elsewhere
from campaigns.branching import answer
from campaigns.models import Campaign, Enrolment, Node
from campaigns.path import Path
from campaigns.unwanted import unwanted
from campaigns.vocabulary import Arm, EnrolmentState, NodeKind
from conversations.campaigning import planning
from conversations.campaigning.step_addresses import Addresses
from conversations.campaigning.step_words import text_for
from conversations.refusals import CannotWrite
from leads import optouts, quiet, removals
from leads.models import Address, Lead

CHUNK: Final = 1_000
LOOKED_AHEAD: Final = 200
"""Leads whose later messages are looked at; the plan takes the longest of their ways for all."""

NO_TEXT, NO_STEP = "no_text", "no_step"


@dataclass(frozen=True, slots=True)
class First:
    """A lead's first message: when, where to, and what is in the way. `later`: the waits before each that follows."""

    lead_id: int
    zone: str  # the lead's own
    number: str  # their first
    at: datetime
    address: str = ""
    availability: str = ""
    later: tuple[timedelta, ...] = ()
    skip: str = ""
    why: str = ""
    sms: bool = False


_READ: Final = (
    "address", "line_id", "campaign_id", "workspace_id",
    *(f"lead__{name}" for name in ("public_id", "name", "title", "persona", "time_zone", "status", "opted_out_at", "workspace_id")),
    *(f"lead__company__{name}" for name in ("name", "industry", "website", "icp", "status", "workspace_id")),
)  # fmt: skip
"""What a way depends on: a hundred thousand leads whole are seconds."""


def waiting(campaign: Campaign) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(campaign=campaign, state=EnrolmentState.ACTIVE, begun_at=None)


class Ways:
    """The workflow, read once for all leads; what is the same for many of them is worked out once."""

    def __init__(self, campaign: Campaign, path: Path, now: datetime) -> None:
        self.campaign, self.path, self.now = campaign, path, now
        self.settings = {pk: node_settings.parse(node.kind, node.settings) for pk, node in path.by_id.items()}
        self._after: dict[tuple[int, datetime, tuple[ZoneInfo, ...]], datetime] = {}
        self.opted_out = optouts.all_standing(campaign.workspace)
        self.asked, self.leads_asked = removals.all_asked(campaign.workspace)

    def over(self, node: Node, at: datetime, zones: tuple[ZoneInfo, ...]) -> datetime:
        """When a wait or a branch that is entered at `at` is over."""
        key = (node.pk, at, zones)
        if key not in self._after:
            self._after[key] = timing.over(self.settings[node.pk], at, zones)
        return self._after[key]

    def messages(
        self, lead: Lead, rows: list[Address], zones: tuple[ZoneInfo, ...]
    ) -> Iterator[tuple[Node, nodes.Message, datetime]]:
        """The messages on a lead's way, with the earliest time of each, if they neither read nor answer."""
        node, at = self.path.first(), self.now
        while node:
            settings = self.settings[node.pk]
            match settings:
                case nodes.Message():
                    yield node, settings, at
                case nodes.Wait():
                    at = self.over(node, at, zones)
                case nodes.Branch():
                    at = self.over(node, at, zones)
                    found = answer(settings, lead, _Untouched(rows))
                    node = self.path.into(node, found[0] if found else Arm.NO)
                    continue
                case nodes.Stop():
                    return
            node = self.path.after(node)


def firsts_of(ways: Ways, most: int) -> Iterator[First]:
    """In the order in which they begin; four queries a chunk."""
    last, seen = 0, 0
    while seen < most:
        rows = waiting(ways.campaign).filter(pk__gt=last).select_related("lead__company").only(*_READ).order_by("pk")
        chunk: list[Enrolment] = list(rows[: min(CHUNK, most - seen)])
        if not chunk:
            return
        around = _Around(ways.campaign, chunk)
        for n, enrolment in enumerate(chunk, seen):
            enrolment.campaign = ways.campaign
            yield _first(enrolment, ways, around, whole=n < LOOKED_AHEAD)
        last, seen = chunk[-1].pk, seen + len(chunk)


class _Around:
    """What must be known about a chunk of leads."""

    def __init__(self, campaign: Campaign, chunk: list[Enrolment]) -> None:
        self.addresses = Addresses(campaign.workspace, [one.lead_id for one in chunk])
        self.elsewhere = elsewhere(campaign, chunk)


def _first(enrolment: Enrolment, ways: Ways, around: _Around, *, whole: bool) -> First:
    """`whole`: also when the later messages follow."""
    lead, now = enrolment.lead, ways.now
    rows = around.addresses.ranked(lead.pk)
    number = next((row.value for row in rows if row.kind == Address.Kind.PHONE), "")
    who = (lead.pk, lead.time_zone, number)
    if unwanted(lead):
        return First(*who, now, skip=planning.OPTED_OUT if lead.opted_out_at else planning.EXCLUDED)
    if lead.pk in around.elsewhere:
        return First(*who, now, skip=planning.ELSEWHERE)
    way = ways.messages(lead, rows, tuple(quiet.zones_of(number, lead.time_zone, ways.campaign.workspace)))
    first = next(way, None)
    if first is None:
        return First(*who, now, skip=NO_STEP)
    node, settings, at = first
    sms = node.kind == NodeKind.SMS
    try:
        address = around.addresses.pick(enrolment, settings, sms=sms)
    except CannotWrite as cannot:
        return First(*who, at, skip=planning.NO_ADDRESS, why=str(cannot))
    skip, why = _words_missing(enrolment, ways, node, settings)
    if address in ways.opted_out:
        skip, why = planning.OPTED_OUT, ""
    elif lead.pk in ways.leads_asked or any(row.value in ways.asked for row in rows):
        skip, why = planning.ASKED_REMOVAL, ""
    availability = next((row.availability for row in rows if row.value == address), "")
    times = [at, *(later for _, _, later in way)] if whole else [at]
    later = tuple(after - before for before, after in pairwise(times))
    return First(*who, at, address, availability, later, skip, why, sms)


def _words_missing(enrolment: Enrolment, ways: Ways, node: Node, settings: nodes.Message) -> tuple[str, str]:
    lead, campaign = enrolment.lead, ways.campaign
    text = text_for(enrolment, node, settings.texts)
    if text is None:
        return NO_TEXT, ""
    try:
        template = merge.parse(text.body)
    except merge.BadTemplate as bad:
        return planning.MISSING_FIELDS, str(bad)
    missing = template.missing(merge.values(lead, campaign.sender, campaign.workspace))
    return (planning.MISSING_FIELDS, f"No {merge.in_words(missing)}") if missing else ("", "")


@dataclass(frozen=True, slots=True)
class _Untouched:
    """What a branch asks about somebody who has not been written to: they have neither read nor answered."""

    addresses: list[Address]

    def replied(self) -> bool:
        return False

    def read(self) -> bool:
        return False

    def has_imessage(self) -> bool:
        return any(row.availability == Address.Availability.AVAILABLE for row in self.addresses)

    def intent(self) -> tuple[str, str]:
        return "", ""
