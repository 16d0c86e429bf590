"""From labelled replies to the artefact: out-of-fold runs, calibration, the final fit."""

import hashlib
import logging
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

import numpy as np
import torch

from intent import artefact
from intent.blend import Blend
from intent.encoder import Adapters, package_folder, tokenizer
from intent.examples import Example, labels
from intent.layout import lay_tokens
from intent.ngrams import Linear, features
from intent.training import calibrate, figures, graph, tune
from intent.training.unseen import FOLDS, OutOfFold, judgements, out_of_fold, read_fold

logger = logging.getLogger(__name__)

T = TypeVar("T")


def train(
    examples: Sequence[Example],
    folder: Path,
    *,
    seed: int,
    data: dict[str, str],
    recipe: tune.Recipe | None = None,
    jobs: int = 1,
    rounds: int = FOLDS,
    keep: Path | None = None,
) -> dict[str, Any]:
    """Write an artefact into ``folder`` and return what its manifest says.

    1. Both models fitted on everything; and out-of-fold logits for ``rounds`` of the three folds,
       grouped by scenario. One is enough to fit some thirty numbers; three give figures over every reply.
    2. The blend, thresholds and confidence fitted on them.
    Each fit of step 1 runs in a process of its own on one thread, ``jobs`` at a time: a run repeats
    whatever their number. ``data`` maps each file's name to its hash. Fits are kept in the folder ``keep``, where one is
    given, and taken from there by a later run over the same data: one that was broken off goes on.
    """
    recipe = recipe or tune.Recipe()
    told = about(examples, recipe, seed, data)
    if keep:
        keep = keep / hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:16]
        keep.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_calm) as pool:
        whole = pool.submit(timed, "fit on everything", keep, partial(fit_all, examples, recipe, seed))
        folds_read = [
            pool.submit(timed, f"fold {fold + 1}", keep, partial(read_fold, examples, recipe, seed, fold)) for fold in range(rounds)
        ]
        parts = [one.result() for one in folds_read]
        adapters, linear = whole.result()
    made = partial(finish, folder, out_of_fold(examples, parts), adapters, linear, told | {"rounds": rounds})
    return timed("blend and figures", None, made)


def timed(stage: str, keep: Path | None, fit: Callable[[], T]) -> T:
    """What ``fit`` returns, or what an earlier run kept of it; how long it took is logged. Runs where the fit runs."""
    kept = keep / f"{stage.replace(' ', '-')}.pickle" if keep else None
    if kept and kept.exists():
        logger.info("%s: kept by an earlier run", stage)
        found: T = pickle.loads(kept.read_bytes())  # noqa: S301  our own file, in a folder of the caller's
        return found
    clock, processor = perf_counter(), process_time()
    made = fit()
    logger.info("%s: %.0f s, %.0f s of them on the processor", stage, perf_counter() - clock, process_time() - processor)
    if kept:
        beside = kept.with_suffix(".part")
        beside.write_bytes(pickle.dumps(made))
        beside.rename(kept)
    return made


def _calm() -> None:
    """For a process that fits: one thread and nothing that differs between runs."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    logging.basicConfig(level=logging.INFO, format="%(message)s")


def finish(folder: Path, found: OutOfFold, adapters: Adapters, linear: Linear, told: dict[str, Any]) -> dict[str, Any]:
    """Fit the blends, count the out-of-fold figures, write the artefact."""
    truth = labels(found.examples)
    blend = calibrate.fit(found, truth)
    light = light_blend(found, truth)
    judged = judgements(found, blend)
    told |= {
        "out_of_fold": figures.of(judged),
        "out_of_fold_by": {
            "the guide's": figures.overall([one for one, typical in zip(judged, found.typical, strict=True) if typical]),
            "all, lighter backend": figures.overall(judgements(silenced(found), light)),
        },
    }
    return artefact.save(folder, graph.build().SerializeToString(deterministic=True), adapters, linear, blend, light, told)


def light_blend(found: OutOfFold, truth: Any) -> Blend:
    """The same fit without the encoder."""
    return calibrate.fit(silenced(found), truth)


def silenced(found: OutOfFold) -> OutOfFold:
    """The same replies with the encoder silent (all its logits equal), and none of its word pieces."""
    manners = [one._replace(broken=0.0) for one in found.manners]
    return replace(found, encoder=np.zeros_like(found.encoder), manners=manners)


def fit_all(examples: Sequence[Example], recipe: tune.Recipe, seed: int) -> tuple[Adapters, Linear]:
    kept = [example for example in examples if example.reading.tapback is None]
    truth = labels(kept)
    logger.info("final fit on %d replies", len(kept))
    rows = tune.rows_of([lay_tokens(example.reading, tokenizer()) for example in kept])
    model = tune.fit_encoder(rows, truth, recipe, seed)
    return model.adapters() | model.heads(), tune.fit_linear([features(e.reading) for e in kept], truth, recipe)


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
