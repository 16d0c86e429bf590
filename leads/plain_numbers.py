"""Plainly written numbers, read at a fortieth of the library's time and with its result. What is less plain is left to it.

A number with a country code needs the library's rules only where its national part begins with what the country may dial in
front of it (a zero, mostly); all others are as long as the country's numbers are, or are no plain numbers. `test_addresses`
holds both ways against each other for every country.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, region_code_for_country_code

_INTERNATIONAL: Final = re.compile(r"\+[1-9][0-9 .()-]*[0-9]")
_AMERICAN: Final = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9][0-9][0-9])\)?[ .-]?([0-9]{3})[ .-]?([0-9]{4})")
_REGIONS_OF_1: Final = frozenset({"US", "CA"})
_BETWEEN: Final = str.maketrans("", "", " .()-+")
_LONGEST: Final = 60
"""Characters. The library has a limit of its own, far above."""


def plain(text: str, region: str) -> str:
    """E.164, or nothing where it takes the library to tell."""
    if region in _REGIONS_OF_1 and (found := _AMERICAN.fullmatch(text)):
        return f"+1{found[1]}{found[2]}{found[3]}"
    if len(text) > _LONGEST or not _INTERNATIONAL.fullmatch(text):
        return ""
    digits = text.translate(_BETWEEN)
    country = _country(digits[:3])
    if country is None or not country.takes(digits[country.code_length :]):
        return ""
    return f"+{digits}"


@dataclass(frozen=True, slots=True)
class _Country:
    """What the library knows of the numbers behind a country code."""

    code_length: int
    lengths: frozenset[int]
    dialled_before: re.Pattern[str] | None

    def takes(self, national: str) -> bool:
        if len(national) not in self.lengths or national[0] == "0":
            return False
        return self.dialled_before is None or not self.dialled_before.match(national)


@lru_cache(maxsize=1024)  # there are nine hundred beginnings
def _country(beginning: str) -> _Country | None:
    """The country whose code the digits begin with; no code is the beginning of another."""
    for length in range(1, len(beginning) + 1):
        code = int(beginning[:length])
        if code in COUNTRY_CODE_TO_REGION_CODE:
            known = PhoneMetadata.metadata_for_region_or_calling_code(code, region_code_for_country_code(code))
            if known is None or known.general_desc is None:
                return None
            before = known.national_prefix_for_parsing
            return _Country(length, frozenset(known.general_desc.possible_length), re.compile(before) if before else None)
    return None
