"""How far two lists agree: shares, macro-F1, and how far confidence is from how often it is right."""

from collections.abc import Sequence
from typing import Final

import numpy as np

BINS: Final = 10


def macro_f1(true: Sequence[object], said: Sequence[object], classes: Sequence[object]) -> float:
    """The mean F1 over the classes that occur in either list."""
    scores = []
    for one in classes:
        hits = sum(t == one == s for t, s in zip(true, said, strict=True))
        total = sum(t == one for t in true) + sum(s == one for s in said)
        if total:
            scores.append(2 * hits / total)
    return round(float(np.mean(scores)), 4) if scores else 0.0


def calibration_error(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """Expected calibration error over ten bins of equal width."""
    sure, true = np.asarray(confidence), np.asarray(right, dtype=float)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        (bins == one).mean() * abs(sure[bins == one].mean() - true[bins == one].mean())
        for one in range(BINS)
        if (bins == one).any()
    ]
    return round(float(sum(gaps)), 4)


def share(facts: Sequence[bool], empty: float = 1.0) -> float:
    return round(sum(facts) / len(facts), 4) if facts else empty
