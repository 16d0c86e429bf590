"""Which of a step's texts a lead gets: the closest to their persona and ICP, and of several alike each in turn."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from campaigns.nodes import Text


def choose(texts: Sequence[Text], *, persona: str, icp: str, turn: int) -> Text | None:
    """The text for somebody of this persona and ICP; None where all are for others.

    Both right goes before the persona alone, that before the ICP alone, that before a text for everybody. `turn` counts
    people: those who are alike get A, B, A, B.
    """
    fitting = [text for text in texts if _fits(text.persona, persona) and _fits(text.icp, icp)]
    if not fitting:
        return None
    closest = max(_closeness(text) for text in fitting)
    alike = [text for text in fitting if _closeness(text) == closest]
    return alike[turn % len(alike)]


def turn_of(number: int, key: str) -> int:
    """`number`: enrolments follow one another. Each step begins to count elsewhere, so that nobody gets A throughout."""
    return number + zlib.crc32(key.encode())


def _fits(wanted: str, found: str) -> bool:
    return not wanted or wanted.casefold() == found.casefold()


def _closeness(text: Text) -> int:
    return 2 * bool(text.persona) + bool(text.icp)
