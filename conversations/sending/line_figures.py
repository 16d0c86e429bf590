"""Counting how contacts answer a line; what follows from it is `lines.standing`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from lines import standing
from lines.models import Line
from lines.standing import Figures

LATELY: Final = timedelta(days=14)
NEWEST: Final = 1_000  # conversations looked at
AT_ONCE: Final = 20  # lines of one statement

_COUNT: Final = """
SELECT l.id, f.* FROM unnest(%(lines)s::bigint[]) AS l(id) CROSS JOIN LATERAL (
    WITH started AS (
        SELECT m.at, m.id, EXISTS (
            SELECT 1 FROM conversations_message r
            WHERE r.line_id = m.line_id AND r.address = m.address AND r.direction = 'in' AND r.at > m.at) AS answered
        FROM conversations_message m
        WHERE m.line_id = l.id AND m.quota_day IS NOT NULL AND m.state = 'sent' AND m.at > %(since)s
        ORDER BY m.at DESC LIMIT %(newest)s
    ), newest_answered AS (SELECT MAX(at) AS at FROM started WHERE answered)
    SELECT COUNT(*), COUNT(*) FILTER (WHERE answered),
           COUNT(*) FILTER (WHERE started.at > COALESCE(newest_answered.at, '-infinity')),
           (SELECT COALESCE(SUM(d.sent), 0) FROM lines_lineday d WHERE d.line_id = l.id AND d.day >= %(yesterday)s::date),
           (SELECT COUNT(*) FROM conversations_message f
            WHERE f.line_id = l.id AND f.state = 'failed' AND f.direction = 'out' AND f.at > %(yesterday)s)
    FROM started CROSS JOIN newest_answered
) f
"""


def measure_all() -> None:
    """Every line that sends, some at a time."""
    lines = list(Line.objects.filter(status__in=Line.SENDING).select_related("workspace").order_by("pk"))
    for first in range(0, len(lines), AT_ONCE):
        some = lines[first : first + AT_ONCE]
        figures = figures_of([line.pk for line in some])
        for line in some:
            standing.judge(line, figures[line.pk])


def figures_of(line_ids: Collection[int]) -> dict[int, Figures]:
    """{line: how it has done}: conversations of the last two weeks, messages and failures since yesterday. One query."""
    now = timezone.now()
    values: dict[str, Any] = {
        "lines": list(line_ids),
        "since": now - LATELY,
        "newest": NEWEST,
        "yesterday": now - timedelta(days=1),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return {line: Figures(*counted) for line, *counted in cursor.fetchall()}
