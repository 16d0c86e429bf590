"""What ends many enrolments at once: a campaign that was stopped, people who must not be written to any more."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

from campaigns import progress
from campaigns.unwanted import enrolments as unwanted_enrolments
from campaigns.vocabulary import StopReason

AT_ONCE: Final = 500

_OF_FINISHED: Final = """
SELECT e.id FROM campaigns_campaign c
CROSS JOIN LATERAL (
    SELECT e.id FROM campaigns_enrolment e WHERE e.campaign_id = c.id AND e.state IN ('active', 'paused') LIMIT %s) e
WHERE c.status = 'finished'
LIMIT %s
"""


def sweep() -> int:
    """End a batch of enrolments of campaigns that were stopped; how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_OF_FINISHED, [AT_ONCE, AT_ONCE])
            ids = [row[0] for row in cursor.fetchall()]
        return progress.stop(ids, StopReason.CAMPAIGN_STOPPED) if ids else 0


def sweep_unwanted() -> int:
    """End enrolments of leads that were excluded or opted out where no conversation is known; how many.

    The claim and the gate refuse them in any case; this makes the pages say so.
    """
    return sum(_end(reason) for reason in (StopReason.OPTED_OUT, StopReason.EXCLUDED))


@transaction.atomic
def _end(reason: StopReason) -> int:
    ids = unwanted_enrolments(reason, AT_ONCE)
    return progress.stop(ids, reason) if ids else 0
