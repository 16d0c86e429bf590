"""Which leads of a batch are reached, at which address, and why others are not. Sending and the launch summary both ask here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch

from campaigns import merge
from conversations.models import Batch, Conversation, Recipient
from conversations.sending import channels
from conversations.sending.routes import sms_route
from conversations.vocabulary import Channel, FallbackCause, Family, SkipReason
from leads import optouts, removals
from leads.checks.order import in_order
from leads.models import Address, Lead
from lines.models import Line
from workspaces.secrets import SecretUnreadable

CHUNK: Final = 500
"""Recipients that are read together."""

Availability = Address.Availability


@dataclass(frozen=True, slots=True)
class Person:
    """A recipient. `skip` says why there is no message for them; `missing` which merge fields are empty."""

    recipient: Recipient
    lead: Lead
    address: str
    checked: bool
    skip: str
    missing: list[str]
    body: str

    @property
    def why(self) -> str:
        return str(SkipReason(self.skip).label) if self.skip else ""


@dataclass(frozen=True, slots=True)
class Ways:
    """The lines a batch may use, and whether text messages can leave over them."""

    lines: list[Line]
    text: bool


def ways(batch: Batch) -> Ways:
    """iMessage lines, else SMS lines; for type SMS those that send it, in place of an iMessage line its fallback."""
    found = Line.objects.of(batch.workspace).filter(kind__in=channels.KINDS).select_related("workspace", "fallback_line__workspace")
    lines = list(found.filter(pk=batch.line_id) if batch.line_id else found.order_by("pk"))
    imessage = [line for line in lines if line.kind == Line.Kind.IMESSAGE]
    text = [way for line in lines if (way := text_line(line))]
    if batch.channel == Channel.SMS:
        return Ways(list({line.pk: line for line in text}.values()), bool(text))
    if batch.channel == Channel.IMESSAGE or imessage:
        return Ways(imessage, any(text_line(line) for line in imessage))
    return Ways(lines, bool(text))


def text_line(line: Line) -> Line | None:
    """The line that sends SMS for `line`: itself, or its fallback."""
    if line.kind == Line.Kind.SMS:
        return line
    try:
        route = sms_route(line, FallbackCause.NOT_REGISTERED)
    except SecretUnreadable:
        return None
    return route.line if route else None


def each(batch: Batch, *, after: int = 0) -> Iterator[list[Person]]:
    """All recipients from `after` on, a chunk at a time, in the order of their rows."""
    while people := some(batch, after=after):
        yield people
        after = people[-1].recipient.pk


def some(batch: Batch, *, after: int = 0, most: int = CHUNK) -> list[Person]:
    """The next recipients without a message, as they stand now."""
    rows = Recipient.objects.of(batch.workspace).filter(batch=batch, pk__gt=after, message=None, skipped="")
    return judged(batch, list(rows.order_by("pk")[:most]))


def judged(batch: Batch, recipients: Sequence[Recipient]) -> list[Person]:
    """These recipients: read in a handful of queries, however many they are."""
    workspace, template, ways_ = batch.workspace, merge.parse(batch.body), ways(batch)
    ids = [one.lead_id for one in recipients]
    found = Lead.objects.of(workspace).filter(pk__in=ids).select_related("company")
    leads = {lead.pk: lead for lead in found.prefetch_related(Prefetch("addresses", Address.objects.order_by("-kind", "rank")))}
    values = [one.value for lead in leads.values() for one in lead.addresses.all()]
    out = optouts.standing(workspace.pk, values)
    asked = removals.open_requests(workspace.pk, values, ids)
    removal: set[str | int | None] = {one.value for one in asked} | {one.lead_id for one in asked if one.lead_id}
    held = Conversation.objects.of(workspace).filter(family=Family.PHONE, lead__in=ids).select_related("line")
    threads = {one.lead_id: one for one in held}
    people = []
    for recipient in recipients:
        lead = leads[recipient.lead_id]
        rows, thread = list(lead.addresses.all()), threads.get(lead.pk)
        known = merge.values(lead, batch.by, workspace)
        missing = template.missing(known)
        skip = _unwanted(lead, rows, out, removal)
        chosen = None if skip else address_for(in_order(rows), thread, batch.channel, text=ways_.text)
        if not skip and chosen is None:
            skip = SkipReason.NO_TYPE if rows else SkipReason.NO_ADDRESS
        if not skip and missing:
            skip = SkipReason.NO_FIELD
        people.append(
            Person(
                recipient,
                lead,
                chosen.value if chosen else "",
                bool(chosen and chosen.availability in (Availability.AVAILABLE, Availability.UNAVAILABLE)),
                skip,
                missing,
                "" if missing else template.render(known),
            )
        )
    return people


def _unwanted(lead: Lead, rows: Sequence[Address], out: set[str], removal: set[str | int | None]) -> str:
    """The gate asks the same once more when a message is to leave."""
    values = {one.value for one in rows}
    if lead.opted_out_at or values & out:
        return SkipReason.OPTED_OUT
    if lead.is_excluded:
        return SkipReason.EXCLUDED
    if lead.pk in removal or values & removal:
        return SkipReason.REMOVAL
    return ""


def address_for(rows: Sequence[Address], thread: Conversation | None, channel: str, *, text: bool) -> Address | None:
    """iMessage, else SMS (S1-32): the best of `rows`, which stand in their order (S3-21). None: no way of this type.

    1. Where their thread runs, unless that has no iMessage. 2. The first with iMessage. 3. The first phone nobody has
    asked about, then such an email address. 4. The first phone that takes SMS, where text can be sent.
    """
    phones = [one for one in rows if one.kind == Address.Kind.PHONE]
    as_text = [one for one in phones if channels.takes_sms(one.value)] if text else []
    here = [one for one in rows if thread and one.value == thread.address]
    if channel == Channel.SMS:
        return next((one for one in [*here, *as_text] if one in as_text), None)
    open_ = [one for one in rows if one.availability != Availability.UNAVAILABLE]
    available = [one for one in open_ if one.availability == Availability.AVAILABLE]
    unknown = [one for one in open_ if one.kind == Address.Kind.PHONE] + open_
    order = [*(one for one in here if one in open_), *available, *unknown]
    if channel != Channel.IMESSAGE:
        order += as_text
    return order[0] if order else None
