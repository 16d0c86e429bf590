"""A message step of a campaign: to which address, over which line, in which words; then through the one door.

The person keeps their address and their line (`conversations.choosing`); what cannot be filled in is never sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from campaigns import merge, texts
from campaigns.models import Campaign, CampaignLine, Enrolment, Execution, Node
from campaigns.nodes import UNSUPPORTED, Message, Text
from campaigns.vocabulary import NodeKind
from conversations.choosing import choose_line
from conversations.compose import compose
from conversations.incoming import open_conversation
from conversations.models import Conversation
from conversations.routes import sms_route
from conversations.vocabulary import Channel, Direction, FallbackCause, Family, Origin
from leads.models import Address, Lead
from lines.models import Line
from workspaces.secrets import SecretUnreadable


class CannotWrite(Exception):
    """The step cannot be taken for this lead; the text says why."""


class NotYet(Exception):
    """It can be taken later; the text says what it waits for."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a step sends."""

    address: str
    line: Line
    channel: str  # empty: automatic
    text: Text
    body: str


def send(execution: Execution, node: Node, settings: Message, now: datetime, scheduled_at: datetime | None = None) -> None:
    """Make the step's message; its key is the visit, so that there is never a second. Raises CannotWrite, NotYet.

    The caller holds the visit and its enrolment. From here on the visit follows the message (`step_outcomes`).
    """
    enrolment = execution.enrolment
    letter = letter_for(enrolment, node, settings, later=scheduled_at is not None)
    conversation = _conversation(enrolment, letter)
    execution.variant, execution.handed_at, execution.why = letter.text.letter, now, ""
    execution.line = letter.line
    execution.save(update_fields=["variant", "handed_at", "why", "line"])
    Enrolment.objects.filter(pk=enrolment.pk).update(address=letter.address, line=letter.line)
    compose(
        conversation,
        letter.body,
        origin=Origin.CAMPAIGN,
        dedupe_key=f"node:{execution.pk}",
        author=enrolment.campaign.sender,
        line=letter.line,
        channel=letter.channel,
        fallback=settings.fallback if node.kind == NodeKind.IMESSAGE else (),
        scheduled_at=scheduled_at,
        execution=execution,
    )


def letter_for(enrolment: Enrolment, node: Node, settings: Message, *, later: bool = False) -> Letter:
    """Address, line and words for this lead. Writes nothing. Raises CannotWrite, NotYet.

    `later`: it waits for its time anyway, so that the line they know need not be connected now.
    """
    sms = node.kind == NodeKind.SMS
    address = address_for(enrolment, settings, sms=sms)
    text, body = words_for(enrolment, node, settings.texts)
    line = line_for(enrolment, address, settings, sms=sms, later=later)
    only_imessage = not sms and not settings.fallback
    channel = Channel.SMS if sms else Channel.IMESSAGE if only_imessage else ""
    return Letter(address, line, channel, text, body)


# -- words ---------------------------------------------------------------------------------------------------------------------


def words_for(enrolment: Enrolment, node: Node, choices: tuple[Text, ...]) -> tuple[Text, str]:
    """The text that this lead gets, and it filled in. Raises CannotWrite."""
    lead = enrolment.lead
    icp = lead.company.icp if lead.company else ""
    drip = enrolment.campaign.kind == Campaign.Kind.DRIP  # its preview must show what will be sent
    turn = texts.turn_of(enrolment.lead_id if drip else enrolment.pk, node.key)
    text = texts.choose(choices, persona=lead.persona, icp=icp, turn=turn)
    if text is None:
        raise CannotWrite("No text of this step is for their persona and ICP")
    return text, filled(text.body, lead, enrolment)


def filled(body: str, lead: Lead, enrolment: Enrolment) -> str:
    """Raises CannotWrite while a field is empty that has no fallback."""
    campaign = enrolment.campaign
    try:
        return merge.parse(body).render(merge.values(lead, campaign.sender, campaign.workspace))
    except merge.BadTemplate as bad:
        raise CannotWrite(str(bad)) from None


# -- address -------------------------------------------------------------------------------------------------------------------


def address_for(enrolment: Enrolment, settings: Message, *, sms: bool) -> str:
    """Where it goes to: the address they were written to before in this campaign or wrote from themselves; else the first
    with iMessage in their order; else, where SMS may take over, the first number. Raises CannotWrite."""
    rows = ranked(Address.objects.filter(lead=enrolment.lead))
    wrote_from = "" if enrolment.address else _wrote_from(enrolment.lead)
    return pick_address(rows, settings, sms=sms, kept=enrolment.address, wrote_from=wrote_from)


