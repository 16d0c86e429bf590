"""Fields that offer a list of choices which may change after one of them was saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms


def offer(field: forms.Field, choices: Sequence[Any], saved: str, note: str = "") -> None:
    """Offer `choices`, and what is saved where it is none of them any more, with a `note`: else saving the form would lose it."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    if saved and not field.valid_value(saved):
        field.choices = [(saved, f"{saved} {note}".strip()), *choices]
