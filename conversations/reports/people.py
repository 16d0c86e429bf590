"""Of campaigns: how many leads were enrolled in the time, and how many conversations wait for an answer now (S0-123)."""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.db.models import Count, QuerySet

from campaigns.models import Enrolment
from conversations import cells
from conversations.models import Facet, Tally
from conversations.reports.asked import Asked
from workspaces.models import Workspace


def enrolments(asked: Asked) -> QuerySet[Enrolment]:
    """Leads that were enrolled in the time; their line is the one they keep to."""
    rows = Enrolment.objects.of(asked.workspace)
    rows = rows.filter(created_at__gte=asked.since) if asked.since else rows
    rows = rows.filter(created_at__lt=asked.until) if asked.until else rows
    rows = rows.filter(campaign=asked.campaign) if asked.campaign else rows
    return rows.filter(line=asked.line) if asked.line else rows


def enrolled(asked: Asked) -> int:
    return enrolments(asked).count()


def enrolled_by_campaign(asked: Asked) -> dict[str, int]:
    """{campaign as a cell: leads}"""
    counted = enrolments(asked).order_by().values_list("campaign").annotate(n=Count("pk"))
    return {str(campaign): n for campaign, n in counted}


_WAITING: Final = """
SELECT campaign, sum(n) FROM conversations_facet
WHERE workspace_id = %s AND campaign <> 0 AND cell & %s = %s GROUP BY campaign HAVING sum(n) > 0
"""


def follow_up(workspace: Workspace) -> dict[str, int]:
    """{campaign as a cell: its conversations that wait for an answer}, over all lines and whenever they began."""
    wanted = {"waiting": "yes", "archived": ""}
    mask = sum(cells.DIMENSIONS[name].mask for name in wanted)
    code = sum(cells.DIMENSIONS[name].code(value) for name, value in wanted.items())
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [workspace.pk, mask, code])
        return {str(Tally.NONE if campaign == Facet.NONE else campaign): int(n) for campaign, n in cursor.fetchall()}
