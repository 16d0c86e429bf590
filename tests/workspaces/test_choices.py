"""Selects with hundreds of options."""

from __future__ import annotations

import pytest
from django import forms
from django.test.html import parse_html

from workspaces.forms import choices

OFFERED = [("", "As <b>you</b>"), ("a&b", 'q"uo'), ("Europe", [("Europe/Berlin", "Berlin"), ("y'", "Z")])]


@pytest.mark.parametrize("value", [None, "", "Europe/Berlin", "a&b", "nowhere"])
@pytest.mark.parametrize("attrs", [{}, {"disabled": True, "data-x": 'a"b', "hidden": False, "rows": 4}])
def test_they_are_drawn_as_django_draws_them(value: str | None, attrs: dict[str, object]) -> None:
    class Form(forms.Form):
        usual = forms.ChoiceField(choices=OFFERED, widget=forms.Select(attrs=attrs))

    theirs, ours = Form(initial={"usual": value}), Form(initial={"usual": value})
    choices.offer(ours.fields["usual"], OFFERED, "")
    assert isinstance(ours["usual"].field.widget, choices.Select)
    assert parse_html(str(ours["usual"])) == parse_html(str(theirs["usual"]))
