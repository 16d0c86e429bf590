"""What a report can be told apart by, and what it counts: one definition for a number and for the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Dimension:
    """`none` is what its empty part is called."""

    title: str
    none: str = ""


USUAL: Final = "campaign"
DIMENSIONS: Final[dict[str, Dimension]] = {
    "campaign": Dimension("Campaign", "No campaign"),
    "line": Dimension("Line", "A line that was removed"),
    "channel": Dimension("Channel", "No channel yet"),
    "persona": Dimension("Persona", "No persona"),
    "icp": Dimension("ICP", "No ICP"),
    "step": Dimension("Step", "No campaign step"),
    "variant": Dimension("Variant", "One text only"),
    "hour": Dimension("Hour of day"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One number of the funnel; `of` is what it is a share of."""

    title: str
    of: str = "sent"
    hint: str = ""


NOT_DELIVERED: Final = "not_delivered"
STAGES: Final[dict[str, Stage]] = {
    "sent": Stage("Sent", of="tried", hint="Messages handed over to a line, and not reported as failed since."),
    "delivered": Stage("Delivered", hint="Confirmed by the gateway, read or answered. Not every carrier confirms."),
    "read": Stage("Read", hint="Directional: receipts can be off, and an SMS has none. A message without one may have been read."),
    "replied": Stage("Replied", hint="The newest message before an answer."),
    "positive": Stage("Positive", of="replied", hint="Answered, and the conversation is positive now."),
    "opted_out": Stage("Opted out", hint="The last message before the contact opted out."),
    NOT_DELIVERED: Stage("Not delivered", of="tried", hint="Of those that were sent or failed in this time."),
}

TALLIED: Final = ("sent", "delivered", "read", "replied", NOT_DELIVERED)
"""The stages that are added up as messages change, in the order of a tally's columns; the others are counted where they are few."""
