"""Limits as an admin fills them in: of a line, and of the workspace's plan."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from workspaces import regions
from workspaces.forms.choices import offer
from workspaces.models import Workspace


class LimitFields(forms.Form):
    """Part of the form of a line."""

    daily_new_limit = forms.IntegerField(
        error_messages={"required": "Enter a number from 0 to 10,000."},
        min_value=0,
        max_value=10_000,
        initial=50,
        label="New conversations a day, at most",
        help_text="A ceiling, not a goal: fewer is safer for a young number. Replies and follow-ups do not count.",
    )
    hourly_new_limit = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10_000,
        initial=15,
        label="New conversations in any hour, at most",
        help_text="Many at once look like a spammer. Any sixty minutes count, not only full hours. Empty: no limit.",
    )
    daily_total_limit = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000_000,
        label="Messages a day, at most",
        help_text="Of any kind, replies too. Empty: no limit.",
    )
    ramp_start = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10_000,
        label="New conversations on the first day",
        help_text="A young number grows from here, day by day, up to its daily limit. Empty: the daily limit holds at once.",
    )
    ramp_step = forms.IntegerField(
        required=False, min_value=1, max_value=10_000, initial=3, label="More on each following day", help_text="Empty: 3."
    )
    day_starts_at = forms.TimeField(
        required=False,
        label="The line’s day begins at",
        help_text="When its daily limits start again. Empty: midnight.",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    day_zone = forms.ChoiceField(required=False, label="Time zone of the line’s day")
    new_after_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=3650,
        initial=30,
        label="A contact is new again after",
        help_text="Days without any message between them and this line. Empty: 30.",
    )
    rest_after = forms.IntegerField(
        required=False,
        min_value=5,
        max_value=10_000,
        initial=100,
        label="Rests after this many unanswered",
        help_text="New conversations in a row without any reply. The line then sends nothing automated for a day, so that the "
        "number is not burnt. Empty: it never rests automatically.",
    )

    def offer_zones(self, workspace: Workspace, current: str) -> None:
        offer(self.fields["day_zone"], [("", f"As the workspace ({workspace.time_zone})"), *regions.zones()], current)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day, hour, total = data.get("daily_new_limit"), data.get("hourly_new_limit"), data.get("daily_total_limit")
        if day and hour and hour > day and "hourly_new_limit" in self.changed_data:  # the default that nobody typed is no mistake
            self.add_error("hourly_new_limit", f"More than the {day} of a whole day. Enter {day} or less, or leave it empty.")
        if day and total and total < day:
            self.add_error("daily_total_limit", f"Fewer than the {day} new conversations. Enter {day} or more, or leave it empty.")
        if day is not None and (start := data.get("ramp_start")) and start > day:
            self.add_error("ramp_start", f"It begins above the daily limit of {day}. Enter {day} or less, or leave it empty.")
        return data


class PlanForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    """What a workspace may use over all its lines."""

    class Meta:
        model = Workspace
        fields = ("plan_lines", "plan_new_a_day", "plan_total_a_day")
        labels: ClassVar[dict[str, str]] = {
            "plan_lines": "Lines, at most",
            "plan_new_a_day": "New conversations a day over all lines, at most",
            "plan_total_a_day": "Messages a day over all lines, at most",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "plan_lines": "Empty: any number. Lines that are there already stay.",
            "plan_new_a_day": "Each line’s own limit holds beside it; the strictest wins. Empty: no limit.",
            "plan_total_a_day": "Replies count too. Empty: no limit.",
        }
