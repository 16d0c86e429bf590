"""Leads that automation must not write to any more, and their enrolments.

The enrolments are found from the leads, for there are few of those: asked for again and again over all workspaces, it must
not grow with the enrolments. Each lead is one look into the index of enrolments under way (OFFSET 0 keeps the planner from
joining the other way round).
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from campaigns.vocabulary import StopReason
from leads.models import Lead

_OPTED_OUT: Final = "SELECT id FROM leads_lead WHERE opted_out_at IS NOT NULL OFFSET 0"
_EXCLUDED: Final = """
(SELECT id FROM leads_lead WHERE status = 'excluded' OFFSET 0)
UNION ALL
(SELECT l.id FROM (SELECT id FROM leads_company WHERE status = 'excluded' OFFSET 0) c JOIN leads_lead l ON l.company_id = c.id)
"""

_UNDER_WAY: Final = """
SELECT e.id FROM ({leads}) l
CROSS JOIN LATERAL (
    SELECT id FROM campaigns_enrolment WHERE lead_id = l.id AND state IN ('active', 'paused') OFFSET 0
) e LIMIT %s
"""

QUESTIONS: Final[dict[StopReason, str]] = {
    StopReason.OPTED_OUT: _UNDER_WAY.format(leads=_OPTED_OUT),
    StopReason.EXCLUDED: _UNDER_WAY.format(leads=_EXCLUDED),
}


def unwanted(lead: Lead) -> StopReason | None:
    """Why this lead is not written to by automation; None when nothing stands against it. They come with their company."""
    if lead.opted_out_at:
        return StopReason.OPTED_OUT
    if lead.is_excluded:
        return StopReason.EXCLUDED
    return None


def enrolments(reason: StopReason, most: int) -> list[int]:
    """Some that are to end for `reason`: opted out, or excluded."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS[reason], [most])
        return [pk for (pk,) in cursor.fetchall()]
