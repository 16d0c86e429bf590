"""``read(thread) -> Verdict``: what the last reply means. Deterministic, offline, no I/O.

The order of decision:

1. Rules that decide: whole-message keywords, tapbacks, machine replies, yes to an offer to stop.
2. Otherwise encoder, n-grams and a rule's vote are blended into one distribution over the
   sixteen pairs and one opt-out chance, both calibrated out of fold.
3. An opt-out chance above the "sure" bound is Requested Remove whatever the distribution says;
   above the "suspect" bound the pair stays and a person is asked.
4. A reply that follows another is read alone, and with that one where it is unclear alone; the graver opt-out counts.
   A clear reply is read alone where rules and n-grams hear no wish for silence in either.

The artefact is read once per process at the first call (under two seconds), never again.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from threading import Lock
from typing import Final, Protocol

import numpy as np

from intent import artefact
from intent.blend import Blend, Floats, Judgement
from intent.layout import Manner, manner
from intent.marks import words_offered
from intent.ngrams import Linear, features, telling_words
from intent.rules import never_sure, vote
from intent.text import Reading, lay_out
from intent.vocabulary import PAIRS, Evidence, Layer, OptOut, Turn, Verdict

logger = logging.getLogger(__name__)

_LOADING: Final = Lock()
_UNHEARD: Final = 0.01
"""Where rules and n-grams give the earlier message, and both together, less than this chance of an opt-out, reading both
changes next to nothing."""


class Backend(Protocol):
    """Sixteen joint logits and one opt-out logit for a reading, and how it is written."""

    def logits(self, reading: Reading) -> Floats: ...

    def manner(self, reading: Reading) -> Manner: ...


class Engine:
    """The loaded models. ``full`` is False on a tiny install without the encoder."""

    def __init__(self, loaded: artefact.Artefact, encoder: Backend | None) -> None:
        self.full = encoder is not None
        self.version = loaded.version if self.full else f"{loaded.version}-light"
        self._encoder = encoder
        self._linear: Linear = loaded.linear
        self._light: Blend = loaded.light
        self._blend: Blend = loaded.blend if self.full else loaded.light

    def read(self, reading: Reading) -> Verdict:
        """The last message counts. Where it is unclear alone, it is read together with the one before it; neither takes back
        a wish for silence that the other holds.
        """
        alone = self._read(replace(reading, before=""))
        if not reading.before or alone.opt_out is OptOut.SURE:
            return alone
        clear = alone.opt_out is OptOut.NONE and not alone.needs_review
        if clear and max(self._glance(reading), self._glance(replace(reading, reply=reading.before, before=""))) < _UNHEARD:
            return alone
        joint = self._read(reading)
        if joint.opt_out is OptOut.SURE:
            return joint
        verdict = joint if alone.needs_review else alone
        flagged = OptOut.SUSPECT in (alone.opt_out, joint.opt_out)
        return replace(verdict, opt_out=OptOut.SUSPECT) if flagged else verdict

    def _glance(self, reading: Reading) -> float:
        """The opt-out chance by rules and n-grams, which take a thirtieth of the encoder's time."""
        linear = self._linear.logits(features(reading)).astype(np.float64)
        silent = np.zeros_like(linear)
        return self._light.opt_out_chance(silent, linear, self._light.shares(silent, linear, vote(reading), manner(reading, None)))

    def _read(self, reading: Reading) -> Verdict:
        heard = vote(reading)
        if heard is not None and heard.decides:
            evidence: tuple[Evidence, ...] = (Evidence(heard.layer, heard.words, heard.why),)
            return self._verdict(self._blend.decided_by(heard), evidence)
        found = features(reading)
        linear = self._linear.logits(found).astype(np.float64)
        encoder = self._encoder.logits(reading) if self._encoder else np.zeros_like(linear)
        written = self._encoder.manner(reading) if self._encoder else manner(reading, None)
        judged = self._blend.judge(encoder, linear, heard, written, never_sure(reading, heard))
        words = telling_words(self._linear, reading, found, PAIRS.index(judged.pair))
        words = words.strip(" ,;:") or words
        evidence = (Evidence(Layer.MODEL, words or reading.reply[:60]),)
        if heard is not None and heard.pair == judged.pair:
            evidence = (Evidence(heard.layer, heard.words, heard.why), *evidence)
        return self._verdict(judged, evidence)

    def _verdict(self, judged: Judgement, evidence: tuple[Evidence, ...]) -> Verdict:
        return Verdict(
            status=judged.pair.status,
            reason=judged.pair.reason,
            opt_out=judged.band,
            score=judged.score,
            confidence=judged.confidence,
            evidence=evidence,
            model_version=self.version,
        )


def read(thread: Sequence[Turn]) -> Verdict:
    """The verdict on the last incoming message of ``thread`` (oldest turn first).

    Raises ValueError where nothing has come in, BrokenArtefact where the model is damaged.
    """
    reading = lay_out(thread)
    meant = words_offered(reading)
    if not meant:
        return engine().read(reading)
    evidence = Evidence(Layer.RULE, reading.reply, f"stands for “{meant}” in the question")
    return replace(engine().read(replace(reading, reply=meant)), evidence=(evidence,))


def engine() -> Engine:
    """The engine of this process, loaded at the first call."""
    with _LOADING:
        return _load()


@cache
def _load() -> Engine:
    loaded = artefact.load()
    return Engine(loaded, _encoder(loaded))


def _encoder(loaded: artefact.Artefact) -> Backend | None:
    """The encoder, or None with a warning where its packages are not installed."""
    try:
        from intent.encoder import Sentences

        return Sentences(loaded.graph, loaded.adapters)
    except ImportError as error:
        logger.warning("the sentence encoder is not installed (%s): lighter model in use", error)
        return None
