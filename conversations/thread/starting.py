"""New Conversation: from a number or a contact to a thread (S2-40..S2-43, R14). What is written there passes the one composer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Prefetch

from conversations.models import Conversation
from conversations.receiving.incoming import open_conversation
from conversations.refusals import Refused
from conversations.vocabulary import Family
from leads import optouts
from leads.addresses import BadAddress, normalise
from leads.models import Address, Lead
from leads.search import search
from lines.models import Line
from workspaces.models import Workspace

FOUND: Final = 50


def open_with(workspace: Workspace, text: str) -> Conversation:
    """The thread with the owner of what was typed, in any spelling; made when there is none.

    Raises Refused with advice.
    """
    try:
        given = normalise(text, region=workspace.default_region)
    except BadAddress as bad:
        raise Refused(str(bad), field="number") from None
    owner = Address.objects.of(workspace).select_related("lead", "lead__company").filter(value=given.value).first()
    return _open(workspace, given.value, owner.lead if owner else None)


def prospect(workspace: Workspace, address: str) -> Conversation:
    """The thread that `address` (in its stored form) would be written to in; not saved where there is none yet."""
    owner = Address.objects.of(workspace).select_related("lead", "lead__company").filter(value=address).first()
    lead, line = owner.lead if owner else None, line_for(workspace, address)
    found = Conversation.objects.of(workspace).select_related("line", "lead", "workspace").filter(family=Family.PHONE)
    known = found.filter(lead=lead).first() if lead else found.filter(lead=None, address=address).first()
    if known:
        known.address = address
        return known
    return Conversation(workspace=workspace, address=address, lead=lead, line=line, contact_name=lead.name if lead else "")


def open_with_lead(workspace: Workspace, public_id: str) -> Conversation:
    """The thread with somebody of the address book. Raises Refused."""
    lead = Lead.objects.of(workspace).select_related("company").filter(public_id=public_id).first()
    if lead is None:
        raise Refused("That contact is no longer in the address book. Search again.", field="lead")
    phones = Address.objects.of(workspace).filter(lead=lead, kind=Address.Kind.PHONE)
    first = (
        phones.exclude(availability=Address.Availability.UNAVAILABLE).order_by("rank").first() or phones.order_by("rank").first()
    )
    if first is None:
        raise Refused(f"{lead} has no phone number yet. Add one to the lead, or type a number here.", field="lead")
    known = Conversation.objects.of(workspace).filter(lead=lead, family=Family.PHONE).first()
    return known or _open(workspace, first.value, lead)


def _open(workspace: Workspace, address: str, lead: Lead | None) -> Conversation:
    """Where the person's thread runs over another number, the next message goes to the one that was asked for."""
    line = line_for(workspace, address)
    if line is None:
        raise Refused("No line is set up yet, so nothing can be sent. An admin can add one under Lines.", field="number")
    with transaction.atomic():
        conversation = open_conversation(line, address, lead)
        if conversation.address != address:
            Conversation.objects.of(workspace).filter(pk=conversation.pk).update(address=address)
            conversation.address = address
    return conversation


def line_for(workspace: Workspace, address: str) -> Line | None:
    """The first line that sends, iMessage before SMS; an email address can only be reached over iMessage."""
    kinds = [Line.Kind.IMESSAGE] if "@" in address else [Line.Kind.IMESSAGE, Line.Kind.SMS]
    lines = list(Line.objects.of(workspace).filter(kind__in=kinds).order_by("pk"))
    return min(lines, key=lambda line: (not line.sends, kinds.index(Line.Kind(line.kind)), line.pk), default=None)


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody of the address book."""

    lead: Lead
    phone: str
    opted_out: bool


def address_book(workspace: Workspace, text: str) -> tuple[list[Found], bool]:
    """Leads by name, company or number, in the order of names; and whether there are more."""
    phones = Address.objects.of(workspace).filter(kind=Address.Kind.PHONE).order_by("rank")
    rows = Lead.objects.of(workspace).select_related("company").prefetch_related(Prefetch("addresses", phones, to_attr="phones"))
    leads = list(search(rows, workspace, text).order_by("name", "pk")[: FOUND + 1])
    out = optouts.standing(workspace.pk, [one.value for lead in leads for one in lead.phones])  # type: ignore[attr-defined]
    found = []
    for lead in leads[:FOUND]:
        numbers = [one.value for one in lead.phones]  # type: ignore[attr-defined]
        stopped = bool(lead.opted_out_at) or any(value in out for value in numbers)
        found.append(Found(lead, numbers[0] if numbers else "", stopped))
    return found, len(leads) > FOUND
