"""Which arm of a branch a lead goes to. The engine asks it for leads at the branch, the launch plan for those yet to come."""

from __future__ import annotations

from typing import Protocol

from campaigns.nodes import Branch
from campaigns.vocabulary import Arm, BranchTest
from leads.models import Lead


class Asked(Protocol):
    """What a branch may ask about a lead; only what its test needs is asked."""

    def replied(self) -> bool:
        """Whether they have written since the last message to them."""

    def read(self) -> bool:
        """Whether they have read the last message."""

    def has_imessage(self) -> bool:
        """Whether an address of theirs is known to have it."""

    def intent(self) -> tuple[str, str] | None:
        """Status and reason of what they last wrote; None while it is being read."""


def answer(branch: Branch, lead: Lead, asked: Asked) -> tuple[Arm, str] | None:
    """The arm and why, in words; None while the answer is not known yet. The lead comes with their company."""
    match branch.test:
        case BranchTest.REPLIED:
            return _arm(asked.replied(), "they replied", "no reply in that time")
        case BranchTest.READ:
            return _arm(asked.read(), "they read it", "not read in that time")
        case BranchTest.IMESSAGE:
            return _arm(asked.has_imessage(), "an address has iMessage", "no address is known to have iMessage")
        case BranchTest.ICP:
            icp = lead.company.icp if lead.company else ""
            return _arm(icp in branch.values and icp != "", icp, icp or "no ICP")
        case BranchTest.PERSONA:
            return _arm(lead.persona in branch.values and lead.persona != "", lead.persona, lead.persona or "no persona")
        case _:
            return _means(branch, asked.intent())


def _means(branch: Branch, intent: tuple[str, str] | None) -> tuple[Arm, str] | None:
    if intent is None:
        return None
    status, reason = intent
    fits = (not branch.statuses or status in branch.statuses) and (not branch.reasons or reason in branch.reasons)
    said = " · ".join(filter(None, intent)).replace("_", " ") or "nothing is known"
    return _arm(bool(status) and fits, said, said)


def _arm(yes: bool, why_yes: str, why_no: str) -> tuple[Arm, str]:
    return (Arm.YES, why_yes) if yes else (Arm.NO, why_no)
