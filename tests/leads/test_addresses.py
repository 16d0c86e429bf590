"""One stored form for every spelling; the short way for American numbers says what the phone library says."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import ValidationResult

from leads.addresses import BadAddress, display, normalise, plain_email
from leads.importing.cells import several
from leads.plain_numbers import plain

SHAPES = [
    "+1{0}{1}{2}",
    "+1 ({0}) {1}-{2}",
    "({0}) {1}-{2}",
    "{0}.{1}.{2}",
    "{0}{1}{2}",
    "1{0}{1}{2}",
    "+1-{0}-{1}-{2}",
    "({0}{1}-{2}",
]


def by_the_library(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def valid_only_with_a_plus(text: str, region: str) -> bool:
    digits = "".join(filter(str.isdigit, text))
    try:
        abroad = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return False
    here = phonenumbers.parse(text, region)
    return "+" not in text and phonenumbers.is_valid_number(abroad) and not phonenumbers.is_valid_number(here)


@given(
    st.from_regex(r"[0-9]{3}", fullmatch=True),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
    st.from_regex(r"[0-9]{4}", fullmatch=True),
    st.sampled_from(SHAPES),
    st.sampled_from(["US", "CA", "GB", "JM"]),
)
def test_the_short_way_agrees_with_the_library(a: str, b: str, c: str, shape: str, region: str) -> None:
    text = shape.format(a, b, c)
    try:
        found = normalise(text, region=region).value
    except BadAddress:
        found = ""
    if not found and valid_only_with_a_plus(text, region):
        return
    assert found == by_the_library(text, region)
    if found:
        written = phonenumbers.format_number(phonenumbers.parse(found, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        assert display(found) == written


REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
SPELLINGS = ["+{0}{1}", "+{0} {1}", "+{0}-{1}", "+{0} ({1})", "+{0}({1}", "+{0}.0{1}", "+ {0} {1}", "00{0}{1}", "0{1}"]


@given(
    st.sampled_from(REGIONS),
    st.text("0123456789", min_size=1, max_size=14),
    st.integers(0, 9),
    st.sampled_from(SPELLINGS),
    st.sampled_from(["US", "GB", "DE", "IT", "ZZ"]),
)
@settings(max_examples=150)
def test_the_short_way_agrees_abroad(of: str, any_digits: str, more: int, spelling: str, region: str) -> None:
    example = phonenumbers.example_number(of)
    assert example is not None
    real = phonenumbers.national_significant_number(example)
    for national in (real, real[: -len(any_digits)] + any_digits, any_digits, real + str(more), "0" + real):
        text = spelling.format(example.country_code, national)
        try:
            found = normalise(text, region=region).value
        except BadAddress:
            found = ""
        assert found == by_the_library(text, region), text


@pytest.mark.parametrize("text", ["+5590806404785", "+86118919092216", "+35215354745683", "+375 80 185707758"])
def test_what_a_country_may_dial_in_front_is_taken_off(text: str) -> None:
    assert normalise(text, region="US").value == by_the_library(text, "US") != text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.20256E+10", "Excel has cut"),
        ("5550123", "lacks its area code"),
        ("12", "too few or too many"),
        ("0049 30 901820", r"write a plus instead of 00: \+4930901820\."),
        ("442071838750", r"write a plus before it: \+442071838750\."),
        ("00 12", r"phone number in its country\.$"),
        ("call me", "not a phone number"),
        ("dana@example", "not a complete email"),
        (f"{'d' * 243}@example.com", "longer than an email address"),
        (" \u200b ", "Enter a phone number"),
    ],
)
def test_refusals_say_what_would_be_right(text: str, why: str) -> None:
    with pytest.raises(BadAddress, match=why):
        normalise(text, region="US")


def test_a_number_that_only_another_country_gives_out_needs_its_plus() -> None:
    with pytest.raises(BadAddress, match=r"a plus before it: \+12025550103\. If it is new, write it as \+4912025550103\.$"):
        normalise("12025550103", region="DE")
    assert normalise("+4912025550103", region="DE").value == "+4912025550103"


@pytest.mark.parametrize("text", ["015112345678", "15112345678", "1511234567", "(030) 901820", "30 901820"])
def test_a_number_of_the_country_needs_neither_its_plus_nor_its_zero(text: str) -> None:
    assert normalise(text, region="DE").value == f"+49{''.join(filter(str.isdigit, text)).removeprefix('0')}"


@given(st.text("+01234589 .()-;,|/'orx\n", max_size=24) | st.from_regex(r"[a-zA-Z.@;, <']{0,12}@[a-z.,; ]{1,9}", fullmatch=True))
@settings(max_examples=150)
def test_a_cell_that_reads_plainly_is_one_address_and_the_same_as_by_the_long_way(cell: str) -> None:
    for value in filter(None, (plain(cell, "US"), plain_email(cell))):
        assert [normalise(text, region="US").value for text in several(cell)] == [value]


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_refusal(text: str) -> None:
    try:
        value = normalise(text, region="US").value
    except BadAddress:
        return
    assert normalise(value, region="GB").value == value
