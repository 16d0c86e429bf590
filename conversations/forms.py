"""The composer's form."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; `cleaned_data` holds them as a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(one, initial) for one in data or [] if one]


class ReplyForm(forms.Form):
    """What the composer posts. `nonce` names this text, so that sending it twice sends it once.

    What may be sent is decided by `compose.reply` alone; the form only brings the data into shape.
    """

    body = forms.CharField(required=False, strip=False)
    nonce = forms.CharField(max_length=40)
    attachments = FilesField(required=False, max_length=200)

    @property
    def files_given(self) -> list[UploadedFile[Any]]:
        return cast("list[UploadedFile[Any]]", self.cleaned_data.get("attachments") or [])

    def clean_body(self) -> str:
        """Browsers send line ends as CRLF; a message has plain ones."""
        return str(self.cleaned_data["body"]).replace("\r\n", "\n")
