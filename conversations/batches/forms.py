"""What is written of a batch. Whether it can be sent is decided when it is to be sent; a draft is kept as it is."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Any

from django import forms

from conversations.batches.writing import TYPES
from conversations.sending import scheduling
from conversations.sending.channels import KINDS
from lines.models import Line
from workspaces.models import Workspace


class BatchForm(forms.Form):
    body = forms.CharField(required=False, strip=False, max_length=20_000)
    channel = forms.ChoiceField(required=False, choices=TYPES)
    line = forms.CharField(required=False, max_length=40)
    when = forms.ChoiceField(choices=[("now", "Send now"), ("later", "Send later")])
    send_at = forms.CharField(required=False, max_length=40)
    skip_missing = forms.BooleanField(required=False)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.zone: zoneinfo.ZoneInfo = workspace.zone

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    def clean_line(self) -> Line | None:
        """Empty: chosen for each lead."""
        if not self.cleaned_data["line"]:
            return None
        found = Line.objects.of(self.workspace).filter(kind__in=KINDS, public_id=self.cleaned_data["line"]).first()
        if found is None:
            raise forms.ValidationError("That line is not there any more. Choose another.")
        return found

    def clean(self) -> dict[str, Any]:
        """The time counts only where “Send later” is chosen."""
        data = super().clean() or self.cleaned_data
        text, data["send_at"] = data.get("send_at", ""), None
        if data.get("when") == "later":
            data["send_at"] = self._moment(text)
        return data

    def _moment(self, text: str) -> datetime | None:
        try:
            moment = scheduling.read(text, self.zone)
        except scheduling.NoSuchTime as error:
            self.add_error("send_at", str(error))
            return None
        if moment is None:
            self.add_error("send_at", "Choose the day and time to send it at.")
        return moment
