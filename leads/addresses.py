"""Addresses in their stored form: E.164 for phones, lower case for email.

Numbers are read by Google's phone-number library (the `phonenumbers` package).
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult
from phonenumbers import timezone as number_zones

from leads.models import Address
from leads.plain_numbers import plain

# Spaces of all kinds, and the invisible marks that come along when a number is copied from a contact card.
_UNSEEN: Final = re.compile(r"[\u00a0\u00ad\u200b-\u200f\u202a-\u202f\u2060-\u2069\ufeff]+")
_PUNCTUATION: Final = re.compile(r"[\s()./-]+")
_CUT: Final = re.compile(r"\d(?:[.,]\d*)?[eE]\+?\d{1,2}")
# The plainest of what Django's own validator takes; anything else is left to it.
_PLAIN_EMAIL: Final = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
LONGEST_EMAIL: Final = 254
"""Characters, as many as RFC 5321 leaves for an address."""


class BadAddress(ValueError):
    """What was given is neither a phone number nor an email address; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Normal:
    """An address in its stored form."""

    kind: Address.Kind
    value: str


def normalise(text: str, *, region: str) -> Normal:
    """The stored form of what a person typed. `region` reads numbers written without a country code.

    Raises BadAddress with a sentence for the person who typed it.
    """
    text = (text if text.isascii() else _UNSEEN.sub(" ", text)).strip()
    if not text:
        raise BadAddress("Enter a phone number or an email address.")
    if "@" in text:
        return Normal(Address.Kind.EMAIL, _email(text))
    return Normal(Address.Kind.PHONE, _phone(text, region))


def normalise_received(text: str) -> str:
    """The stored form of a sender that a gateway named; what cannot be read stays as it came.

    Short codes and odd senders are no E.164 numbers, and what they write must not be lost.
    """
    try:
        return normalise(text, region="ZZ").value
    except BadAddress:
        return text.strip().lower()


def _email(text: str) -> str:
    value = text.lower()
    if len(value) > LONGEST_EMAIL:
        raise BadAddress(f"“{text[:40]}…” is longer than an email address can be: {len(text)} characters of {LONGEST_EMAIL}.")
    if plain_email(value):
        return value
    try:
        validate_email(value)
    except ValidationError:
        raise BadAddress(f"“{text}” is not a complete email address, such as dana@example.com.") from None
    return value


def plain_email(text: str) -> str:
    """A plainly written email address in its stored form; nothing where it takes a closer look."""
    value = text.lower()
    return value if len(value) <= LONGEST_EMAIL and _PLAIN_EMAIL.fullmatch(value) else ""


def _phone(text: str, region: str) -> str:
    """E.164. What is possible by its length passes: only a call would tell whether somebody has it.

    Except a number without a plus that the country does not give out, and another country does with a plus before it.
    """
    if value := plain(text, region):
        return value
    if _CUT.fullmatch(text):
        raise BadAddress(
            f"“{text}” is a number that Excel has cut: its last digits are lost. Format the column as text and fill it in again."
        )
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        raise BadAddress(f"“{text}” is not a phone number. Write it with its country code, such as +12025550123.") from None
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.IS_POSSIBLE:
            here = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            if abroad := _from_abroad(text, number):
                raise BadAddress(
                    f"“{text}” is not a number of the workspace’s country, as far as is known. "
                    f"If it begins with a country code, write a plus before it: {abroad}. If it is new, write it as {here}."
                )
            return here
        case ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            raise BadAddress(f"“{text}” lacks its area code. Write it with its country code, such as +12025550123.")
    raise BadAddress(f"“{text}” has too few or too many digits for a phone number in its country.{_plus_lost(text, region)}")


def _from_abroad(text: str, number: PhoneNumber) -> str:
    """E.164 of a number that is valid with a plus before it, and is not as `number`, which it is without; else nothing.

    Most numbers are known by their zero or their length, and only the rest is looked up: an import reads a million of them.
    """
    digits = _PUNCTUATION.sub("", text)
    if digits.startswith("0") or not (abroad := plain(f"+{digits}", "")) or phonenumbers.is_valid_number(number):
        return ""
    return abroad if phonenumbers.is_valid_number(phonenumbers.parse(abroad, None)) else ""


def _plus_lost(text: str, region: str) -> str:
    """What helps where a number begins with its country code and has lost its plus, as in a spreadsheet's column of numbers,
    or has 00 in its place, which most countries dial and this one does not."""
    digits = _PUNCTUATION.sub("", text)
    if not digits.isdecimal() or (digits.startswith("0") and not digits.startswith("00")):
        return ""
    if not (value := _possible("+" + digits.removeprefix("00"))):
        return ""
    before = "instead of 00" if digits.startswith("00") else "before it"
    return f" If it begins with its country code, write a plus {before}: {value}."


def _possible(text: str) -> str:
    """E.164 of a number that is written with its country code; nothing where no such number can be."""
    try:
        number = phonenumbers.parse(text, None)
    except NumberParseException:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else ""


_AMERICAN: Final = re.compile(r"\+1([2-9][0-9]{2})([0-9]{3})([0-9]{4})")


@lru_cache(maxsize=20_000)  # a page names the same few numbers again and again
def display(value: str) -> str:
    """A number in the way its country writes it, with the country code; anything else unchanged."""
    if found := _AMERICAN.fullmatch(value):  # as the library writes all of them, at a twentieth of its time
        return f"+1 {found[1]}-{found[2]}-{found[3]}"
    if not value.startswith("+"):
        return value
    try:
        number = phonenumbers.parse(value, None)
    except NumberParseException:
        return value
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def zones(value: str) -> list[zoneinfo.ZoneInfo]:
    """The time zones a number may be in; empty when the number tells nothing (email, toll-free of the world)."""
    if not value.startswith("+"):
        return []
    if value.startswith("+1") and len(value) == _AMERICAN_DIGITS:
        value = value[:8] + "0000"  # the last four digits tell nothing about the place
    return list(_zones(value))


_AMERICAN_DIGITS: Final = len("+12025550123")


@lru_cache(maxsize=65_536)
def _zones(value: str) -> tuple[zoneinfo.ZoneInfo, ...]:
    try:
        names = number_zones.time_zones_for_number(phonenumbers.parse(value, None))
    except NumberParseException:
        return ()
    return tuple(zoneinfo.ZoneInfo(name) for name in names if name in _known_zones())


@lru_cache(maxsize=1)
def _known_zones() -> set[str]:
    return zoneinfo.available_timezones()
