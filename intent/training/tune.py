"""Fine-tune the encoder's adapters and heads, and the n-gram model, on labelled replies."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from intent.layout import Layout
from intent.ngrams import BUCKETS, Features, Linear, quantised
from intent.training.lora import WIDTH, Below, Classifier
from intent.vocabulary import PAIRS, REMOVE

logger = logging.getLogger(__name__)

REMOVE_AT = PAIRS.index(REMOVE)
OUTPUTS = len(PAIRS) + 1
"""Sixteen joint logits, then one opt-out logit."""
SIDE_BY_SIDE = 64
"""Rows in one pass where nothing is learned; like lengths go together."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Chosen once by out-of-fold runs; see the model card for what else was tried."""

    epochs: int = 7
    rank: int = 16
    rate: float = 1.2e-3
    batch: int = 32
    smoothing: float = 0.05
    dropped: float = 0.1
    """Share of tokens hidden from the upper layers at each step, so that no single word decides."""
    inverse_penalty: float = 10.0


@dataclass(frozen=True, slots=True)
class Row:
    """What the frozen layers make of a reply: (tokens, 384), of which the first ``own`` are its own."""

    x: torch.Tensor
    own: int


Labels = npt.NDArray[np.int64]


def rows_of(layouts: Sequence[Layout]) -> list[Row]:
    below = Below()
    rows: dict[int, Row] = {}
    order = sorted(range(len(layouts)), key=lambda at: len(layouts[at].ids))
    with torch.no_grad():
        for start in range(0, len(order), SIDE_BY_SIDE):
            index = order[start : start + SIDE_BY_SIDE]
            laid = [layouts[at] for at in index]
            length = torch.tensor([len(one.ids) for one in laid])
            states = below(_padded([one.ids for one in laid]), _padded([one.kinds for one in laid]), length)
            for at, one, state in zip(index, laid, states, strict=True):
                rows[at] = Row(state[: len(one.ids)].clone(), one.kinds.count(0))
    return [rows[at] for at in range(len(layouts))]


def _padded(lists: Sequence[list[int]]) -> torch.Tensor:
    return pad_sequence([torch.tensor(one) for one in lists], batch_first=True)


def fit_encoder(rows: Sequence[Row], labels: Labels, recipe: Recipe, seed: int) -> Classifier:
    """AdamW, linear warm-up and decay, batches of like lengths; deterministic for a seed."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Classifier(OUTPUTS, recipe.rank)
    weights = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=0.01)
    steps = recipe.epochs * -(-len(rows) // recipe.batch)
    rise = 0.06 * steps + 1
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1.0, step / rise) * max(0.0, (steps - step) / steps))
    target = torch.from_numpy(labels)
    for epoch in range(recipe.epochs):
        model.train()
        total = 0.0
        for index in _batches(rows, recipe.batch, rng):
            x, own, length = _pack(rows, index)
            kept = torch.rand(x.shape[:2]) >= recipe.dropped
            kept[:, 0] = True
            loss = _loss(model(x * kept[..., None], own, length), target[index], recipe.smoothing)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item() * len(index)
        logger.info("epoch %d of %d: loss %.3f", epoch + 1, recipe.epochs, total / len(rows))
    model.eval()
    return model


def encoder_logits(model: Classifier, rows: Sequence[Row]) -> npt.NDArray[np.float32]:
    """(rows, OUTPUTS) float32."""
    out = np.zeros((len(rows), OUTPUTS), dtype=np.float32)
    order = sorted(range(len(rows)), key=lambda at: len(rows[at].x))
    with torch.no_grad():
        for start in range(0, len(order), SIDE_BY_SIDE):
            index = order[start : start + SIDE_BY_SIDE]
            out[index] = model(*_pack(rows, index)).numpy()
    return out


def fit_linear(found: Sequence[Features], labels: Labels, recipe: Recipe) -> Linear:
    """Two logistic regressions (16 classes; opt-out or not) in one int8 table."""
    matrix = _matrix(found)
    joint = LogisticRegression(C=recipe.inverse_penalty, max_iter=300, tol=1e-3)
    joint.fit(matrix, labels)
    single = LogisticRegression(C=recipe.inverse_penalty, max_iter=300, tol=1e-3)
    single.fit(matrix, labels == REMOVE_AT)
    weights = np.zeros((BUCKETS, OUTPUTS), dtype=np.float32)
    bias = np.full(OUTPUTS, -20.0, dtype=np.float32)
    weights[:, joint.classes_] = joint.coef_.T
    bias[joint.classes_] = joint.intercept_
    weights[:, -1], bias[-1] = single.coef_[0], single.intercept_[0]
    return quantised(weights, bias)


def linear_logits(model: Linear, found: Sequence[Features]) -> npt.NDArray[np.float32]:
    return np.stack([model.logits(one) for one in found])


def _matrix(found: Sequence[Features]) -> csr_matrix:
    sizes = [len(one.buckets) for one in found]
    return csr_matrix(
        (
            np.concatenate([one.values for one in found]),
            np.concatenate([one.buckets for one in found]),
            np.concatenate([[0], np.cumsum(sizes)]),
        ),
        shape=(len(found), BUCKETS),
    )


def _loss(out: torch.Tensor, target: torch.Tensor, smoothing: float) -> torch.Tensor:
    joint = F.cross_entropy(out[:, :-1], target, label_smoothing=smoothing)
    single = F.binary_cross_entropy_with_logits(out[:, -1], (target == REMOVE_AT).float())
    return joint + 0.5 * single


def _batches(rows: Sequence[Row], size: int, rng: np.random.Generator) -> list[list[int]]:
    """Shuffled, then sorted by length inside windows of forty batches."""
    order = rng.permutation(len(rows)).tolist()
    out: list[list[int]] = []
    for start in range(0, len(order), size * 40):
        window = sorted(order[start : start + size * 40], key=lambda at: len(rows[at].x))
        chunks = [window[at : at + size] for at in range(0, len(window), size)]
        out += [chunks[at] for at in rng.permutation(len(chunks))]
    return out


def _pack(rows: Sequence[Row], index: Sequence[int]) -> tuple[torch.Tensor, ...]:
    """Padded states, how many tokens are the reply's own, and true lengths."""
    lengths = torch.tensor([len(rows[at].x) for at in index])
    x = torch.zeros(len(index), int(lengths.max()), WIDTH)
    for place, at in enumerate(index):
        x[place, : lengths[place]] = rows[at].x
    return x, torch.tensor([rows[at].own for at in index]), lengths
