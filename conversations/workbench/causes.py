"""For each cause of a failure, what can be done about it: the fix that helps most first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conversations.models import Repair
from conversations.vocabulary import FailReason
from conversations.wording.reasons import FAILED, cause_of

Fix = Repair.Fix

EDIT: Final = "edit"
OPEN_LINE: Final = "open_line"
OPEN_THREAD: Final = "open_thread"
PLACES: Final = {EDIT: "Edit number", OPEN_LINE: "Open line", OPEN_THREAD: "Open thread"}
"""Fixes that are a place to go to, not something to do at once."""

SENDING: Final = (Fix.RETRY, Fix.NEXT_ADDRESS, Fix.OTHER_LINE, Fix.SMS, Fix.FALLBACK)
"""Fixes that send the message again."""

FIXES: Final[dict[str, tuple[str, ...]]] = {
    FailReason.INVALID_NUMBER: (EDIT, Fix.NEXT_ADDRESS, Fix.EXCLUDE),
    FailReason.UNREACHABLE: (Fix.NEXT_ADDRESS, EDIT, Fix.SMS, Fix.RETRY, Fix.RECHECK, Fix.EXCLUDE),
    FailReason.CARRIER_ISSUE: (Fix.RETRY, Fix.OTHER_LINE, Fix.NEXT_ADDRESS, OPEN_LINE),
    FailReason.IMESSAGE_ISSUE: (Fix.FALLBACK, Fix.SMS, Fix.NEXT_ADDRESS, Fix.RETRY, Fix.RECHECK, Fix.OTHER_LINE, OPEN_LINE),
    FailReason.LINE_ISSUE: (OPEN_LINE, Fix.OTHER_LINE, Fix.RETRY),
    FailReason.CHANNEL_LIMIT: (Fix.OTHER_LINE, Fix.RETRY, OPEN_LINE),
    FailReason.CONTACT_DATA: (EDIT, Fix.NEXT_ADDRESS, Fix.RETRY, Fix.RECHECK, Fix.EXCLUDE),
    FailReason.MESSAGE_RESTRICTION: (OPEN_THREAD, Fix.SMS, Fix.OTHER_LINE),
    FailReason.EXPIRED: (Fix.RETRY, Fix.OTHER_LINE, OPEN_LINE),
    FailReason.OUTCOME_UNKNOWN: (OPEN_THREAD, OPEN_LINE, Fix.RETRY),
    FailReason.SENDER_CRASHED: (Fix.RETRY, Fix.OTHER_LINE),
    FailReason.CONSENT_FAILED: (OPEN_THREAD, Fix.RETRY, Fix.NEXT_ADDRESS, EDIT),
}
_ANY: Final[tuple[str, ...]] = (Fix.RETRY, Fix.OTHER_LINE, Fix.NEXT_ADDRESS)

ONE_BY_ONE: Final = (FailReason.OUTCOME_UNKNOWN,)
"""Perhaps they did arrive: somebody looks at each before it is sent again, and no bulk touches them."""

RETRIED_TOGETHER: Final = (
    FailReason.CARRIER_ISSUE,
    FailReason.IMESSAGE_ISSUE,
    FailReason.LINE_ISSUE,
    FailReason.CHANNEL_LIMIT,
    FailReason.EXPIRED,
    FailReason.SENDER_CRASHED,
)
"""What may well go through at a second try, with nothing else changed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A fix as it is offered. `place`: it leads somewhere; else it is done to the messages at once."""

    fix: str
    label: str
    place: bool


def offers(reason: str) -> list[Offer]:
    """The best first; that nothing is to be done can always be said."""
    wanted = (*FIXES.get(reason, _ANY), Fix.HANDLED)
    return [Offer(fix, PLACES.get(fix) or Fix(fix).label, fix in PLACES) for fix in wanted]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why messages were not delivered, in words, and what helps. `reason` is a FailReason, or empty where none is known."""

    reason: str

    @property
    def title(self) -> str:
        return str(dict(FailReason.choices).get(self.reason, self.reason or "Not delivered"))

    @property
    def helps(self) -> str:
        return FAILED.get(self.reason, "")

    @property
    def three_words(self) -> str:
        return cause_of(self.reason)

    @property
    def offers(self) -> list[Offer]:
        return offers(self.reason)

    @property
    def first(self) -> Offer:
        return self.offers[0]

    @property
    def one_by_one(self) -> bool:
        return self.reason in ONE_BY_ONE

    @property
    def retried_together(self) -> bool:
        return self.reason in RETRIED_TOGETHER
