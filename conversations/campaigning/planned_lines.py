"""What a plan begins with: when people may be written to, and what lines may send, have sent and have waiting already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from conversations.sending.new_conversations import EXCHANGED, since
from leads import quiet
from leads.windows import Window, closed
from lines import quota
from lines.models import Line
from lines.planned import Opens, PlannedLine
from workspaces.models import Workspace

_WAITING: Final = f"""
SELECT line_id, COUNT(DISTINCT address) FILTER (WHERE NOT known), COUNT(*) FROM (
    SELECT m.line_id, m.address, {EXCHANGED.format(line="m.line_id", address="m.address", since="w.since", id="m.id")} AS known
    FROM unnest(%(lines)s::bigint[], %(sinces)s::timestamptz[]) AS w(line, since)
    JOIN conversations_message m ON m.line_id = w.line
    WHERE m.state = 'queued' AND (m.run_at <= %(now)s OR m.hold <> '')
) due GROUP BY line_id
"""  # noqa: S608  our own words; values are bound


class Openings:
    """When somebody may be written to under these windows (`conversations.sending.hours.windows`).

    Those in the same zones share one answer, and so one question of the simulation.
    """

    def __init__(self, workspace: Workspace, windows: Sequence[Window]) -> None:
        self._workspace, self._windows = workspace, windows
        self._of: dict[tuple[ZoneInfo, ...], Opens] = {}

    def of(self, address: str, zone: str, number: str) -> Opens:
        """`zone` is the lead's own, where known, and `number` their first."""
        zones = tuple(quiet.zones_of(address, zone, self._workspace, number))
        if zones not in self._of:
            self._of[zones] = self._opens(zones)
        return self._of[zones]

    def _opens(self, zones: tuple[ZoneInfo, ...]) -> Opens:
        def opens(moment: datetime) -> datetime | None:
            found = closed(self._windows, zones, self._workspace.zone, moment)
            return None if found and found.never else found.until if found else moment

        return opens


def planned_lines(lines: Sequence[Line], now: datetime) -> list[PlannedLine]:
    """Three queries. Lines come with their workspace."""
    use, waiting = quota.use_of(lines, now), _waiting(lines, now)
    return [
        PlannedLine(line.pk, quota.ceilings_of(line), use[line.pk], *waiting.get(line.pk, (0, 0)), line.rest_until)
        for line in lines
    ]


def _waiting(lines: Sequence[Line], now: datetime) -> dict[int, tuple[int, int]]:
    """What waits on each line already: new conversations, and other messages."""
    values: dict[str, Any] = {"lines": [line.pk for line in lines], "sinces": [since(line, now) for line in lines], "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, values)
        return {line: (new, total - new) for line, new, total in cursor.fetchall()}
