"""The words intent is spoken in: statuses, reasons, opt-out bands, and the verdict on a reply.

The sixteen allowed (status, reason) pairs and the score anchors are those of the labelling
guide (docs/intent-labels.md). Everything here is plain data: no tables, no I/O.
"""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from django.db import models


class Status(models.TextChoices):
    """What the rep should do next, not what the mood is."""

    POSITIVE = "positive", "Positive"
    NEUTRAL = "neutral", "Neutral"
    NEGATIVE = "negative", "Negative"


class Reason(models.TextChoices):
    """Why; exactly one, or none (``None``, shown as an empty cell)."""

    MEETING = "meeting", "Meeting"
    PRICING = "pricing", "Pricing"
    INFO = "info", "Info"
    LATER = "later", "Later"
    REFERRAL = "referral", "Referral"
    COMPETITOR = "competitor", "Competitor"
    BUDGET = "budget", "Budget"
    NO_NEED = "no_need", "No Need"
    WRONG_PERSONA = "wrong_persona", "Wrong Persona"
    REQUESTED_REMOVE = "requested_remove", "Requested Remove"


class OptOut(models.TextChoices):
    """How surely the reply asks for silence.

    ``sure`` suppresses at once; ``suspect`` holds automation and asks a person.
    """

    SURE = "sure", "Opt-out"
    SUSPECT = "suspect", "Opt-out?"
    NONE = "none", "No opt-out"


class Layer(models.TextChoices):
    """Which layer decided."""

    KEYWORD = "keyword", "Keyword"
    RULE = "rule", "Rule"
    MODEL = "model", "Model"
    LLM = "llm", "LLM"
    PERSON = "person", "Person"


class Pair(NamedTuple):
    """One allowed combination; ``reason`` is None for "none"."""

    status: Status
    reason: Reason | None


#: The sixteen allowed pairs, in the order of the model's outputs, with their score anchors (0-100).
ANCHORS: Final[dict[Pair, int]] = {
    Pair(Status.POSITIVE, Reason.MEETING): 95,
    Pair(Status.POSITIVE, Reason.PRICING): 85,
    Pair(Status.POSITIVE, Reason.INFO): 78,
    Pair(Status.POSITIVE, None): 75,
    Pair(Status.POSITIVE, Reason.REFERRAL): 70,
    Pair(Status.POSITIVE, Reason.LATER): 68,
    Pair(Status.NEUTRAL, Reason.INFO): 55,
    Pair(Status.NEUTRAL, Reason.LATER): 50,
    Pair(Status.NEUTRAL, None): 45,
    Pair(Status.NEUTRAL, Reason.COMPETITOR): 40,
    Pair(Status.NEGATIVE, Reason.COMPETITOR): 22,
    Pair(Status.NEGATIVE, Reason.BUDGET): 20,
    Pair(Status.NEGATIVE, Reason.NO_NEED): 12,
    Pair(Status.NEGATIVE, Reason.WRONG_PERSONA): 8,
    Pair(Status.NEGATIVE, None): 5,
    Pair(Status.NEGATIVE, Reason.REQUESTED_REMOVE): 0,
}
PAIRS: Final[tuple[Pair, ...]] = tuple(ANCHORS)
REMOVE: Final = Pair(Status.NEGATIVE, Reason.REQUESTED_REMOVE)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a thread, oldest first: ``direction`` as seen from the workspace."""

    direction: Literal["in", "out"]
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the reply that decided, the layer that used them, and what it took them for."""

    layer: Layer
    words: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply means.

    ``score`` 0-100 is interest (the guide's anchors weighed by the model's distribution; 0 is
    reserved for opt-outs). ``confidence`` 0-1 is the calibrated chance that status and reason
    are both right; below ``REVIEW_BELOW`` a row is shown as "review".
    """

    status: Status
    reason: Reason | None
    opt_out: OptOut
    score: int
    confidence: float
    evidence: tuple[Evidence, ...]
    model_version: str

    def __post_init__(self) -> None:
        if Pair(self.status, self.reason) not in ANCHORS:
            raise ValueError(f"{self.status}/{self.reason or 'none'} is not an allowed pair")

    @property
    def needs_review(self) -> bool:
        return self.confidence < REVIEW_BELOW


#: Below this calibrated confidence the row says "review" (S0-88).
REVIEW_BELOW: Final = 0.6
