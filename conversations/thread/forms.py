"""The forms that messages are written in."""

from __future__ import annotations

import secrets
import zoneinfo
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from conversations.refusals import Refused
from conversations.sending import scheduling
from conversations.sending.compose import Repeated
from conversations.vocabulary import Channel
from leads import addresses


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; `cleaned_data` holds them as a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(one, initial) for one in data or [] if one]


class BodyField(forms.CharField):
    """The words of a message. Browsers send line ends as CRLF; a message has plain ones."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


def refuse(form: forms.Form, refused: Refused, fields: Mapping[str, str] = MappingProxyType({})) -> None:
    """Show in the form why it was not sent; `fields`: its names of what the door refuses.

    Where it had been sent before and was changed since, it gets another nonce: sent once more it is a text of its own.
    """
    if isinstance(refused, Repeated):
        data = cast("QueryDict", form.data).copy()
        data["nonce"] = secrets.token_urlsafe(12)
        form.data = data
    field = fields.get(refused.field, refused.field)
    form.add_error(field if field in form.fields else None, refused.message)


class ReplyForm(forms.Form):
    """What the composer posts. `nonce` names this text, so that sending it twice sends it once.

    What may be sent is decided by `conversations.sending.replying` alone; the form only brings the data into shape.
    """

    body = BodyField(required=False)
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

    def clean_send_at(self) -> datetime | None:
        try:
            return scheduling.read(self.cleaned_data["send_at"], self.zone)
        except scheduling.NoSuchTime as error:
            raise forms.ValidationError(str(error)) from error


class TimedForm(forms.Form):
    """What leaves now, or at a time of the clock of `zone`. Cleaned, `send_at` is that moment; None where “now” is chosen."""

    when = forms.ChoiceField(choices=[("now", "Send now"), ("later", "Send later")])
    send_at = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, zone: zoneinfo.ZoneInfo | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone or zoneinfo.ZoneInfo("UTC")

    def clean(self) -> dict[str, Any]:
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


class QuickForm(TimedForm):
    """Quick Send: to whom, what, as what and when. `nonce` names this text, so that sending it twice sends it once."""

    to = forms.CharField(
        max_length=254, error_messages={"required": "Enter a phone number with its country code, or an email address."}
    )
    nonce = forms.CharField(max_length=40)
    body = BodyField(error_messages={"required": "Write a message."})
    channel = forms.ChoiceField(required=False, choices=[("", "Automatic"), *((one.value, one.label) for one in Channel)])
    line = forms.CharField(required=False, max_length=40)

    def clean_to(self) -> str:
        try:
            return addresses.normalise(self.cleaned_data["to"], region="ZZ").value
        except addresses.BadAddress as bad:
            raise forms.ValidationError(str(bad)) from bad


class ChangeForm(TimedForm):
    """Another text or time for a scheduled message; “now” has no time."""

    body = BodyField(required=False)
    when = forms.ChoiceField(choices=[("later", "At a time"), ("now", "Now")])


class DraftForm(forms.Form):
    """What the composer saves by itself while somebody writes. `seen` is the newest message they had seen."""

    body = BodyField(required=False, max_length=20_000)
    nonce = forms.CharField(required=False, max_length=40)
    seen = forms.CharField(required=False, max_length=40)
