"""The leads the demo's campaigns write to, and how far they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Past:
    """How far a lead came: what became of each message, then what they wrote, and what it meant."""

    name: str
    title: str
    persona: str
    company: str
    ago: float  # days since the first message
    became: str  # one letter a message: s sent, d delivered, r read, x not delivered
    said: str = ""
    intent: tuple[str, str, int] | None = None


FIN, OPS, REV = "Finance leader", "Ops leader", "RevOps"
YES, LATER, NO = ("positive", "meeting", 88), ("neutral", "later", 52), ("negative", "", 18)
PASTS: Final = [
    Past("Noor Rahimi", "Finance Director", FIN, "Ledgerline", 6, "rrr"),
    Past("Ines Ferreira", "Head of Finance", FIN, "Brightloom", 6, "rdr", "Happy to talk, Thursday?", YES),
    Past("Paul Lindgren", "CFO", FIN, "Harrow & Pine", 5.5, "rrs"),
    Past("Yuki Tan", "VP Finance", FIN, "Brightloom", 4, "rr"),
    Past("Diego Luna", "CFO", FIN, "Brightloom", 3.5, "sr", "Send me pricing please", ("positive", "pricing", 81)),
    Past("Olu Adeyemi", "Head of FP&A", FIN, "Harrow & Pine", 3, "rr"),
    Past("Ben Archer", "Controller", FIN, "Brightloom", 1.5, "r"),
    Past("Rob Castle", "CFO", FIN, "Harrow & Pine", 1.2, "x"),
    Past("Lena Fischer", "Finance Lead", FIN, "Brightloom", 1.1, "r", "Not now, maybe in spring", LATER),
    Past("Karim Aziz", "CFO", FIN, "Ledgerline", 0.9, "r"),
    Past("Sara Holm", "Head of Finance", FIN, "Harrow & Pine", 0.8, "s"),
    Past("Vik Patel", "Controller", FIN, "Brightloom", 0.4, "r", "No thanks", NO),
]
FRESH: Final = [
    ("Nadia Berg", "Finance Director", FIN, "Brightloom"),
    ("Owen Price", "CFO", FIN, "Harrow & Pine"),
    ("Tess Moreau", "Controller", FIN, "Ledgerline"),
]
DRAFTED: Final = [
    ("Iris Kent", "COO", OPS, "Pallet Nine"),
    ("Max Roth", "VP Operations", OPS, "Aperture Grid"),
    ("Gina Lopez", "RevOps Lead", REV, "Corvid Health"),
]
