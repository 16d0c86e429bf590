"""What each number does. +1 202 555 01xx is set aside for fiction and valid for phonenumbers.

Ends and behaviours are listed in GUIDE, which the phones' page shows as "numbers to try".

Any other address is on iMessage, reads with p = 0.6 and replies with p = 0.3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from lines.simulator.script import FIRST

Answer = Literal["ok", "500_delivered", "500_refused", "dropped", "504", "no_helper"]
Hooks = Literal["normal", "tripled", "none"]

MINUTES_90: Final = 5_400.0


@dataclass(frozen=True, slots=True)
class Habits:
    imessage: bool = True
    first_check_false: bool = False
    answer: Answer = "ok"
    hooks: Hooks = "normal"
    reads: float = 0.6  # probability
    reads_after: float | None = None  # seconds, unscaled; None: the usual
    replies: float = 0.3  # probability
    delivery_date: bool = True
    story: str = ""  # a key of script.STORIES: what it always answers


_ALWAYS: Final = Habits(reads=1.0, replies=1.0)
_SILENT: Final = Habits(reads=1.0, replies=0.0)
_SPECIAL: Final = {
    40: replace(_SILENT, answer="500_delivered"),
    41: replace(_SILENT, answer="500_refused"),
    42: replace(_SILENT, answer="dropped"),
    43: replace(_SILENT, answer="504"),
    44: replace(_SILENT, reads_after=MINUTES_90),
    45: replace(_ALWAYS, hooks="tripled", story="agrees"),
    46: replace(_ALWAYS, hooks="none", story="agrees"),
    47: replace(_ALWAYS, story="stop"),
    48: replace(_ALWAYS, story="take_me_off"),
    49: replace(_ALWAYS, story="booth"),
    50: replace(_ALWAYS, story="love_and_unlove"),
    51: replace(_ALWAYS, story="emoji_tapback"),
    52: replace(_ALWAYS, story="photo"),
    53: replace(_ALWAYS, story="edited"),
    54: replace(_SILENT, delivery_date=False),
    99: replace(_SILENT, answer="no_helper"),
}


# First and last two digits, and what happens: the table for people who try things by hand.
GUIDE: Final = (
    (0, 19, "Delivers, reads and replies; each number has its own first answer"),
    (20, 29, "Not on iMessage: an iMessage fails silently after a moment"),
    (30, 34, "Availability is first no, then yes"),
    (35, 39, "Delivered, never read"),
    (40, 40, "Delivered, but the line hears an error"),
    (41, 41, "Refused by Apple at once"),
    (42, 42, "Delivered, but the connection breaks"),
    (43, 43, "Delivered, but the line hears a time-out"),
    (44, 44, "Read 90 minutes later"),
    (45, 45, "Every webhook three times, shuffled"),
    (46, 46, "No webhooks: only catch-up finds the reply"),
    (47, 47, "Replies STOP"),
    (48, 48, "Replies “please take me off your list”"),
    (49, 49, "Replies “Stop by our booth!”, which is no opt-out"),
    (50, 50, "Loves the message, then takes it back"),
    (51, 51, "Reacts with an emoji"),
    (52, 52, "Sends a HEIC photo with a caption"),
    (53, 53, "Edits its reply"),
    (54, 54, "Delivered without a date"),
    (60, 69, "SMS only, no receipts"),
    (99, 99, "Every send fails: the Private API helper is gone"),
)


def describe(address: str) -> str:
    """What the number does, in words; "" for ordinary people."""
    number = magic_number(address)
    if number is None:
        return ""
    if number < len(FIRST):
        return f"Answers: {FIRST[number].label}"
    return next((words for first, last, words in GUIDE if first <= number <= last), "")


def habits_of(address: str) -> Habits:
    """By GUIDE; email addresses and other numbers are ordinary people."""
    number = magic_number(address)
    if number is None:
        return Habits()
    if number in _SPECIAL:
        return _SPECIAL[number]
    if number < 20:
        return _ALWAYS
    if number < 30 or 60 <= number < 70:
        return Habits(imessage=False, reads=0.0, replies=0.3)
    if number < 35:
        return replace(_ALWAYS, first_check_false=True)
    if number < 40:
        return Habits(reads=0.0, replies=0.3)
    return Habits()


def magic_number(address: str) -> int | None:
    """0-99 for +1 202 555 0100-0199, else None."""
    prefix, tail = address[:-2], address[-2:]
    return int(tail) if prefix == "+120255501" and tail.isdecimal() else None
