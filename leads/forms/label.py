"""A persona or ICP label."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from leads import labels
from leads.models import Label
from workspaces.models import Workspace

JUDGED: Final = [("", "Not judged yet"), ("yes", "Match"), ("no", "No match")]
MATCHES: Final[dict[str, bool | None]] = {"": None, "yes": True, "no": False}


class LabelForm(forms.Form):
    kind = forms.ChoiceField(choices=Label.Kind.choices, widget=forms.HiddenInput)
    was = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        max_length=100,
        error_messages={"required": "Enter a name for the label."},
        widget=forms.TextInput(attrs={"class": "label-name", "placeholder": "New label"}),
    )
    match = forms.ChoiceField(choices=JUDGED, required=False)

    def __init__(self, data: QueryDict | None = None, *, workspace: Workspace, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id=False)  # a page shows many of them
        self.workspace = workspace
        self.label: Label | None = None
        was = self["was"].value()
        self.fields["name"].widget.attrs["aria-label"] = f"Name of the label {was}" if was else "Name of a new label"
        self.fields["match"].widget.attrs["aria-label"] = f"Verdict on {was or 'the new label'}"

    @classmethod
    def of(cls, label: Label) -> LabelForm:
        """To change a label."""
        match = next(value for value, verdict in MATCHES.items() if verdict is label.match)
        initial = {"kind": label.kind, "was": label.name, "name": label.name, "match": match}
        return cls(initial=initial, workspace=label.workspace)

    def as_new(self) -> LabelForm:
        """With the same name and verdict, for a label that is not there yet."""
        return LabelForm(initial={**dict(self.data.items()), "was": ""}, workspace=self.workspace)

    def clean(self) -> dict[str, Any]:
        """Finds the label that is to be changed, and refuses a name that another one has."""
        data = super().clean() or {}
        kind, was, name = (str(data.get(key, "")) for key in ("kind", "was", "name"))
        self.label = labels.named(self.workspace, kind, was) if was else None
        if was and self.label is None:
            raise ValidationError(f"The label “{was}” no longer exists.")
        other = labels.named(self.workspace, kind, name) if name else None
        if other and other != self.label:
            raise ValidationError(f"There is a label “{other.name}” already. Choose another name.")
        return data

    @property
    def matches(self) -> bool | None:
        return MATCHES[str(self.cleaned_data.get("match", ""))]
