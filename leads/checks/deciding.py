"""What an answer means for its address and its lead: the next address, once more, or a result (R7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from leads.models import Address, CheckItem

Verdict = Literal["available", "unavailable", "doubtful", "error"]

TWICE: Final = 2
"""Askings after which a doubtful "no" counts, and after which an error is one (gateways.md 1.6)."""

AGAIN_AFTER: Final = 2.0
"""Seconds before an address that gave an error is asked about once more."""

State = CheckItem.State
Availability = Address.Availability


@dataclass(frozen=True, slots=True)
class Result:
    """One answer. `line_fault`: the line itself cannot be asked, so that other addresses would fare no better."""

    item_id: int
    lease: datetime
    address: str
    verdict: Verdict
    reason: str = ""
    line_fault: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What an answer does to its item and its address. `availability` is empty while the address has no answer."""

    state: CheckItem.State
    outcome: str = ""
    availability: str = ""
    asks: int = 0
    failed: bool = False
    wait: float = 0.0  # seconds


def step(result: Result, item: CheckItem, left: int) -> Step:
    """Decide. `left`: addresses of the lead that are still to be asked after this one.

    Asking stops at the first available. Unavailable only when every address said no; an error where none is
    available and one could not be asked.
    """
    asks = item.asks + 1
    match result.verdict:
        case "available":
            return Step(State.DONE, Availability.AVAILABLE, Availability.AVAILABLE, failed=item.failed)
        case "doubtful" if asks < TWICE:
            return Step(State.QUEUED, asks=asks, failed=item.failed)
        case "doubtful" | "unavailable":
            if left:
                return Step(State.QUEUED, availability=Availability.UNAVAILABLE, failed=item.failed)
            outcome = Availability.ERROR if item.failed else Availability.UNAVAILABLE
            return Step(State.DONE, outcome, Availability.UNAVAILABLE, failed=item.failed)
        case "error" if asks < TWICE:
            return Step(State.QUEUED, asks=asks, failed=item.failed, wait=AGAIN_AFTER)
        case "error":
            if left and not result.line_fault:
                return Step(State.QUEUED, availability=Availability.ERROR, failed=True)
            return Step(State.DONE, Availability.ERROR, Availability.ERROR, failed=True)
