"""Where a campaign's message goes to: the address they were written to before or wrote from, else the best of theirs."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from campaigns.models import Enrolment
from campaigns.nodes import UNSUPPORTED, Message
from conversations.models import Conversation
from conversations.models import Message as MessageRow
from conversations.refusals import CannotWrite
from conversations.vocabulary import Direction, Family
from leads.checks.order import in_order
from leads.models import Address
from workspaces.models import Workspace


class Addresses:
    """The addresses of some leads, and where they last wrote from; two queries for all of them."""

    def __init__(self, workspace: Workspace, lead_ids: Collection[int]) -> None:
        self._rows: dict[int, list[Address]] = {}
        for row in Address.objects.of(workspace).filter(lead__in=lead_ids).only("lead_id", "kind", "rank", "value", "availability"):
            self._rows.setdefault(row.lead_id, []).append(row)
        wrote = MessageRow.objects.filter(conversation=OuterRef("pk"), direction=Direction.INCOMING)
        theirs = Conversation.objects.of(workspace).filter(Exists(wrote), lead__in=lead_ids, family=Family.PHONE)
        self._wrote_from = {lead: value for lead, value in theirs.values_list("lead_id", "address") if lead}

    def ranked(self, lead_id: int) -> list[Address]:
        return in_order(self._rows.get(lead_id, []))

    def pick(self, enrolment: Enrolment, settings: Message, *, sms: bool) -> str:
        """The address they were written to before in this campaign or wrote from themselves; else the first with iMessage in
        their order; else, where SMS may take over, the first number. Raises CannotWrite."""
        rows = self.ranked(enrolment.lead_id)
        wrote_from = self._wrote_from.get(enrolment.lead_id, "")
        return _pick(rows, settings, sms=sms, kept=enrolment.address, wrote_from=wrote_from)


def _pick(rows: list[Address], settings: Message, *, sms: bool, kept: str, wrote_from: str) -> str:
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
