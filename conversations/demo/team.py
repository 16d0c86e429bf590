"""The demo workspace of `make run`: a small sales team, two simulated lines and a few days of conversations.

The numbers are those of the simulated phone network (docs: its page lists what each one does), so that whatever is
sent from here arrives on a phone that a newcomer can hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said: minutes ago, who, and for ours what became of it."""

    ago: int
    text: str
    by: str = "them"  # them, us, device
    channel: str = "imessage"
    status: str = "read"  # ours: sent, delivered, read, or a FailReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    number: str
    name: str
    title: str
    persona: str
    persona_match: bool | None
    company: str
    said: list[Said] = field(default_factory=list)
    intent: tuple[str, str, int] | None = None  # status, reason, score


@dataclass(frozen=True, slots=True)
class Firm:
    name: str
    website: str
    industry: str
    icp: str
    icp_match: bool | None


DAY = 24 * 60

FIRMS = [
    Firm("Ledgerline", "ledgerline.example", "Fintech", "Fintech 50–500", True),
    Firm("Fathom Freight", "fathomfreight.example", "Logistics", "Ops-heavy 200+", True),
    Firm("Corvid Health", "corvidhealth.example", "Healthcare", "Ops-heavy 200+", False),
    Firm("Brightloom", "brightloom.example", "Retail tech", "Fintech 50–500", False),
    Firm("Harrow & Pine", "harrowpine.example", "Professional services", "", None),
    Firm("Aperture Grid", "aperturegrid.example", "Energy", "Ops-heavy 200+", True),
    Firm("Olivar Foods", "olivarfoods.example", "Food", "", None),
    Firm("Pallet Nine", "palletnine.example", "Logistics", "Ops-heavy 200+", True),
]

PEOPLE = [
    Person(
        "+12025550101", "Priya Raman", "VP Finance", "Finance leader", True, "Ledgerline",
        [
            Said(4 * DAY, "Hi Priya, Bob at Northwind. Ledgerline opened a second entity: closing two books by hand yet?", "us"),
            Said(3 * DAY, "We cut Modern Tiller’s close from 9 days to 3. Happy to show how in 15 min.", "us"),
            Said(42, "Ha, yes. Nine days is generous for us"),
            Said(41, "Tuesday at 2 works. Can you bring someone who knows the NetSuite side?"),
        ],
        ("positive", "meeting", 92),
    ),
    Person(
        "+12025550102", "Marcus Oyelaran", "Director of Operations", "Ops leader", True, "Fathom Freight",
        [
            Said(DAY + 200, "Marcus, quick one: how many hours a week does your team spend chasing proof of delivery?", "us"),
            Said(52, "how much is it for ~40 seats"),
        ],
        ("positive", "pricing", 84),
    ),
    Person(
        "+12025550160", "Dana Whitfield", "RevOps Manager", "RevOps", True, "Corvid Health",
        [
            Said(DAY + 90, "Hi Dana, Bob at Northwind. Are you the one for intake reporting at Corvid?", "us", "sms", "sent"),
            Said(79, "Not me — talk to Sam Okafor, he runs RevOps now", channel="sms"),
        ],
        ("positive", "referral", 78),
    ),
    Person(
        "+12025550103", "Elif Kaya", "Head of Finance", "Finance leader", True, "Brightloom",
        [
            Said(2 * DAY, "Elif, we help retail teams close in three days. Useful this quarter?", "us"),
            Said(86, "Worth a look before the board meeting?", "us"),
        ],
    ),
    Person(
        "+12025550104", "Tom Beckett", "Partner", "Finance leader", False, "Harrow & Pine",
        [
            Said(DAY + 30, "Tom, would a shorter month-end be worth 15 minutes to Harrow & Pine?", "us"),
            Said(124, "circle back after the new year pls"),
        ],
        ("neutral", "later", 55),
    ),
    Person(
        "+12025550125", "Jin Park", "COO", "Ops leader", True, "Aperture Grid",
        [
            Said(
                142, "Quick one about your dispatch backlog: is it still handled in spreadsheets?", "us", "sms",
                "unreachable", "The handset has not answered the carrier for three days.",
            ),
        ],
    ),
    Person(
        "+12025550161", "Sofía Marín", "Directora Financiera", "Finance leader", True, "Olivar Foods",
        [
            Said(2 * DAY, "Hola Sofía, soy Bob de Northwind. ¿Cómo cierran el mes en Olivar?", "us", "sms", "sent"),
            Said(DAY + 60, "Ya usamos otra herramienta, gracias", channel="sms"),
        ],
        ("negative", "competitor", 22),
    ),
    Person(
        "+12025550162", "Grant Liu", "Operations Manager", "Ops leader", True, "Pallet Nine",
        [
            Said(DAY + 300, "Grant, Bob at Northwind: could we halve the time your team spends on claims?", "us", "sms", "sent"),
            Said(DAY + 280, "stop", channel="sms"),
        ],
        ("negative", "requested_remove", 0),
    ),
    Person("+12025550105", "Sam Okafor", "Head of RevOps", "RevOps", True, "Corvid Health"),
    Person("+12025550106", "Noor Haddad", "Finance Director", "Finance leader", True, "Ledgerline"),
    Person("+12025550135", "Ana Ruiz", "VP Operations", "Ops leader", True, "Fathom Freight"),
    Person("+12025550147", "Leo Brandt", "Dispatch Lead", "Ops leader", False, "Pallet Nine"),
]  # fmt: skip

UNKNOWN = ("+12025550107", [Said(93, "who is this?")])

# Sent for real when the demo is first loaded, so that the phones ring and answers come in while one looks on.
FIRST_SENDS = [
    ("+12025550105", "Hi Sam, Dana at Corvid said you run RevOps now. Is intake reporting on your desk?"),
    ("+12025550106", "Noor, Priya mentioned you close the second entity. Could I show you both on Tuesday?"),
    ("+12025550135", "Ana, how does Fathom keep track of proof of delivery today?"),
]

CANNED = [
    ("Price per seat", "From 40 seats on it is 9 a seat a month, everything included. Shall I send the sheet?"),
    ("Offer a slot", "Happy to show you in 15 minutes. Would tomorrow at 10 or Thursday at 2 suit you?"),
    ("Right person", "Thanks for telling me. Who would be the best person to ask about it?"),
]

# What happened over channels that this console lists but does not send over (R15): it stands under Overview.
ELSEWHERE = [
    (
        "+12025550101",
        "email",
        "priya@ledgerline.example",
        [Said(5 * DAY, "Sharing the two-entity close checklist we mentioned.", "us", "email")],
    ),
    (
        "+12025550160",
        "linkedin",
        "linkedin.com/in/dana-whitfield",
        [Said(6 * DAY, "Thanks for connecting, Bob.", channel="linkedin")],
    ),
]
