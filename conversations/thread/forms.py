"""The composer's form."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile

from conversations.sending import scheduling
from conversations.vocabulary import Channel
from leads import addresses


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; `cleaned_data` holds them as a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(one, initial) for one in data or [] if one]


class ReplyForm(forms.Form):
    """What the composer posts. `nonce` names this text, so that sending it twice sends it once.

    What may be sent is decided by `conversations.sending.replying` alone; the form only brings the data into shape.
    """

    body = forms.CharField(required=False, strip=False)
    nonce = forms.CharField(max_length=40)
    attachments = FilesField(required=False, max_length=200)
    line = forms.CharField(required=False, max_length=40)
    channel = forms.ChoiceField(required=False, choices=[("", "Automatic"), *((one.value, one.label) for one in Channel)])
    send_at = forms.CharField(required=False, max_length=40)
    cancel_on_reply = forms.BooleanField(required=False)
    seen = forms.CharField(required=False, max_length=40)
    anyway = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, zone: zoneinfo.ZoneInfo | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone or zoneinfo.ZoneInfo("UTC")

    @property
    def files_given(self) -> list[UploadedFile[Any]]:
        return cast("list[UploadedFile[Any]]", self.cleaned_data.get("attachments") or [])

    def clean_body(self) -> str:
        """Browsers send line ends as CRLF; a message has plain ones."""
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    def clean_send_at(self) -> datetime | None:
        try:
            return scheduling.read(self.cleaned_data["send_at"], self.zone)
        except scheduling.NoSuchTime as error:
            raise forms.ValidationError(str(error)) from error


def _with_time(form: forms.Form, data: dict[str, Any], zone: zoneinfo.ZoneInfo) -> dict[str, Any]:
    """The moment of `send_at`, which counts only where “later” is chosen."""
    text, data["send_at"] = data.get("send_at", ""), None
    if data.get("when") != "later":
        return data
    try:
        data["send_at"] = scheduling.read(text, zone)
    except scheduling.NoSuchTime as error:
        form.add_error("send_at", str(error))
    else:
        if data["send_at"] is None:
            form.add_error("send_at", "Choose the day and time to send it at.")
    return data


class QuickForm(forms.Form):
    """Quick Send: to whom, what, as what and when. `nonce` names this text, so that sending it twice sends it once."""

    to = forms.CharField(
        max_length=254, error_messages={"required": "Enter a phone number with its country code, or an email address."}
    )
    nonce = forms.CharField(max_length=40)
    body = forms.CharField(strip=False, error_messages={"required": "Write a message."})
    channel = forms.ChoiceField(required=False, choices=[("", "Automatic"), *((one.value, one.label) for one in Channel)])
    line = forms.CharField(required=False, max_length=40)
    when = forms.ChoiceField(choices=[("now", "Send now"), ("later", "Send later")])
    send_at = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, zone: zoneinfo.ZoneInfo | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone or zoneinfo.ZoneInfo("UTC")

    def clean_to(self) -> str:
        try:
            return addresses.normalise(self.cleaned_data["to"], region="ZZ").value
        except addresses.BadAddress as bad:
            raise forms.ValidationError(str(bad)) from bad

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        return _with_time(self, super().clean() or self.cleaned_data, self.zone)


class ChangeForm(forms.Form):
    """Another text or time for a scheduled message; “now” has no time."""

    body = forms.CharField(required=False, strip=False)
    when = forms.ChoiceField(choices=[("later", "At a time"), ("now", "Now")])
    send_at = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, zone: zoneinfo.ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        return _with_time(self, super().clean() or self.cleaned_data, self.zone)


class DraftForm(forms.Form):
    """What the composer saves by itself while somebody writes. `seen` is the newest message they had seen."""

    body = forms.CharField(required=False, strip=False, max_length=20_000)
    nonce = forms.CharField(required=False, max_length=40)
    seen = forms.CharField(required=False, max_length=40)

    def clean_body(self) -> str:
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")
