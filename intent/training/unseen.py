"""What models say of replies whose scenario they never saw, and what the rules say of them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intent.blend import Blend, Floats, Judgement
from intent.encoder import tokenizer
from intent.examples import Example, folds, labels
from intent.layout import Manner, lay_tokens, manner
from intent.ngrams import features
from intent.rules import Vote, never_sure, vote
from intent.training import tune

logger = logging.getLogger(__name__)

FOLDS = 3


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Examples with the logits of models that never saw their scenario, and what the rules say."""

    examples: list[Example]
    encoder: Floats
    linear: Floats
    votes: list[Vote | None]
    doubted: npt.NDArray[np.bool_]
    manners: list[Manner]

    @property
    def typical(self) -> npt.NDArray[np.bool_]:
        """Replies of the guide's own set: the usual mix of easy and hard."""
        return np.asarray([example.source.startswith("development set") for example in self.examples])


def judgements(found: OutOfFold, blend: Blend) -> list[tuple[Example, Judgement]]:
    out: list[tuple[Example, Judgement]] = []
    for row, example in enumerate(found.examples):
        ruled = found.votes[row]
        if ruled is not None and ruled.decides:
            out.append((example, blend.decided_by(ruled)))
        else:
            judged = blend.judge(found.encoder[row], found.linear[row], ruled, found.manners[row], bool(found.doubted[row]))
            out.append((example, judged))
    return out


Part = tuple[list[int], npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Places of a fold's replies, and the logits of both models for them."""


def read_fold(examples: Sequence[Example], recipe: tune.Recipe, seed: int, fold: int) -> Part:
    """The fold as read by models that were fitted on the other folds."""
    readings = [example.reading for example in examples]
    rows = tune.rows_of([lay_tokens(reading, tokenizer()) for reading in readings])
    grams = [features(reading) for reading in readings]
    truth, home = labels(examples), folds(examples, FOLDS, seed)
    usable = np.asarray([reading.tapback is None for reading in readings])
    seen = np.nonzero((home != fold) & usable)[0]
    unseen = np.nonzero(home == fold)[0]
    logger.info("fold %d: fitted on %d replies", fold + 1, len(seen))
    model = tune.fit_encoder([rows[i] for i in seen], truth[seen], recipe, seed)
    table = tune.fit_linear([grams[i] for i in seen], truth[seen], recipe)
    encoder = tune.encoder_logits(model, [rows[i] for i in unseen])
    return unseen.tolist(), encoder, tune.linear_logits(table, [grams[i] for i in unseen])


def out_of_fold(examples: Sequence[Example], parts: Sequence[Part]) -> OutOfFold:
    places = [place for part in parts for place in part[0]]
    encoder = np.concatenate([part[1] for part in parts])
    return heard([examples[i] for i in places], encoder, np.concatenate([part[2] for part in parts]))


def heard(examples: list[Example], encoder: Floats, linear: Floats) -> OutOfFold:
    """Logits together with what the rules say."""
    readings = [example.reading for example in examples]
    votes, manners = [vote(reading) for reading in readings], [manner(reading, tokenizer()) for reading in readings]
    doubted = np.asarray([never_sure(reading, said) for reading, said in zip(readings, votes, strict=True)])
    return OutOfFold(examples, encoder.astype(np.float64), linear.astype(np.float64), votes, doubted, manners)
