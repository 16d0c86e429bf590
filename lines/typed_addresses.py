"""Addresses of lines and their servers as people type them. Each raises ValidationError with what would be right."""

from __future__ import annotations

from urllib.parse import urlsplit

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError


def server_url(text: str) -> str:
    """An http(s) address of a server, without what does not belong there. Raises ValidationError with what is wrong."""
    text = text.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValidationError("This is not a valid address. Write it as https://mac-mini.example.com:1234.") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise ValidationError("The Server URL has to begin with https:// or http://, such as https://mac-mini.example.com:1234.")
    if not host or any(one.isspace() for one in text) or port == 0:
        raise ValidationError("The Server URL names no server. Write it as https://mac-mini.example.com:1234.")
    if parts.username or parts.password:
        raise ValidationError("Leave the name and password out of the Server URL; the password has a field of its own.")
    if parts.query or parts.fragment:
        raise ValidationError("Leave out everything from “?” or “#” on: only the server’s address belongs here.")
    return text


def number(text: str) -> str:
    """E.164, and only when the country code was written: a line's number must not be guessed."""
    if not text.startswith("+"):
        raise ValidationError("Write the number with + and its country code, such as +12025550123.")
    try:
        found = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise ValidationError("This is not a phone number. Write it as +12025550123.") from None
    if not phonenumbers.is_possible_number(found):
        raise ValidationError("This number has too few or too many digits for its country.")
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str:
    return str(forms.EmailField().clean(text.lower()))
