"""Adding to the suppression list, and leaving it."""

from __future__ import annotations

from django import forms

MOST_BYTES = 5_000_000


class SuppressForm(forms.Form):
    """Typed addresses, or a file with them."""

    addresses = forms.CharField(
        required=False,
        max_length=20_000,
        label="Phone numbers or email addresses",
        help_text="One a line. Numbers without + are read as numbers of this workspace’s country.",
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )
    note = forms.CharField(
        required=False,
        max_length=100,
        label="Why",
        help_text="Kept in the ledger, such as “asked by phone on 3 May”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    file = forms.FileField(
        required=False,
        label="Or a file",
        help_text="CSV or XLSX, up to 20,000 addresses, in any column. Our own export can be read back.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        if file and file.size > MOST_BYTES:
            self.add_error("file", "The file is larger than 5 MB. Split it, or leave out columns without addresses.")
        if not file and not str(data.get("addresses") or "").strip() and not self.errors:
            self.add_error("addresses", "Enter at least one address, or choose a file.")
        return data


class RemoveForm(forms.Form):
    note = forms.CharField(
        max_length=300,
        label="Why may they be messaged again?",
        error_messages={"required": "Say why, in a few words: it is kept in the ledger."},
        help_text="Such as when and how they asked for it. It is kept in the ledger and the audit log.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
