"""Validators for one value of a step's settings, as stored or posted; each refuses with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from campaigns import merge

Read = Callable[[Any], Any]


class BadSettings(ValueError):
    """The step cannot be stored like this; the text says what to change."""


def words(most: int) -> Read:
    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise BadSettings("Enter words.")
        if len(value) > most:
            raise BadSettings(f"At most {most:,} characters fit here; these are {len(value):,}.")
        return value.strip()

    return read


def number(least: int, most: int) -> Read:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise BadSettings(f"Enter a whole number from {least} to {most}.")
        return value

    return read


def one_of(*choices: str) -> Read:
    def read(value: Any) -> str:
        if value not in choices:
            raise BadSettings(f"Choose one of: {', '.join(choices)}.")
        return str(value)

    return read


def several(read: Read) -> Read:
    def read_all(values: Any) -> tuple[Any, ...]:
        if not isinstance(values, list | tuple):
            raise BadSettings("Choose from the list.")
        return tuple(dict.fromkeys(read(value) for value in values))

    return read_all


def clock(value: Any) -> str:
    try:
        return time.fromisoformat(str(value)).strftime("%H:%M")
    except ValueError:
        raise BadSettings("Enter a time of day, such as 09:00.") from None


def template(most: int) -> Read:
    def read(value: Any) -> str:
        text: str = words(most)(value)
        try:
            merge.parse(text)
        except merge.BadTemplate as bad:
            raise BadSettings(str(bad)) from None
        return text

    return read
