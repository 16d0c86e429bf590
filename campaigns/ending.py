"""Ending campaigns, and many enrolments at once: of a stopped campaign, or of people who must not be written to any more."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns import progress
from campaigns.models import Campaign
from campaigns.unwanted import enrolments as unwanted_enrolments
from campaigns.vocabulary import StopReason
from workspaces import audit

AT_ONCE: Final = 500

_OF_STOPPED: Final = """
SELECT e.id FROM campaigns_campaign c
CROSS JOIN LATERAL (
    SELECT e.id FROM campaigns_enrolment e WHERE e.campaign_id = c.id AND e.state IN ('active', 'paused') LIMIT %s) e
WHERE c.status = 'stopped'
LIMIT %s
"""

# Each a probe of an index: the first enrolment there is, and the first that is under way.
_THROUGH: Final = """
SELECT c.id FROM campaigns_campaign c
WHERE c.status = 'running' AND c.kind = 'workflow'
  AND (SELECT e.id FROM campaigns_enrolment e WHERE e.campaign_id = c.id LIMIT 1) IS NOT NULL
  AND (SELECT e.id FROM campaigns_enrolment e
       WHERE e.campaign_id = c.id AND e.state IN ('active', 'paused') LIMIT 1) IS NULL
"""


@transaction.atomic
def finish() -> int:
    """Finish running campaigns whose leads are all through; how many. One that never had leads goes on.

    Enrolling share-locks the campaign's row: so it is locked first and looked at again afterwards, and passed over while it
    is share-locked. A drip waits to be applied and never finishes.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{_THROUGH} FOR NO KEY UPDATE SKIP LOCKED")
        held = [row[0] for row in cursor.fetchall()]
        if not held:
            return 0
        cursor.execute(f"{_THROUGH} AND c.id = ANY(%s)", [held])
        through = Campaign.objects.filter(pk__in=[row[0] for row in cursor.fetchall()])
    for campaign in through.select_related("workspace"):
        audit.record(None, campaign.workspace, "campaign.finished", target=campaign.name)
    return through.update(status=Campaign.Status.FINISHED, status_at=timezone.now())


def run_again(campaigns: QuerySet[Campaign]) -> None:
    """Those of these that had finished run again, since somebody is under way in them, or about to be.

    Campaigns are locked before their enrolments: call this before locking those, or with the campaigns locked.
    """
    campaigns.filter(status=Campaign.Status.FINISHED).update(status=Campaign.Status.RUNNING, status_at=timezone.now())


def sweep() -> int:
    """End a batch of enrolments of campaigns that were stopped; how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_OF_STOPPED, [AT_ONCE, AT_ONCE])
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
