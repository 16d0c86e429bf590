"""Hashed word and character n-grams, and the linear model over them (NumPy only).

A reply becomes a few hundred feature strings, each hashed with CRC-32 into 2**16 buckets, so
the trained part is one small int8 table and needs no vocabulary.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from intent.text import Reading, spell_emoji, without_accents

BUCKETS: Final = 1 << 16
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
#: Up to this many words a reply leans on the question, so the two are crossed.
SHORT: Final = 4


@lru_cache(maxsize=1_024)
def plain(text: str) -> str:
    """Lower case, no accents, emoji in words, digits as 0."""
    return re.sub(r"\d", "0", without_accents(spell_emoji(text).lower()))


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def said(reading: Reading) -> str:
    """The reply, after what it continues."""
    return f"{reading.before} / {reading.reply}" if reading.before else reading.reply


def word_features(words: list[str]) -> Iterator[tuple[str, int]]:
    """Feature strings of words with the index of the (first) word each belongs to."""
    padded = ["<", *words, ">"]
    for at, word in enumerate(words):
        yield f"w {word}", at
        yield f"b {word} {padded[at + 2]}", at
        if at + 1 < len(words):
            yield f"t {word} {words[at + 1]} {padded[at + 3]}", at
            yield f"s {word} _ {padded[at + 3]}", at
    if words:
        yield f"b < {words[0]}", 0
        yield f"t < {words[0]} {padded[2]}", 0


@lru_cache(maxsize=10_000)
def letter_buckets(word: str) -> tuple[int, ...]:
    """Buckets of a word's runs of two to five letters, its edges marked."""
    edged = f"_{word[:24]}_"
    runs = (edged[start : start + size] for size in (2, 3, 4, 5) for start in range(len(edged) - size + 1))
    return tuple(_bucket(f"c {run}") for run in runs)


def _bucket(name: str) -> int:
    return crc32(name.encode()) & (BUCKETS - 1)


def thread_features(reading: Reading, words: list[str]) -> Iterator[str]:
    """What surrounds the words: length, question marks, the question a short reply answers."""
    yield f"len {min(len(words), 12)}"
    if "?" in words:
        yield "asks"
    if reading.engaged:
        yield "engaged"
    if len(words) <= SHORT:
        whole = " ".join(words)
        yield f"= {whole}"
        asked = tokens(plain(reading.question))
        for index, word in enumerate(asked):
            yield f"x {words[0] if words else ''} {word}"
            following = asked[index + 1] if index + 1 < len(asked) else ">"
            yield f"y {whole} {word} {following}"


@dataclass(frozen=True, slots=True)
class Features:
    """``buckets`` and ``values`` of one reply; ``owners`` is the word index, or -1."""

    words: list[str]
    buckets: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    owners: npt.NDArray[np.int64]


def features(reading: Reading) -> Features:
    """Three blocks (words, letters, thread), each scaled to length one."""
    words = tokens(plain(said(reading)))[:200]
    by_words, by_letters = list(word_features(words)), [letter_buckets(word) for word in words]
    around = list(thread_features(reading, words))
    buckets = [_bucket(name) for name, _ in by_words] + list(chain(*by_letters)) + [_bucket(name) for name in around]
    owners = [at for _, at in by_words] + [at for at, runs in enumerate(by_letters) for _ in runs] + [-1] * len(around)
    sizes = [len(by_words), len(buckets) - len(by_words) - len(around), len(around)]
    scales = np.asarray([size**-0.5 if size else 0.0 for size in sizes], dtype=np.float32)
    return Features(words, np.asarray(buckets, dtype=np.int64), np.repeat(scales, sizes), np.asarray(owners, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights (buckets, outputs) as int8 with one scale per output, and a bias per output."""

    weights: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def logits(self, found: Features) -> npt.NDArray[np.float32]:
        rows = self.weights[found.buckets].astype(np.float32)
        result: npt.NDArray[np.float32] = (found.values @ rows) * self.scales + self.bias
        return result


def telling_words(model: Linear, reading: Reading, found: Features, output: int, most: int = 3) -> str:
    """The run of up to ``most`` words of the reply that pushed ``output`` above the other
    outputs most, as the contact wrote them; empty where no word did."""
    rows = model.weights[found.buckets].astype(np.float32) * model.scales
    push = (rows[:, output] - rows[:, :-1].mean(axis=1)) * found.values
    own = found.owners >= 0
    by_word = np.bincount(found.owners[own], push[own], minlength=len(found.words)).tolist()
    best, span = 0.0, (0, 0)
    for start in range(len(by_word)):
        for end in range(start + 1, min(start + most, len(by_word)) + 1):
            gain = sum(by_word[start:end])
            if gain > best:
                best, span = gain, (start, end)
    written = spell_emoji(said(reading))
    places = [match.span() for match in _TOKEN.finditer(written)][: len(found.words)]
    if span == (0, 0) or len(places) < span[1]:
        return ""
    return written[places[span[0]][0] : places[span[1] - 1][1]]


def quantised(weights: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> Linear:
    """Round (buckets, outputs) weights to int8, one scale per output."""
    scales = np.abs(weights).max(axis=0) / 127 + 1e-12
    return Linear(
        np.rint(weights / scales).astype(np.int8),
        scales.astype(np.float32),
        bias.astype(np.float32),
    )
