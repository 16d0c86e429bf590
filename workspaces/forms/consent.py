"""What a workspace decides about opting out, the hours of automated messages, and re-checking addresses."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError

from workspaces.forms.hours import DatesField, DaysField, SendTimeField
from workspaces.models import Workspace

LONGEST: Final = 40
MOST: Final = 100


class WordsField(forms.CharField):
    """A list of words, one a line; as a list of str in the order typed, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}), required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [" ".join(line.split()) for line in str(super().clean(value) or "").splitlines()]
        words = list({line.casefold(): line for line in lines if line}.values())
        for word in words:
            if len(word) > LONGEST:
                raise ValidationError(f"“{word[:20]}…” is longer than {LONGEST} characters: a keyword is a word or two.")
            if not any(letter.isalnum() for letter in word):
                raise ValidationError(f"“{word}” has no letters: punctuation around a keyword does not count.")
        if len(words) > MOST:
            raise ValidationError(f"At most {MOST} words can be listed.")
        return words


class ConsentForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    opt_out_words = WordsField(
        label="More words that opt out",
        help_text="One a line. STOP, END, QUIT, CANCEL and UNSUBSCRIBE always do. The whole message has to be the word, in any "
        "case. US law also names REVOKE and OPT OUT: keep them.",
    )
    opt_in_words = WordsField(
        label="More words that opt in again",
        help_text="One a line. START and UNSTOP always do. Leave out what people say for other reasons, such as YES.",
    )

    send_from = SendTimeField(
        label="Automated messages from",
        help_text="By the contact’s own clock: their time zone where it is known, else every zone their number may be in.",
    )
    send_until = SendTimeField(
        label="until",
        help_text="Campaigns and everything else automated wait for the next morning. The law’s limits are 8:00 and 21:00. "
        "A contact who wrote within a day is answered at any hour, and a person may always write.",
    )
    send_days = DaysField(label="Days", help_text="Of the contact’s calendar. Everything automated keeps to them.")
    holidays = DatesField(
        label="Holidays", help_text="One a line, as year-month-day. Nothing automated leaves on these dates where the contact is."
    )

    class Meta:
        model = Workspace
        fields = (
            "opt_out_words",
            "opt_in_words",
            "confirm_opt_out",
            "confirm_opt_out_text",
            "send_from",
            "send_until",
            "send_days",
            "holidays",
            "recheck_availability",
        )
        labels: ClassVar[dict[str, str]] = {
            "confirm_opt_out": "Confirm an opt-out with one text",
            "confirm_opt_out_text": "Confirmation",
            "recheck_availability": "Check availability again",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "confirm_opt_out": "On: a contact who texts a keyword gets one answer, within five minutes, and nothing after it. Not "
            "where the line’s gateway answers itself. Off: nothing more is sent at all.",
            "confirm_opt_out_text": "No advertising: only that they are opted out, and how to come back.",
            "recheck_availability": "Old results are checked again automatically, within the lines’ limits of checks.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "confirm_opt_out_text": forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        begin, end = data.get("send_from"), data.get("send_until")
        if begin and end and begin >= end and not self.errors:
            self.add_error("send_until", "It has to be later than the beginning.")
        if data.get("confirm_opt_out") and not (data.get("confirm_opt_out_text") or "").strip():
            self.add_error("confirm_opt_out_text", "Write the confirmation, or switch it off.")
        both = {one.casefold() for one in data.get("opt_out_words", [])} & {one.casefold() for one in data.get("opt_in_words", [])}
        if both:
            self.add_error("opt_in_words", f"“{sorted(both)[0]}” stands in both lists. Remove it from one of them.")
        return data
