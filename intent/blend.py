"""How rules, encoder and n-grams become one distribution, one opt-out chance, one confidence.

All numbers here were fitted on out-of-fold predictions grouped by scenario
(intent/training/calibrate.py); this module only applies them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from intent.layout import Manner
from intent.rules import Vote
from intent.vocabulary import ANCHORS, PAIRS, REMOVE, OptOut, Pair

REMOVE_AT = PAIRS.index(REMOVE)
Floats = npt.NDArray[np.float64]
_ANCHORS: Final = np.asarray([ANCHORS[pair] for pair in PAIRS], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Judgement:
    pair: Pair
    band: OptOut
    score: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Blend:
    """``joint`` weighs encoder and n-gram log-odds, ``by_manner`` adds to each weight by how the reply is written
    (encoder by broken and length, n-grams by broken and length); a rule's vote gains ``vote`` in log-odds,
    ``wish`` where it heard a wish for silence.

    ``opt_out`` weighs (encoder head, n-gram head, joint log-odds, constant); ``trust`` maps the
    log-odds of the winning pair to a calibrated confidence; ``sure`` and ``suspect`` are bounds
    on the opt-out chance; ``decided`` is how often deciding rules proved right.
    """

    joint: tuple[float, float]
    by_manner: tuple[float, float, float, float]
    bias: tuple[float, ...]
    vote: float
    wish: float
    opt_out: tuple[float, float, float, float]
    trust: tuple[float, float]
    sure: float
    suspect: float
    decided: float

    def decided_by(self, vote: Vote) -> Judgement:
        """The judgement where a rule ends the matter."""
        band = OptOut.SURE if vote.pair == REMOVE else OptOut.NONE
        return Judgement(vote.pair, band, ANCHORS[vote.pair], round(self.decided, 3))

    def judge(self, encoder: Floats, linear: Floats, vote: Vote | None, manner: Manner, doubted: bool = False) -> Judgement:
        """From the (17,) logits of each model, a rule's vote and the reply's manner.

        A sure opt-out is Requested Remove whatever the distribution says. Where only the
        distribution says so, the band is at least suspect. ``doubted``: the words negate or
        limit the wish, so it is suspect at most and some other pair stands. The score is 0 for
        opt-outs alone.
        """
        shares = self.shares(encoder, linear, vote, manner)
        chance = self.opt_out_chance(encoder, linear, shares)
        band = self.band(chance)
        if doubted:
            band = OptOut.NONE if band is OptOut.NONE else OptOut.SUSPECT
            shares = np.where(np.arange(len(PAIRS)) == REMOVE_AT, 0.0, shares)
            shares = shares / shares.sum()
        at = int(shares.argmax())
        confidence = self.confidence(float(shares[at]))
        if band is OptOut.SURE:
            at, confidence = REMOVE_AT, max(chance, confidence) if at == REMOVE_AT else chance
        elif at == REMOVE_AT:
            band = OptOut.SUSPECT
        score = 0 if at == REMOVE_AT else max(1, round(float(shares @ _ANCHORS)))
        return Judgement(PAIRS[at], band, score, round(confidence, 3))

    def shares(self, encoder: Floats, linear: Floats, vote: Vote | None, manner: Manner) -> Floats:
        """Probabilities of the sixteen pairs, from (…, 17) logits of each model."""
        a, b, c, d = self.by_manner
        by_encoder = self.joint[0] + a * manner.broken + b * manner.length
        by_ngrams = self.joint[1] + c * manner.broken + d * manner.length
        scores = by_encoder * log_softmax(encoder[:-1]) + by_ngrams * log_softmax(linear[:-1])
        scores = scores + np.asarray(self.bias)
        if vote is not None:
            scores[PAIRS.index(vote.pair)] += self.wish if vote.pair == REMOVE else self.vote
        result: Floats = np.exp(log_softmax(scores))
        return result

    def opt_out_chance(self, encoder: Floats, linear: Floats, shares: Floats) -> float:
        joint = log_odds(float(shares[REMOVE_AT]))
        a, b, c, constant = self.opt_out
        return sigmoid(a * float(encoder[-1]) + b * float(linear[-1]) + c * joint + constant)

    def band(self, chance: float) -> OptOut:
        if chance >= self.sure:
            return OptOut.SURE
        return OptOut.SUSPECT if chance >= self.suspect else OptOut.NONE

    def confidence(self, share: float) -> float:
        return sigmoid(self.trust[0] * log_odds(share) + self.trust[1])


def log_softmax(scores: Floats) -> Floats:
    top = scores - scores.max(axis=-1, keepdims=True)
    result: Floats = top - np.log(np.exp(top).sum(axis=-1, keepdims=True))
    return result


def log_odds(share: float) -> float:
    kept = min(max(share, 1e-6), 1 - 1e-6)
    return float(np.log(kept / (1 - kept)))


def sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
