"""Figures over a file of labelled replies: what ``manage.py measure_intent`` prints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final, TypedDict

import numpy as np

from intent.agreement import calibration_error, macro_f1, share
from intent.examples import Example
from intent.vocabulary import OptOut, Reason, Status, Turn, Verdict

Reader = Callable[[Sequence[Turn]], Verdict]
WORST: Final = 20


class Mistake(TypedDict):
    id: str
    asked: str
    reply: str
    expected: str
    read_as: str
    opt_out: str
    confidence: float
    tags: list[str]


class Sure(TypedDict):
    precision: float
    recall: float


class Flagged(TypedDict):
    recall: float
    others_share: float


class OptOuts(TypedDict):
    sure: Sure
    flagged: Flagged


class Milliseconds(TypedDict):
    p50: float
    p95: float


class Figures(TypedDict):
    replies: int
    model_version: str
    status_accuracy: float
    status_macro_f1: float
    reason_macro_f1: float
    opt_out: OptOuts
    lookalikes_called: int
    ece: float
    ms: Milliseconds
    worst: list[Mistake]


@dataclass(frozen=True, slots=True)
class Read:
    """One example with its verdict and the milliseconds it took."""

    example: Example
    verdict: Verdict
    ms: float

    @property
    def right(self) -> bool:
        pair = self.example.pair
        return (self.verdict.status, self.verdict.reason) == (pair.status, pair.reason)


def measure(examples: Sequence[Example], reader: Reader) -> Figures:
    """Read every example once and count. Raises ValueError for no examples."""
    if not examples:
        raise ValueError("there is nothing to measure")
    reader(examples[0].thread)  # the model loads here, outside the clock
    return figures([_timed(example, reader) for example in examples])


def figures(reads: Sequence[Read]) -> Figures:
    times = np.asarray([read.ms for read in reads])
    return {
        "replies": len(reads),
        "model_version": reads[0].verdict.model_version,
        "status_accuracy": share([r.verdict.status == r.example.pair.status for r in reads]),
        "status_macro_f1": macro_f1([r.example.pair.status for r in reads], [r.verdict.status for r in reads], list(Status)),
        "reason_macro_f1": macro_f1(
            [r.example.pair.reason for r in reads],
            [r.verdict.reason for r in reads],
            [*Reason, None],
        ),
        "opt_out": _opt_outs(reads),
        "lookalikes_called": sum(
            "lookalike" in r.example.tags and not r.example.opt_out and r.verdict.opt_out == OptOut.SURE for r in reads
        ),
        "ece": calibration_error([r.verdict.confidence for r in reads], [r.right for r in reads]),
        "ms": {
            "p50": round(float(np.quantile(times, 0.5)), 2),
            "p95": round(float(np.quantile(times, 0.95)), 2),
        },
        "worst": [_mistake(read) for read in _worst(reads)],
    }


def _opt_outs(reads: Sequence[Read]) -> OptOuts:
    sure = [r for r in reads if r.verdict.opt_out == OptOut.SURE]
    outs = [r for r in reads if r.example.opt_out]
    others = [r for r in reads if not r.example.opt_out]
    return {
        "sure": {
            "precision": share([r.example.opt_out for r in sure]),
            "recall": share([r.verdict.opt_out == OptOut.SURE for r in outs]),
        },
        "flagged": {
            "recall": share([r.verdict.opt_out != OptOut.NONE for r in outs]),
            "others_share": share([r.verdict.opt_out != OptOut.NONE for r in others], empty=0.0),
        },
    }


def _timed(example: Example, reader: Reader) -> Read:
    start = perf_counter()
    verdict = reader(example.thread)
    return Read(example, verdict, (perf_counter() - start) * 1000)


def _worst(reads: Sequence[Read]) -> list[Read]:
    """Missed or wrong sure opt-outs first, then the most confident mistakes."""
    wrong = [r for r in reads if not r.right]

    def weight(read: Read) -> tuple[bool, float]:
        missed = read.example.opt_out != (read.verdict.opt_out == OptOut.SURE)
        return (missed, read.verdict.confidence)

    return sorted(wrong, key=weight, reverse=True)[:WORST]


def _mistake(read: Read) -> Mistake:
    thread = read.example.thread
    before = next((turn.text for turn in reversed(thread[:-1]) if turn.direction == "out"), "")
    pair, verdict = read.example.pair, read.verdict
    return {
        "id": read.example.id,
        "asked": before,
        "reply": thread[-1].text,
        "expected": _label(pair.status, pair.reason),
        "read_as": _label(verdict.status, verdict.reason),
        "opt_out": verdict.opt_out.value,
        "confidence": verdict.confidence,
        "tags": list(read.example.tags),
    }


def _label(status: Status, reason: Reason | None) -> str:
    return f"{status.label}/{reason.label if reason else 'none'}"
