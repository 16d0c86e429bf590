"""Fit the blend on out-of-fold logits: weights, opt-out chance, thresholds, confidence."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from intent.blend import REMOVE_AT, Blend, Floats, log_softmax
from intent.training.unseen import OutOfFold
from intent.vocabulary import PAIRS

#: Aims on out-of-fold data. Our own scenarios hold several times the look-alikes and oblique opt-outs of the guide's:
#: of the guide's the bounds call fewer other replies and miss fewer opt-outs than these figures say. They are chosen so that
#: of the guide's a "sure" is right in more than 0.97 and some 4 % of others are flagged (see the model card).
SURE_PRECISION = 0.97
OTHERS_FLAGGED = 0.09
#: Weights before the sixteen of the pairs: two models, two kinds of votes, both models by both manners.
FIXED = 8


def fit(found: OutOfFold, labels: npt.NDArray[np.int64]) -> Blend:
    """From logits, votes, doubts and manners per row, and the true pair indices.

    Confidence is fitted on all rows: on the guide's mix alone it trusts itself too much where replies are harder.
    """
    encoder, linear, votes = found.encoder, found.linear, found.votes
    free = np.asarray([vote is None or not vote.decides for vote in votes])
    voted = np.zeros((len(labels), len(PAIRS)))
    wished = np.zeros_like(voted)
    for row, vote in enumerate(votes):
        if vote is not None:
            at = PAIRS.index(vote.pair)
            (wished if at == REMOVE_AT else voted)[row, at] = 1.0
    first, second = log_softmax(encoder[:, :-1]), log_softmax(linear[:, :-1])
    manners = np.asarray(found.manners)

    def scores(x: Floats) -> Floats:
        by_encoder, by_ngrams = x[0] + manners @ x[4:6], x[1] + manners @ x[6:8]
        result: Floats = by_encoder[:, None] * first + by_ngrams[:, None] * second + x[2] * voted + x[3] * wished + x[FIXED:]
        return result

    def loss(x: Floats) -> float:
        chosen = log_softmax(scores(x))[free, labels[free]]
        return float(-chosen.mean() + 0.002 * (x[FIXED:] ** 2).sum())

    start = np.concatenate([[1.0, 0.5, 1.0, 1.0], np.zeros(FIXED - 4 + len(PAIRS))])
    x = minimize(loss, start, method="L-BFGS-B").x
    shares = np.exp(log_softmax(scores(x)))
    opt_out = _fit_opt_out(encoder, linear, shares, labels, free)
    chance = _chances(opt_out, encoder, linear, shares)
    for row, vote in enumerate(votes):
        if vote is not None and vote.decides:
            chance[row] = float(PAIRS.index(vote.pair) == REMOVE_AT)
    sure, suspect = _bounds(chance, labels == REMOVE_AT, found.doubted)
    decided = [PAIRS.index(v.pair) == label for v, label in zip(votes, labels, strict=True) if v is not None and v.decides]
    return Blend(
        joint=(float(x[0]), float(x[1])),
        by_manner=(float(x[4]), float(x[5]), float(x[6]), float(x[7])),
        bias=tuple(round(float(value), 4) for value in x[FIXED:]),
        vote=float(x[2]),
        wish=float(x[3]),
        opt_out=opt_out,
        trust=_fit_trust(_odds(shares.max(axis=1))[free], (shares.argmax(axis=1) == labels)[free]),
        sure=sure,
        suspect=suspect,
        decided=float((sum(decided) + 1) / (len(decided) + 2)),
    )


def _odds(share: Floats) -> Floats:
    kept = np.clip(share, 1e-6, 1 - 1e-6)
    result: Floats = np.log(kept / (1 - kept))
    return result


def _inputs(encoder: Floats, linear: Floats, shares: Floats) -> Floats:
    odds = _odds(shares[:, REMOVE_AT])
    return np.stack([encoder[:, -1], linear[:, -1], odds, np.ones(len(odds))], axis=1)


def _fit_opt_out(
    encoder: Floats,
    linear: Floats,
    shares: Floats,
    labels: npt.NDArray[np.int64],
    free: npt.NDArray[np.bool_],
) -> tuple[float, float, float, float]:
    given = _inputs(encoder, linear, shares)[free]
    sign = np.where(labels[free] == REMOVE_AT, 1.0, -1.0)

    def loss(w: Floats) -> float:
        return float(np.logaddexp(0, -sign * (given @ w)).mean() + 1e-4 * (w[:3] ** 2).sum())

    w = minimize(loss, np.array([0.3, 0.3, 0.3, 0.0]), method="L-BFGS-B", bounds=[(0, None)] * 3 + [(None, None)]).x
    return float(w[0]), float(w[1]), float(w[2]), float(w[3])


def _chances(opt_out: tuple[float, float, float, float], encoder: Floats, linear: Floats, shares: Floats) -> Floats:
    value = _inputs(encoder, linear, shares) @ np.asarray(opt_out)
    result: Floats = 1 / (1 + np.exp(-value))
    return result


def _bounds(chance: Floats, true: npt.NDArray[np.bool_], doubted: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """The lowest "sure" bound that keeps its precision; "suspect" flags a fixed share of others."""
    order = np.argsort(-np.where(doubted, -1.0, chance))
    hits = np.cumsum(true[order])
    precision = hits / np.arange(1, len(order) + 1)
    good = np.nonzero(precision >= SURE_PRECISION)[0]
    sure = float(chance[order[good[-1]]]) if len(good) else 1.0
    suspect = float(np.quantile(chance[~true], 1 - OTHERS_FLAGGED))
    return min(sure, 0.999), min(suspect, sure)


def _fit_trust(odds: Floats, right: npt.NDArray[np.bool_]) -> tuple[float, float]:
    sign = np.where(right, 1.0, -1.0)

    def loss(w: Floats) -> float:
        return float(np.logaddexp(0, -sign * (w[0] * odds + w[1])).mean())

    w = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    return float(w[0]), float(w[1])
