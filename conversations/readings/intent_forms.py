"""What an admin fills in about the language model that may be asked about replies."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from intent.models import IntentSettings
from lines.gateways.http import clean_base_url

_INSIDE = (".internal", ".local", ".lan", ".localhost")


class LanguageModelForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    key = forms.CharField(
        label="Key",
        required=False,
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Your own. It is kept encrypted and never shown again; empty keeps the one that is stored.",
    )
    forget_key = forms.BooleanField(label="Forget the stored key", required=False)

    class Meta:
        model = IntentSettings
        fields = ("llm_on", "llm_url", "llm_model")
        widgets = {"llm_url": forms.TextInput(attrs={"placeholder": "https://llm.example.com/v1", "inputmode": "url"})}
        help_texts = {
            "llm_url": "Of any server that speaks OpenAI’s chat completions, up to and including /v1.",
            "llm_model": "As that server calls it.",
        }

    def clean_llm_url(self) -> str:
        typed: str = self.cleaned_data["llm_url"]
        if not typed:
            return ""
        try:
            url = clean_base_url(typed)
        except ValueError as error:
            raise ValidationError(f"The address {error}.") from None
        if url.startswith("http://") and not _inside(urlsplit(url).hostname or ""):
            raise ValidationError("Use https://: without it the key and the texts could be read on the way.")
        return url

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("llm_on"):
            for name, what in (("llm_url", "the server’s address"), ("llm_model", "the model’s name")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, f"To turn it on, enter {what}.")
        return data

    def save(self, commit: bool = True) -> IntentSettings:
        row: IntentSettings = super().save(commit=False)
        if self.cleaned_data["forget_key"]:
            row.llm_key = ""
        elif self.cleaned_data["key"]:
            row.llm_key = self.cleaned_data["key"].strip()
        if commit:
            row.save()
        return row


def _inside(host: str) -> bool:
    """Whether a host is on this machine or in a private network, where plain HTTP is usual."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)
