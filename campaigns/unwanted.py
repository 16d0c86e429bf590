"""Enrolments under way of leads that must not be written to any more, found from the leads: there are few of those.

Asked again and again over all workspaces, so it must not grow with the enrolments: each lead is one look into the index
of enrolments under way (OFFSET 0 keeps the planner from joining the other way round).
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from campaigns.vocabulary import StopReason

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


def enrolments(reason: StopReason, most: int) -> list[int]:
    """Some that are to end for `reason`: opted out, or excluded."""
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS[reason], [most])
        return [pk for (pk,) in cursor.fetchall()]
