"""Whether the step of a campaign's message may still be taken, for the gate. Read under locks, so that the answer holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from campaigns.models import Campaign
from campaigns.vocabulary import ENDED_FOR_GOOD, EnrolmentState, StopReason

# In the order of all locks: campaigns, then enrolments. A campaign is share-locked by all gates and changed by a pause.
_CAMPAIGNS = """
SELECT c.id, c.status, c.name FROM campaigns_campaign c
WHERE c.id IN (SELECT x.campaign_id FROM campaigns_execution x WHERE x.id = ANY(%s))
ORDER BY c.id FOR SHARE
"""

_ONE = "SELECT status FROM campaigns_campaign WHERE id = %s FOR SHARE"

_ENROLMENTS = """
SELECT e.id, e.state, e.stop_reason, e.campaign_id FROM campaigns_enrolment e
WHERE e.id IN (SELECT x.enrolment_id FROM campaigns_execution x WHERE x.id = ANY(%s))
ORDER BY e.id FOR NO KEY UPDATE
"""


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether a step's message may leave. `paused`: it waits. `stopped`: it must not leave any more, for this reason.

    `stopped_again` is the same for a message that failed and is sent once more: its failure may have ended the enrolment.
    """

    campaign: str
    paused: bool
    stopped: StopReason | None
    stopped_again: StopReason | None = None


def share(campaign_id: int) -> str:
    """The campaign's status, which stays so until this transaction ends; empty when it is gone."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [campaign_id])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def hold(execution_ids: Collection[int]) -> dict[int, Permit]:
    """Whether each of these steps may be taken; no pause, stop or reply changes it until this transaction ends.

    A completed enrolment of a drip or a message that was put back in the queue is no stop: its step was taken.
    """
    ids = sorted(execution_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CAMPAIGNS, [ids])
        campaigns = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_ENROLMENTS, [ids])
        enrolments = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute("SELECT id, enrolment_id, recall FROM campaigns_execution WHERE id = ANY(%s)", [ids])
        steps = cursor.fetchall()
    return {pk: _permit(enrolments[enrolment], campaigns, recall) for pk, enrolment, recall in steps}


def _permit(enrolment: tuple[str, str, int], campaigns: dict[int, tuple[str, str]], recall: bool) -> Permit:
    state, reason, campaign_id = enrolment
    status, name = campaigns[campaign_id]
    stopped: StopReason | None = None
    if state == EnrolmentState.STOPPED:
        stopped = StopReason(reason)
    elif recall:
        stopped = StopReason.REPLIED
    elif status == Campaign.Status.STOPPED:
        stopped = StopReason.CAMPAIGN_STOPPED
    ended = StopReason.CAMPAIGN_STOPPED if status == Campaign.Status.STOPPED else None
    paused = status == Campaign.Status.PAUSED or state == EnrolmentState.PAUSED
    return Permit(name, paused, stopped, stopped if stopped in ENDED_FOR_GOOD else ended)
