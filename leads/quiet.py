"""The hours for automated messages, where the contact is (47 CFR 64.1200(c)(1); gateways.md 9, rule 5).

Beside the hours of a workspace stand its weekdays and holidays; a campaign and a member may narrow them further
(`conversations.sending.hours`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import time
from zoneinfo import ZoneInfo

from leads import addresses
from leads.models import Address
from leads.windows import Window
from workspaces.models import Workspace
from workspaces.models.workspace import EARLIEST, LATEST


def hours_of(workspace: Workspace) -> tuple[time, time]:
    """From when to when automated messages leave; within the limits of the law."""
    return max(workspace.send_from, EARLIEST), min(workspace.send_until, LATEST)


def zones_of(value: str, known: str, workspace: Workspace, number: str = "") -> list[ZoneInfo]:
    """Where somebody may be who is written to at `value`.

    Their own zone where it is `known`, else all that the number may be in, else ours. An email address tells nothing; then their
    first `number` does (`numbers_of`).
    """
    if known:
        return [ZoneInfo(known)]
    return addresses.zones(value) or addresses.zones(number) or [workspace.zone]


def numbers_of(leads: Collection[int]) -> dict[int, str]:
    """{lead: their first number}, of those who have one. One query; none for nobody."""
    if not leads:
        return {}
    phones = Address.objects.filter(lead__in=leads, kind=Address.Kind.PHONE).order_by("lead", "rank").distinct("lead")
    return dict(phones.values_list("lead_id", "value"))


def windows_of(workspace: Workspace) -> list[Window]:
    """The hours and the days of the workspace, where the contact is."""
    begin, end = hours_of(workspace)
    return [
        Window("quiet_hours", begin, end),
        Window("day_off", days=frozenset(workspace.send_days), off=frozenset(workspace.holidays)),
    ]
