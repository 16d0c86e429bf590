"""A persona or ICP label."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from leads import labels
from leads.models import Label
from workspaces.models import Workspace

JUDGED: Final = [("", "Not judged yet"), ("yes", "Match"), ("no", "No match")]
MATCHES: Final[dict[str, bool | None]] = {"": None, "yes": True, "no": False}


class LabelForm(forms.Form):
    kind = forms.ChoiceField(choices=Label.Kind.choices, widget=forms.HiddenInput)
    was = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=100, error_messages={"required": "Enter a name for the label."})
    match = forms.ChoiceField(choices=JUDGED, required=False)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.label: Label | None = None

    def clean(self) -> dict[str, Any]:
        """Finds the label that is to be changed, and refuses a name that another one has."""
        data = super().clean() or {}
        kind, was, name = (str(data.get(key, "")) for key in ("kind", "was", "name"))
        self.label = labels.named(self.workspace, kind, was) if was else None
        if was and self.label is None:
            raise ValidationError(f"There is no label “{was}” any more.")
        other = labels.named(self.workspace, kind, name) if name else None
        if other and other != self.label:
            raise ValidationError(f"There is a label “{other.name}” already. Choose another name.")
        return data

    @property
    def matches(self) -> bool | None:
        return MATCHES[str(self.cleaned_data.get("match", ""))]
