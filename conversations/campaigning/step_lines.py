"""Over which line a campaign's message goes: the one they know among those of the campaign, else the one with most room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from campaigns.models import Campaign, CampaignLine
from campaigns.nodes import Message
from conversations.refusals import CannotWrite, NotYet
from conversations.sending.choosing import choose_lines
from conversations.sending.routes import line_for_sms
from lines.models import Line


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line is wanted to write to `address`. `kept`: the one of the enrolment (id). `later`: it waits for its time anyway,
    so that the line they know need not be connected now."""

    address: str
    settings: Message
    sms: bool
    kept: int | None = None
    later: bool = False


class StepLines:
    """The campaign's lines, without a choice the workspace's, read once; which of them may carry a step."""

    def __init__(self, campaign: Campaign) -> None:
        self._workspace = campaign.workspace
        chosen = list(CampaignLine.objects.filter(campaign=campaign).values_list("line", flat=True))
        rows = Line.objects.of(self._workspace).select_related("fallback_line", "workspace").order_by("pk")
        kinds = [Line.Kind.IMESSAGE, Line.Kind.SMS]
        self._lines = list(rows.filter(Q(pk__in=chosen) if chosen else Q(kind__in=kinds)))
        self._for_sms: list[Line] | None = None

    def carrying(self, settings: Message, *, sms: bool, email: bool) -> list[Line]:
        """Those that can carry the step, iMessage before SMS."""
        if sms:
            return self._texting()
        imessage = self._of(Line.Kind.IMESSAGE)
        return imessage or (self._of(Line.Kind.SMS) if settings.fallback and not email else [])

    def choose(self, wanted: Sequence[Wanted]) -> list[Line | CannotWrite | NotYet]:
        """The line for each, or why there is none now or ever. New people are shared out in this order."""
        found: list[Line | CannotWrite | NotYet | None] = [self._at_once(one) for one in wanted]
        open_: dict[tuple[int, ...], list[int]] = {}
        allowed = {}
        for turn, one in enumerate(wanted):
            if found[turn] is None:
                lines = self.carrying(one.settings, sms=one.sms, email="@" in one.address)
                key = tuple(line.pk for line in lines)
                allowed[key] = lines
                open_.setdefault(key, []).append(turn)
        for key, turns in open_.items():
            chosen = choose_lines(self._workspace, [wanted[turn].address for turn in turns], allowed[key])
            for turn in turns:
                found[turn] = chosen[wanted[turn].address] or NotYet("No line that may write to them is connected")
        return [one for one in found if one is not None]

    def _at_once(self, one: Wanted) -> Line | CannotWrite | NotYet | None:
        """What needs no choice: there is no line, or they keep theirs and wait for it."""
        lines = self.carrying(one.settings, sms=one.sms, email="@" in one.address)
        if not lines:
            return CannotWrite(f"The campaign has no line that sends {'SMS' if one.sms else 'iMessage'}")
        kept = next((line for line in lines if line.pk == one.kept), None)
        if kept and not (kept.sends or one.later):
            return NotYet(f"{kept} is not connected")
        return kept

    def _of(self, kind: Line.Kind) -> list[Line]:
        return [line for line in self._lines if line.kind == kind]

    def _texting(self) -> list[Line]:
        if self._for_sms is None:
            through = (line_for_sms(line) for line in self._of(Line.Kind.IMESSAGE))
            self._for_sms = self._of(Line.Kind.SMS) or [line for line in through if line]
        return self._for_sms
