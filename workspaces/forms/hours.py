"""Weekdays, holidays and working hours, as people fill them in."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS

from workspaces import regions
from workspaces.forms.choices import offer
from workspaces.models import Membership
from workspaces.models.workspace import EARLIEST, LATEST

MOST_DATES: Final = 200


class DaysField(forms.TypedMultipleChoiceField):
    """Weekdays as a sorted list, 1 Monday to 7 Sunday."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one day."},
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        return sorted(super().clean(value))


class SendTimeField(forms.TimeField):
    """A time of day at which automated messages may leave."""

    def __init__(self, **kwargs: Any) -> None:
        limits = {"min": f"{EARLIEST:%H:%M}", "max": f"{LATEST:%H:%M}"}
        super().__init__(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", **limits}), **kwargs)

    def clean(self, value: Any) -> time | None:
        moment: time | None = super().clean(value)
        if moment and not EARLIEST <= moment <= LATEST:
            raise ValidationError("Choose a time from 08:00 to 21:00: outside them automated messages are not allowed.")
        return moment


class DatesField(forms.CharField):
    """Dates, one a line, as a sorted list; each once."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "placeholder": "2026-12-25"})
        super().__init__(widget=widget, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{day:%Y-%m-%d}" for day in sorted(value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in str(super().clean(value) or "").replace(",", "\n").splitlines()]
        days = sorted({_date(line) for line in lines if line})
        if len(days) > MOST_DATES:
            raise ValidationError(f"At most {MOST_DATES} holidays can be listed: remove those that are over.")
        return days


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a date has no zone
    except ValueError:
        raise ValidationError(f"“{text[:30]}” is not a date. Write each as year-month-day, such as 2026-12-25.") from None


class WorkingHoursForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    work_days = DaysField(label="Working days")
    time_zone = forms.ChoiceField(required=False, help_text="The clock these hours are read from.")

    class Meta:
        model = Membership
        fields = ("hours_from", "hours_until", "work_days", "time_zone")
        labels: ClassVar[dict[str, str]] = {"hours_from": "From", "hours_until": "Until"}
        help_texts: ClassVar[dict[str, str]] = {
            "hours_from": "Leave both empty for any hour of the day.",
            "hours_until": "What is due later leaves on the next working day, within the hours of the workspace and the campaign.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "hours_from": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "hours_until": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        general = ("", f"As the workspace ({self.instance.workspace.time_zone})")
        offer(self.fields["time_zone"], [general, *regions.zones()], self.instance.time_zone)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begin, end = data.get("hours_from"), data.get("hours_until")
        if (begin is None) != (end is None) and not self.errors:
            self.add_error("hours_until" if end is None else "hours_from", "Enter both times, or leave both empty.")
        if begin and end and begin >= end:
            self.add_error("hours_until", f"It has to be later than {begin:%H:%M}.")
        return data
