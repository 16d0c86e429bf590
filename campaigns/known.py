"""Facts on which the next step of some enrolments depends; each is read on first use, for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from campaigns import nodes, timing
from campaigns.models import Enrolment, Execution
from campaigns.vocabulary import MESSAGES, BranchTest, ExecutionState, WaitMode
from leads import quiet
from leads.models import Address


class Known:
    """About these enrolments, which are locked or not saved yet, so that the answers stay true while it is used."""

    def __init__(self, enrolments: Iterable[Enrolment]) -> None:
        self._enrolments = list(enrolments)

    def last_message(self, enrolment: Enrolment) -> Execution | None:
        """The visit whose message was sent last."""
        return self._last.get(enrolment.pk)

    def was_read(self, enrolment: Enrolment) -> bool:
        last = self.last_message(enrolment)
        return last is not None and last.read_at is not None

    def has_imessage(self, enrolment: Enrolment) -> bool:
        """Whether an address of the lead is known to have it."""
        return enrolment.lead_id in self._with_imessage

    def zones(self, enrolment: Enrolment) -> list[ZoneInfo]:
        """Where the lead may be: their own zone, else those of the number that is written to or of their first one, else the
        workspace's."""
        lead = enrolment.lead
        number = "" if lead.time_zone else self._numbers.get(lead.pk, "")
        return quiet.zones_of(enrolment.address, lead.time_zone, enrolment.workspace, number)

    def over_at(self, enrolment: Enrolment, settings: nodes.Settings, now: datetime, begun: datetime | None = None) -> datetime:
        """When a node that the engine decides is looked at, at the latest; now, where what it waits for has happened already.
        `begun`: when the visit began, if not now."""
        match settings:
            case nodes.Wait(mode=WaitMode.READ) | nodes.Branch(test=BranchTest.READ) if self.was_read(enrolment):
                return now
            case nodes.Branch(test=BranchTest.REPLIED | BranchTest.READ):
                last = self.last_message(enrolment)
                return timing.over(settings, begun or now, self.zones(enrolment), last=last.at if last else None)
            case nodes.Wait():
                return timing.over(settings, begun or now, self.zones(enrolment))
            case _:
                return now

    @cached_property
    def _last(self) -> dict[int, Execution]:
        ids = [one.pk for one in self._enrolments if one.pk]
        sent = Execution.objects.filter(enrolment__in=ids, state=ExecutionState.EXECUTED, node__kind__in=MESSAGES)
        newest = sent.exclude(handed_at=None).order_by("enrolment", "-at", "-pk").distinct("enrolment")
        return {one.enrolment_id: one for one in newest}

    @cached_property
    def _with_imessage(self) -> set[int]:
        leads = {one.lead_id for one in self._enrolments}
        has = Address.objects.filter(lead__in=leads, availability=Address.Availability.AVAILABLE)
        return set(has.values_list("lead_id", flat=True))

    @cached_property
    def _numbers(self) -> dict[int, str]:
        """The first number of leads whose zone must be told by it."""
        return quiet.numbers_of(
            {one.lead_id for one in self._enrolments if not one.address.startswith("+") and not one.lead.time_zone}
        )
