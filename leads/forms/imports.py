"""A file to import, and what its columns hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from leads.importing.encodings import CHOICES
from leads.importing.mapping import TARGETS
from leads.importing.runs import MOST_BYTES
from leads.models import ImportRun
from workspaces.regions import countries


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV or Excel file (.xlsx)",
        error_messages={
            "required": "Choose a file first.",
            "empty": "The file is empty. Choose one with a header and at least one row.",
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                f"The file has {file.size // 1_000_000:,} MB; at most {MOST_BYTES // 1_000_000} MB can be read. Split it."
            )
        return file


class EncodingForm(forms.Form):
    """In which encoding a text is, where the guess was wrong."""

    encoding = forms.ChoiceField(label="Letters", choices=CHOICES, help_text="Where names below look wrong, choose another.")


class ColumnsForm(forms.Form):
    """What each column holds. One select a column, named by its index."""

    region = forms.ChoiceField(label="Country of numbers without a country code", choices=countries)
    known = forms.ChoiceField(
        label="People who are leads already",
        choices=ImportRun.Known.choices,
        widget=forms.RadioSelect,
        initial=ImportRun.Known.UPDATE,
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        initial = {f"column_{index}": target for index, target in run.mapping.items()}
        kwargs.setdefault("initial", {**initial, "region": run.region, "known": run.known})
        super().__init__(*args, **kwargs)
        self.run = run
        choices = [("", "Leave out"), *TARGETS.items()]
        for index, name in enumerate(run.columns):
            self.fields[f"column_{index}"] = forms.ChoiceField(choices=choices, required=False, label=name)

    @property
    def mapping(self) -> dict[str, str]:
        data = self.cleaned_data
        return {str(n): data[f"column_{n}"] for n in range(len(self.run.columns)) if data.get(f"column_{n}")}

    @property
    def columns(self) -> list[tuple[Any, list[str]]]:
        """Each column's select with the first cells under it."""
        cells = self.run.sample
        return [(self[f"column_{n}"], [row[n] if n < len(row) else "" for row in cells]) for n in range(len(self.run.columns))]
