"""Optimistic locking of forms: of two people who edit the same thing, the second to save is told what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


def watch(form: forms.BaseForm) -> None:
    """Have a form notice that what it changes was changed meanwhile.

    The form's `initial` has to be what is saved now. Templates print the field with `components/form_errors.html`.
    Between this look and the saving lie milliseconds in which nobody is held off: it is for people, not for programs.
    """
    form.fields["seen"] = Seen(form)


def typed(form: forms.BaseForm) -> dict[str, Any]:
    """What somebody has filled in, without what the form has seen."""
    return {name: value for name, value in form.cleaned_data.items() if name != "seen"}


class Seen(forms.CharField):
    """A fingerprint of what was saved when the page was opened. A page that carries none is believed."""

    def __init__(self, form: forms.BaseForm) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, initial=_fingerprint(form.initial))
        self.form = form

    def clean(self, value: Any) -> str:
        if value and value != self.initial and (differing := _differing(self.form)):
            raise ValidationError(
                f"Somebody else changed this after you had opened it, and yours is not saved yet. Saved now: {differing}. "
                "What you typed stands below. Save again to replace what is saved, or load the page again to keep it."
            )
        return str(self.initial)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Printed again, the page has shown what is saved now: saving once more goes through."""
        return initial


def _fingerprint(saved: Mapping[str, Any]) -> str:
    said = sorted((name, str(getattr(value, "pk", value))) for name, value in saved.items())
    return sha256(repr(said).encode()).hexdigest()[:32]


def _differing(form: forms.BaseForm) -> str:
    """What is saved now and is not what was typed: “Title “CFO”, Time zone empty, Opted out”."""
    return ", ".join(f"{form[name].label}{_briefly(form.initial.get(name))}" for name in form.changed_data)


def _briefly(value: Any) -> str:
    if value is None or value == "":
        return " empty"
    if isinstance(value, str | int) and not isinstance(value, bool):
        text = str(value)
        return f" “{text[:40]}…”" if len(text) > 41 else f" “{text}”"
    return ""
