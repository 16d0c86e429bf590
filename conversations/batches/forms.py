"""What is written of a batch. Whether it can be sent is decided when it is to be sent; a draft is kept as it is."""

from __future__ import annotations

from typing import Any

from django import forms

from conversations.batches.writing import TYPES
from conversations.sending.channels import KINDS
from conversations.thread.forms import BodyField, TimedForm
from lines.models import Line
from workspaces.models import Workspace


class BatchForm(TimedForm):
    body = BodyField(required=False, max_length=20_000)
    channel = forms.ChoiceField(required=False, choices=TYPES)
    line = forms.CharField(required=False, max_length=40)
    skip_missing = forms.BooleanField(required=False)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, zone=workspace.zone, **kwargs)
        self.workspace = workspace

    def clean_line(self) -> Line | None:
        """Empty: chosen for each lead."""
        if not self.cleaned_data["line"]:
            return None
        found = Line.objects.of(self.workspace).filter(kind__in=KINDS, public_id=self.cleaned_data["line"]).first()
        if found is None:
            raise forms.ValidationError("That line no longer exists. Choose another.")
        return found
