"""Time zones and countries as people choose them. `countries.txt` holds ISO 3166 codes and common names, in order of name."""

from __future__ import annotations

import zoneinfo
from functools import cache
from pathlib import Path

import phonenumbers

AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

Choices = list[tuple[str, str]]


@cache
def zones() -> list[tuple[str, Choices]]:
    """Zones named for a place, by area; not the historical aliases such as GB or EST5EDT."""
    known = sorted(zoneinfo.available_timezones())
    areas = [(area, [(zone, _city(zone)) for zone in known if zone.startswith(f"{area}/")]) for area in AREAS]
    return [("Universal", [("UTC", "UTC")]), *areas]


@cache
def countries() -> Choices:
    """(two-letter code, name and calling code) of every country whose numbers can be told apart."""
    lines = (Path(__file__).parent / "countries.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(" ", 1) for line in lines]
    return [(code, f"{name} (+{phonenumbers.country_code_for_region(code)})") for code, name in pairs]


def _city(zone: str) -> str:
    return zone.split("/", 1)[1].replace("_", " ").replace("/", ", ")
