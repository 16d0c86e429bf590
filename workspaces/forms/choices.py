"""Fields that offer a list of choices which may change after one of them was saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Select(forms.Select):
    """Django's, written at once: Django draws a template for each option, and there are hundreds of time zones."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: object = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        options = format_html_join("\n", "{}", ((_group(label, options),) for label, options, _ in widget["optgroups"]))
        return format_html('<select name="{}"{}>\n{}\n</select>', name, flatatt(widget["attrs"]), options)


def _group(label: str | None, options: Sequence[dict[str, Any]]) -> SafeString:
    each = ((str(one["value"]), flatatt(one["attrs"]) if one["attrs"] else "", one["label"]) for one in options)
    drawn = format_html_join("\n", '<option value="{}"{}>{}</option>', each)
    return format_html('<optgroup label="{}">\n{}\n</optgroup>', label, drawn) if label else drawn


def offer(field: forms.Field, choices: Sequence[Any], saved: str, note: str = "") -> None:
    """Offer `choices`, and what is saved where it is none of them any more, with a `note`: else saving the form would lose it."""
    assert isinstance(field, forms.ChoiceField)
    if type(field.widget) is forms.Select:
        field.widget = Select(field.widget.attrs)
    field.choices = choices
    if saved and not field.valid_value(saved):
        field.choices = [(saved, f"{saved} {note}".strip()), *choices]
