"""Labelled replies from JSONL files, checked as they are read.

One object a line: ``id``, ``thread`` (list of ``{"dir": "in"|"out", "text"}``), ``status``,
``reason`` (as the guide writes them, "none" for none), ``opt_out``, ``tags``, ``seed`` (the
scenario) and, in our own files, ``source`` and ``pass`` (how often the label was reviewed).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from intent.text import Reading, lay_out
from intent.vocabulary import PAIRS, REMOVE, Pair, Reason, Status, Turn

FOLDER: Final = Path(__file__).resolve().parent / "data"
_PAIR_INDEX: Final = {pair: index for index, pair in enumerate(PAIRS)}


class BadExample(ValueError):
    """A line that is not a labelled reply; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Example:
    id: str
    thread: tuple[Turn, ...]
    label: int
    """Index into PAIRS."""
    seed: str
    tags: tuple[str, ...]
    source: str = ""

    @property
    def pair(self) -> Pair:
        return PAIRS[self.label]

    @property
    def opt_out(self) -> bool:
        return self.pair == REMOVE

    @property
    def reading(self) -> Reading:
        return lay_out(self.thread)


def load(paths: Iterable[Path]) -> list[Example]:
    return [example for path in paths for example in _read(path)]


def training_files() -> list[Path]:
    return sorted(FOLDER.glob("*.jsonl"))


def labels(examples: Sequence[Example]) -> npt.NDArray[np.int64]:
    return np.asarray([example.label for example in examples], dtype=np.int64)


def folds(examples: Sequence[Example], count: int, seed: int) -> npt.NDArray[np.int64]:
    """A fold number per example; replies of one scenario never part."""
    scenarios = sorted({example.seed for example in examples})
    np.random.default_rng(seed).shuffle(scenarios)
    sizes = {s: sum(e.seed == s for e in examples) for s in scenarios}
    filled = [0] * count
    home: dict[str, int] = {}
    for scenario in sorted(scenarios, key=lambda s: -sizes[s]):
        home[scenario] = filled.index(min(filled))
        filled[home[scenario]] += sizes[scenario]
    return np.asarray([home[example.seed] for example in examples], dtype=np.int64)


def _read(path: Path) -> Iterable[Example]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield _example(json.loads(line))
                except (KeyError, TypeError, ValueError) as error:
                    raise BadExample(f"{path.name} line {number}: {error}") from error


def _example(row: dict[str, object]) -> Example:
    status = Status(str(row["status"]).lower())
    reason_word = str(row["reason"]).lower().replace(" ", "_")
    pair = Pair(status, None if reason_word == "none" else Reason(reason_word))
    if pair not in _PAIR_INDEX:
        raise ValueError(f"{row['status']}/{row['reason']} is not an allowed pair")
    if bool(row["opt_out"]) != (pair == REMOVE):
        raise ValueError("opt_out is true exactly for Requested Remove")
    turns = row["thread"]
    if not isinstance(turns, list) or not turns or turns[-1]["dir"] != "in":
        raise ValueError("a thread ends with an incoming message")
    tags = row.get("tags") or []
    if not isinstance(tags, list):
        raise ValueError("tags are a list")
    return Example(
        id=str(row["id"]),
        thread=tuple(Turn(turn["dir"], turn["text"]) for turn in turns),
        label=_PAIR_INDEX[pair],
        seed=str(row.get("seed", "")),
        tags=tuple(str(tag) for tag in tags),
        source=str(row.get("source", "")),
    )
