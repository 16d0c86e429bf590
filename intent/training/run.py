"""From labelled replies to the artefact: out-of-fold runs, calibration, the final fit."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from intent import artefact
from intent.blend import Blend, Floats, Judgement
from intent.encoder import Adapters, package_folder, tokenizer
from intent.examples import Example, folds, labels
from intent.layout import lay_tokens
from intent.ngrams import Linear, features
from intent.rules import Vote, doubts_opt_out, vote
from intent.training import calibrate, figures, graph, tune

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

    @property
    def typical(self) -> npt.NDArray[np.bool_]:
        """Replies of the guide's own set: the usual mix of easy and hard."""
        return np.asarray([example.source.startswith("development set") for example in self.examples])


def train(
    examples: Sequence[Example],
    folder: Path,
    *,
    seed: int,
    data: dict[str, str],
    recipe: tune.Recipe | None = None,
    threads: int = 1,
    rounds: int = 1,
) -> dict[str, Any]:
    """Write an artefact into ``folder`` and return what its manifest says.

    1. Out-of-fold logits for ``rounds`` of the three folds, grouped by scenario. One is enough
       to fit some thirty numbers; three give figures over every reply and take three times as long.
    2. The blend, thresholds and confidence fitted on them.
    3. Both models fitted on everything.
    ``data`` maps each file's name to its hash.
    """
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    recipe = recipe or tune.Recipe()
    found = out_of_fold(examples, recipe, seed, rounds)
    encoder, linear = fit_all(examples, recipe, seed)
    told = about(examples, recipe, seed, data) | {"rounds": rounds}
    return finish(folder, found, encoder.adapters() | encoder.heads(), linear, told)


def finish(folder: Path, found: OutOfFold, adapters: Adapters, linear: Linear, told: dict[str, Any]) -> dict[str, Any]:
    """Fit the blends, count the out-of-fold figures, write the artefact."""
    truth = labels(found.examples)
    blend = calibrate.fit(found.encoder, found.linear, found.votes, found.doubted, truth, found.typical)
    figured = {"out_of_fold": figures.of(judgements(found, blend))}
    return artefact.save(
        folder,
        graph.build().SerializeToString(deterministic=True),
        adapters,
        linear,
        blend,
        light_blend(found, truth),
        told | figured,
    )


def judgements(found: OutOfFold, blend: Blend) -> list[tuple[Example, Judgement]]:
    out: list[tuple[Example, Judgement]] = []
    for row, example in enumerate(found.examples):
        ruled = found.votes[row]
        if ruled is not None and ruled.decides:
            out.append((example, blend.decided_by(ruled)))
        else:
            judged = blend.judge(found.encoder[row], found.linear[row], ruled, bool(found.doubted[row]))
            out.append((example, judged))
    return out


def out_of_fold(examples: Sequence[Example], recipe: tune.Recipe, seed: int, rounds: int) -> OutOfFold:
    readings = [example.reading for example in examples]
    rows = tune.rows_of([lay_tokens(reading, tokenizer()) for reading in readings])
    grams = [features(reading) for reading in readings]
    truth, home = labels(examples), folds(examples, FOLDS, seed)
    usable = np.asarray([reading.tapback is None for reading in readings])
    places: list[int] = []
    encoder, linear = [], []
    for fold in range(rounds):
        logger.info("round %d of %d", fold + 1, rounds)
        seen = np.nonzero((home != fold) & usable)[0]
        unseen = np.nonzero(home == fold)[0]
        model = tune.fit_encoder([rows[i] for i in seen], truth[seen], recipe, seed)
        encoder.append(tune.encoder_logits(model, [rows[i] for i in unseen]))
        table = tune.fit_linear([grams[i] for i in seen], truth[seen], recipe)
        linear.append(tune.linear_logits(table, [grams[i] for i in unseen]))
        places += unseen.tolist()
    return heard([examples[i] for i in places], np.concatenate(encoder), np.concatenate(linear))


def heard(examples: list[Example], encoder: Floats, linear: Floats) -> OutOfFold:
    """Logits together with what the rules say."""
    readings = [example.reading for example in examples]
    doubted = np.asarray([doubts_opt_out(reading) for reading in readings])
    return OutOfFold(
        examples, encoder.astype(np.float64), linear.astype(np.float64), [vote(reading) for reading in readings], doubted
    )


def light_blend(found: OutOfFold, truth: Any) -> Blend:
    """The same fit with the encoder silent (all its logits equal)."""
    return calibrate.fit(np.zeros_like(found.encoder), found.linear, found.votes, found.doubted, truth, found.typical)


def fit_all(examples: Sequence[Example], recipe: tune.Recipe, seed: int) -> tuple[Any, Any]:
    kept = [example for example in examples if example.reading.tapback is None]
    truth = labels(kept)
    logger.info("final fit on %d replies", len(kept))
    rows = tune.rows_of([lay_tokens(example.reading, tokenizer()) for example in kept])
    model = tune.fit_encoder(rows, truth, recipe, seed)
    return model, tune.fit_linear([features(e.reading) for e in kept], truth, recipe)


def about(examples: Sequence[Example], recipe: tune.Recipe, seed: int, data: dict[str, str]) -> dict[str, Any]:
    weights = package_folder() / "model.safetensors"
    return {
        "trained_on": {"replies": len(examples), "scenarios": len({e.seed for e in examples})},
        "data_sha256": data,
        "base_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "recipe": asdict(recipe),
        "seed": seed,
        "folds": FOLDS,
        "torch": torch.__version__,
    }
