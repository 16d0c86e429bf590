"""Counting how the people answer whom a line writes to; what follows from it is `lines.standing`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from lines import standing
from lines.models import Line, LineDay
from lines.standing import Figures

LATELY: Final = timedelta(days=14)
NEWEST: Final = 1_000  # conversations looked at

_COUNT: Final = """
WITH started AS (
    SELECT m.at, m.id, EXISTS (
        SELECT 1 FROM conversations_message r
        WHERE r.line_id = m.line_id AND r.address = m.address AND r.direction = 'in' AND r.at > m.at) AS answered
    FROM conversations_message m
    WHERE m.line_id = %(line)s AND m.quota_day IS NOT NULL AND m.state = 'sent' AND m.at > %(since)s
    ORDER BY m.at DESC LIMIT %(newest)s
), newest_answered AS (SELECT MAX(at) AS at FROM started WHERE answered)
SELECT COUNT(*), COUNT(*) FILTER (WHERE answered),
       COUNT(*) FILTER (WHERE started.at > COALESCE(newest_answered.at, '-infinity')),
       (SELECT COUNT(*) FROM conversations_message f
        WHERE f.line_id = %(line)s AND f.state = 'failed' AND f.direction = 'out' AND f.at > %(day)s)
FROM started CROSS JOIN newest_answered
"""


def measure_all() -> None:
    """Every line that sends, one at a time."""
    for line in Line.objects.filter(status__in=Line.SENDING).select_related("workspace").order_by("pk"):
        standing.judge(line, figures_of(line))


def figures_of(line: Line) -> Figures:
    now = timezone.now()
    values: dict[str, Any] = {"line": line.pk, "since": now - LATELY, "newest": NEWEST, "day": now - timedelta(days=1)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        started, answered, streak, failed = cursor.fetchone()
    days = LineDay.objects.filter(line=line, day__gte=(now - timedelta(days=1)).date())
    sent = days.aggregate(sent=Sum("sent"))["sent"] or 0
    return Figures(started, answered, streak, sent, failed)
