"""The hours for automated messages, where the contact is (47 CFR 64.1200(c)(1); gateways.md 9, rule 5).

Beside the hours of a workspace stand its weekdays and holidays; a campaign and a member may narrow them further
(`conversations.sending.hours`).
"""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from leads import addresses
from leads.windows import Window
from workspaces.models import Workspace
from workspaces.models.workspace import EARLIEST, LATEST


def hours_of(workspace: Workspace) -> tuple[time, time]:
    """From when to when automated messages leave; within the limits of the law."""
    return max(workspace.send_from, EARLIEST), min(workspace.send_until, LATEST)


def zones_of(value: str, known: str, workspace: Workspace) -> list[ZoneInfo]:
    """Where somebody may be: their own zone where it is `known`, else all that the number may be in, else ours."""
    if known:
        return [ZoneInfo(known)]
    return addresses.zones(value) or [workspace.zone]


def windows_of(workspace: Workspace) -> list[Window]:
    """The hours and the days of the workspace, where the contact is."""
    begin, end = hours_of(workspace)
    return [
        Window("quiet_hours", begin, end),
        Window("day_off", days=frozenset(workspace.send_days), off=frozenset(workspace.holidays)),
    ]
