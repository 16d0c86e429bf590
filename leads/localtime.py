"""The local time of a person: in their own time zone where it is known, else by their phone number."""

from __future__ import annotations

import zoneinfo
from datetime import datetime

from django.utils import timezone

from leads import addresses


def local_time(value: str, zone: str = "", now: datetime | None = None) -> str:
    """“9:44 in Los Angeles”; “6:44 to 9:44, by time zone” where a number may be in several; empty when nothing tells."""
    now = now or timezone.now()
    zones = [zoneinfo.ZoneInfo(zone)] if zone else addresses.zones(value)
    times = sorted({now.astimezone(one).replace(tzinfo=None) for one in zones})
    if not times:
        return ""
    if len(times) > 1:
        return f"{_hour(times[0])} to {_hour(times[-1])}, by time zone"
    if len(zones) > 1:
        return _hour(times[0])
    city = zones[0].key.rsplit("/", 1)[-1].replace("_", " ")
    return f"{_hour(times[0])} in {city}"


def _hour(local: datetime) -> str:
    return f"{local.hour}:{local:%M}"
