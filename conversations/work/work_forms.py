"""What people fill in for tasks, drafts and exports. Times and days are those of the workspace's clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from conversations.exports import exporting
from conversations.models import Export
from conversations.thread.handing import NoColleague, colleague, colleagues
from workspaces.models import User, Workspace


class AssigneeField(forms.ChoiceField):
    """Somebody of the workspace who writes, by the id of their membership; `cleaned_data` holds the user."""

    def __init__(self, workspace: Workspace, *, nobody: str = "Nobody", **kwargs: Any) -> None:
        people = [(one.public_id, one.user.name) for one in colleagues(workspace)]
        super().__init__(choices=[("", nobody), *people], required=False, **kwargs)
        self.workspace = workspace

    def clean(self, value: Any) -> User | None:
        try:
            return colleague(self.workspace, super().clean(value))
        except NoColleague as nobody:
            raise ValidationError(str(nobody)) from None


class TaskForm(forms.Form):
    title = forms.CharField(max_length=200, label="What is to be done")
    due_at = forms.CharField(
        required=False, label="Due", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), help_text="Empty: no fixed time."
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        self.fields["assignee"] = AssigneeField(workspace, label="Who", nobody="Whoever has time")

    def clean_due_at(self) -> datetime | None:
        text = self.cleaned_data["due_at"].strip()
        if not text:
            return None
        try:
            due = datetime.fromisoformat(text).replace(tzinfo=self.workspace.zone)
        except ValueError:
            raise ValidationError("Choose a day and a time, such as 2026-11-24 09:00.") from None
        if not 2000 <= due.year < 2200:  # the database keeps more years than Python can read
            raise ValidationError("Choose a day between 2000 and 2199.")
        return due


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": f"Choose the {label.lower()}.", "invalid": "Choose a day, such as 2026-11-17."},
    )


class ExportForm(forms.Form):
    """One conversation: first and last day at most a week apart (S2-54)."""

    most_days: int | None = exporting.DAYS

    first = _day("Start date")
    last = _day("End date")
    format = forms.ChoiceField(choices=Export.Format.choices, initial=Export.Format.CSV)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().astimezone(workspace.zone).date()
        self.initial = {"first": date.fromordinal(today.toordinal() - (self.most_days or 30)), "last": today, "format": "csv"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if not first or not last:
            return data
        if not (first.year >= 1970 and last.year < 2200):
            self.add_error("first", "Choose dates between the years 1970 and 2199.")
        elif last < first:
            self.add_error("last", "The end date lies before the start date. Exchange them.")
        elif self.most_days is not None and (last - first).days > self.most_days:
            self.add_error("last", f"The start and end date must lie within {self.most_days} days of each other.")
        return data


class ListExportForm(ExportForm):
    """A whole list, any range."""

    most_days = None
