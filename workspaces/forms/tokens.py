"""A token for a program."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from workspaces.models import ApiToken


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=80, help_text="Which program uses it, such as “CRM sync”.", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    scopes = forms.MultipleChoiceField(
        choices=ApiToken.Scope.choices,
        label="What it may do",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing that the token may do."},
    )
    lasts = forms.TypedChoiceField(
        choices=[("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until it is revoked")],
        coerce=int,
        empty_value=None,
        required=False,
        initial="365",
        label="Works for",
    )

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["lasts"]
        return timezone.now() + timedelta(days=days) if days else None