def pick_address(rows: list[Address], settings: Message, *, sms: bool, kept: str, wrote_from: str) -> str:
    """The same with all that must be known at hand; the plan of a launch asks it too. `rows` are ranked. Raises CannotWrite."""
    if sms:
        rows = [row for row in rows if row.kind == Address.Kind.PHONE]
    if not rows:
        raise CannotWrite("They have no phone number" if sms else "They have no phone number or email address")
    first = next((row for row in rows if row.value == (kept or wrote_from)), None)
    if first and (kept or sms or first.availability != Address.Availability.UNAVAILABLE):
        return first.value
    return _first_of(rows, settings, sms=sms)


def _first_of(rows: list[Address], settings: Message, *, sms: bool) -> str:
    available = [row for row in rows if row.availability == Address.Availability.AVAILABLE]
    if available and not sms:
        return available[0].value
    phones = [row for row in rows if row.kind == Address.Kind.PHONE]
    if sms or UNSUPPORTED in settings.fallback:
        if not phones:
            raise CannotWrite("None of their addresses has iMessage, and SMS needs a phone number")
        open_ = [row for row in phones if row.availability != Address.Availability.UNAVAILABLE]
        return (phones if sms else open_ or phones)[0].value
    perhaps = [row for row in rows if row.availability != Address.Availability.UNAVAILABLE]
    if not perhaps:
        raise CannotWrite("None of their addresses has iMessage, and this step sends no SMS")
    return next((row for row in perhaps if row.kind == Address.Kind.PHONE), perhaps[0]).value


def ranked(rows: Iterable[Address]) -> list[Address]:
    """A lead's addresses in order: primary phone, primary email, the other phones, the other emails (S3-21)."""
    return sorted(rows, key=lambda row: (row.rank > 0, row.kind != Address.Kind.PHONE, row.rank))


def _wrote_from(lead: Lead) -> str:
    """The address they last wrote from; empty when they never did."""
    mine = Conversation.objects.filter(lead=lead, family=Family.PHONE)
    return mine.filter(messages__direction=Direction.INCOMING).values_list("address", flat=True).first() or ""


# -- line ----------------------------------------------------------------------------------------------------------------------


def line_for(enrolment: Enrolment, address: str, settings: Message, *, sms: bool, later: bool = False) -> Line:
    """The line they know among those of the campaign, else the one with the most room. Raises CannotWrite, NotYet."""
    lines = lines_of(enrolment, settings, sms=sms, email="@" in address)
    if not lines:
        raise CannotWrite("The campaign has no line that sends SMS" if sms else "The campaign has no line that sends iMessage")
    kept = next((line for line in lines if line.pk == enrolment.line_id), None)
    if kept and later:
        return kept
    line = choose_line(enrolment.workspace, address, [kept] if kept else lines)
    if line is None:
        raise NotYet(f"{kept} is not connected" if kept else "No line that may write to them is connected")
    return line


def lines_of(enrolment: Enrolment, settings: Message, *, sms: bool, email: bool) -> list[Line]:
    """The campaign's lines that can carry the step, iMessage before SMS; without a choice, the workspace's."""
    chosen = CampaignLine.objects.filter(campaign=enrolment.campaign).values("line")
    rows = Line.objects.of(enrolment.workspace).select_related("fallback_line", "workspace")
    rows = rows.filter(Q(pk__in=chosen) if chosen.exists() else Q(kind__in=[Line.Kind.IMESSAGE, Line.Kind.SMS])).order_by("pk")
    imessage = [line for line in rows if line.kind == Line.Kind.IMESSAGE]
    texting = [line for line in rows if line.kind == Line.Kind.SMS]
    if sms:
        return texting or [found for line in imessage if (found := _for_sms(line))]
    return imessage or (texting if settings.fallback and not email else [])


def _for_sms(line: Line) -> Line | None:
    """What an iMessage line's SMS go over; None when it has nothing for that."""
    try:
        route = sms_route(line, FallbackCause.NOT_REGISTERED)
    except SecretUnreadable:
        return None
    return route.line if route else None


# -- thread --------------------------------------------------------------------------------------------------------------------


def _conversation(enrolment: Enrolment, letter: Letter) -> Conversation:
    """The lead's thread, which from the first campaign message on says which campaign it came of."""
    conversation = open_conversation(letter.line, letter.address, enrolment.lead)
    changed = {"address": letter.address, "line": letter.line}
    if conversation.campaign_id is None:
        changed["campaign"] = enrolment.campaign
    for name, value in changed.items():
        setattr(conversation, name, value)
    conversation.save(update_fields=list(changed))
    return conversation
