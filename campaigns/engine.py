"""The engine: enrolments begin, and waits, branches and stops are decided, each in one short transaction.

Any number of workers may call it. A due visit is claimed with SKIP LOCKED together with its enrolment; deciding it and
entering the next node commit together, so that nothing is decided twice, whoever is killed or doubled. A paused campaign
is one row that the claim reads. What the other nodes do is done by `conversations.steps`, which claims likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import connection, transaction
from django.utils import timezone

from campaigns import nodes, progress
from campaigns.models import Campaign, Enrolment, Execution, Node
from campaigns.path import Path, path_of
from campaigns.unwanted import enrolments as unwanted_enrolments
from campaigns.vocabulary import UNDER_WAY, Arm, EnrolmentState, ExecutionState, Overlap, StopReason
from leads.models import Address, Company, Lead

log = structlog.get_logger(__name__)

BEGUN_AT_ONCE: Final = 100
AGAIN_AFTER: Final = timedelta(minutes=5)
"""When a visit is tried again whose decision raised an error."""

SOON: Final = timedelta(seconds=2)

IntentOf = Callable[[Enrolment], tuple[str, str] | None]
"""Status and reason of what the lead last wrote, None while it is being read; told by the layer above."""

_AT_WORK: Final = """
SELECT c.id FROM campaigns_campaign c
WHERE c.status = 'running' AND (
    EXISTS (SELECT 1 FROM campaigns_enrolment e WHERE e.campaign_id = c.id AND e.state = 'active' AND e.begun_at IS NULL)
    OR EXISTS (SELECT 1 FROM campaigns_execution x WHERE x.campaign_id = c.id AND x.state IN ('waiting', 'pending')
               AND x.handed_at IS NULL AND x.due_at <= statement_timestamp()))
ORDER BY c.id
"""

_CLAIM: Final = """
SELECT x.id FROM campaigns_execution x
JOIN campaigns_enrolment e ON e.id = x.enrolment_id
JOIN campaigns_campaign c ON c.id = x.campaign_id
WHERE x.campaign_id = %s AND x.state = %s AND x.state IN ('waiting', 'pending') AND x.handed_at IS NULL
  AND x.due_at <= statement_timestamp() AND e.state = 'active' AND c.status = 'running'
ORDER BY x.due_at
LIMIT 1
FOR NO KEY UPDATE OF x, e SKIP LOCKED
"""


def at_work() -> list[int]:
    """Campaigns that have something due, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_AT_WORK)
        return [row[0] for row in cursor.fetchall()]


def claim(campaign_id: int, state: ExecutionState) -> Execution | None:
    """The visit of this state that is due longest, held with its enrolment until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [campaign_id, state])
        row = cursor.fetchone()
    return load(row[0]) if row else None


def load(execution_id: int) -> Execution:
    return Execution.objects.select_related(
        "workspace", "node__version", "enrolment__version", "enrolment__workspace", "enrolment__lead__company",
        "enrolment__campaign__sender", "enrolment__campaign__workspace", "enrolment__line",
    ).get(pk=execution_id)  # fmt: skip


# -- beginning -----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(campaign_id: int) -> int:
    """Take up enrolments that have not begun, a batch of them; how many.

    Who opted out, was excluded or is under way elsewhere by now does not begin.
    """
    campaign = Campaign.objects.select_related("version").get(pk=campaign_id)
    if campaign.version is None or campaign.kind == Campaign.Kind.DRIP:
        return 0
    waiting = Enrolment.objects.filter(campaign=campaign, state=EnrolmentState.ACTIVE, begun_at=None).order_by("pk")
    found = dict(waiting.values_list("pk", "lead_id")[:BEGUN_AT_ONCE])
    # Whoever begins the same people in another campaign waits here; leads are locked before enrolments.
    list(Lead.objects.filter(pk__in=found.values()).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    held = list(waiting.filter(pk__in=found).select_for_update(skip_locked=True, no_key=True, of=("self",)))
    rows = Enrolment.objects.filter(pk__in=[one.pk for one in held]).select_related("workspace", "lead__company", "campaign")
    path, now, others = path_of(campaign.version), timezone.now(), elsewhere(campaign, held)
    beginning = []
    for enrolment in rows.order_by("pk"):
        enrolment.version = campaign.version
        if reason := unwanted(enrolment.lead):
            progress.stop([enrolment.pk], reason)
        elif enrolment.lead_id in others:
            progress.stop([enrolment.pk], StopReason.OVERLAP)
        else:
            beginning.append(enrolment)
    progress.begin(beginning, path, now)
    return len(held)


def elsewhere(campaign: Campaign, enrolments: list[Enrolment]) -> set[int]:
    """Leads that have begun in another campaign, where this one leaves such leads out."""
    if campaign.overlap != Overlap.SKIP:
        return set()
    others = Enrolment.objects.filter(
        lead__in=[one.lead_id for one in enrolments], state__in=UNDER_WAY, campaign__status__in=[Campaign.Status.RUNNING, "paused"],
        campaign__workspace=campaign.workspace_id,
    ).exclude(campaign=campaign)  # fmt: skip
    return set(others.exclude(begun_at=None).values_list("lead_id", flat=True))


def unwanted(lead: Lead) -> StopReason | None:
    """Why this lead is not written to by automation; None when nothing stands against it."""
    if lead.opted_out_at:
        return StopReason.OPTED_OUT
    if lead.status == Lead.Status.EXCLUDED or (lead.company and lead.company.status == Company.Status.EXCLUDED):
        return StopReason.EXCLUDED
    return None


# -- deciding ------------------------------------------------------------------------------------------------------------------


def decide(campaign_id: int, intent_of: IntentOf) -> bool:
    """Decide one due wait, branch or stop; False when none is due. An error puts its visit off and holds up no other."""
    execution_id = 0
    try:
        with transaction.atomic():
            execution = claim(campaign_id, ExecutionState.WAITING)
            if execution is None:
                return False
            execution_id = execution.pk
            _decide(execution, intent_of, timezone.now())
    except Exception:
        log.exception("step_not_decided", execution=execution_id)
        put_off(execution_id, "Something went wrong here. It is tried again in a few minutes.", AGAIN_AFTER)
    return True


def put_off(execution_id: int, why: str, wait: timedelta) -> None:
    Execution.objects.filter(pk=execution_id, handed_at=None).update(due_at=timezone.now() + wait, why=why[:300])


def _decide(execution: Execution, intent_of: IntentOf, now: datetime) -> None:
    enrolment = execution.enrolment
    if reason := unwanted(enrolment.lead):
        progress.stop([enrolment.pk], reason)
        return
    path = progress.current_path(enrolment)
    node = in_force(execution, path)
    if node is None:
        return
    match nodes.parse(node.kind, node.settings):
        case nodes.Branch() as branch:
            _branch(execution, node, branch, path, intent_of, now)
        case nodes.Wait() as wait:
            _wait(execution, node, wait, path, now)
        case nodes.Stop(note=note):
            progress.finish(execution, ExecutionState.EXECUTED, note or "Ended here", now)
            progress.stop([enrolment.pk], StopReason.STOP_NODE, note)


def in_force(execution: Execution, path: Path) -> Node | None:
    """The visit's node as the enrolment's version has it. None: it was removed, and the way goes on without it."""
    if node := path.by_key.get(execution.node.key):
        return node
    progress.finish(execution, ExecutionState.SKIPPED, "The step was removed from the workflow")
    progress.go_on(execution.enrolment, execution.node, path)
    return None


def _wait(execution: Execution, node: Node, wait: nodes.Wait, path: Path, now: datetime) -> None:
    why = "Waited"
    if wait.mode == "read":
        last = progress.last_message(execution.enrolment)
        read = last is None or last.read_at is not None
        over = progress.over_at(execution.enrolment, node, now, execution.created_at)
        if not read and over > now:
            Execution.objects.filter(pk=execution.pk).update(due_at=over)
            return
        why = "The last message was read" if read and last else "Not read in that time"
    progress.finish(execution, ExecutionState.EXECUTED, why, now)
    progress.go_on(execution.enrolment, node, path)


def _branch(execution: Execution, node: Node, branch: nodes.Branch, path: Path, intent_of: IntentOf, now: datetime) -> None:
    enrolment = execution.enrolment
    if (answer := _answer(enrolment, branch, intent_of)) is None:
        put_off(execution.pk, "What they wrote is being read", SOON)
        return
    arm, why = answer
    if arm == Arm.NO and branch.test in ("replied", "read"):
        over = progress.over_at(enrolment, node, now, execution.created_at)
        if over > now:  # woken for nothing
            Execution.objects.filter(pk=execution.pk).update(due_at=over)
            return
    progress.finish(execution, ExecutionState.EXECUTED, f"{arm.label}: {why}", now)
    progress.enter(enrolment, path, path.into(node, arm), now)


def _answer(enrolment: Enrolment, branch: nodes.Branch, intent_of: IntentOf) -> tuple[Arm, str] | None:
    lead = enrolment.lead
    match branch.test:
        case "replied":
            last, at = progress.last_message(enrolment), enrolment.replied_at
            return _arm(at is not None and (last is None or at >= last.at), "they replied", "no reply in that time")
        case "read":
            return _arm(progress.was_read(enrolment), "they read it", "not read in that time")
        case "imessage":
            has = Address.objects.filter(lead=lead, availability=Address.Availability.AVAILABLE).exists()
            return _arm(has, "an address has iMessage", "no address is known to have iMessage")
        case "icp":
            icp = lead.company.icp if lead.company else ""
            return _arm(icp in branch.values and icp != "", icp, icp or "no ICP")
        case "persona":
            return _arm(lead.persona in branch.values and lead.persona != "", lead.persona, lead.persona or "no persona")
        case _:
            if (intent := intent_of(enrolment)) is None:
                return None
            status, reason = intent
            fits = (not branch.statuses or status in branch.statuses) and (not branch.reasons or reason in branch.reasons)
            said = " · ".join(filter(None, [status, reason])).replace("_", " ") or "nothing is known"
            return _arm(bool(status) and fits, said, said)


def _arm(yes: bool, why_yes: str, why_no: str) -> tuple[Arm, str]:
    return (Arm.YES, why_yes) if yes else (Arm.NO, why_no)


# -- what happened elsewhere ---------------------------------------------------------------------------------------------------

SWEPT_AT_ONCE: Final = 500


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
            cursor.execute(_OF_FINISHED, [SWEPT_AT_ONCE, SWEPT_AT_ONCE])
            ids = [row[0] for row in cursor.fetchall()]
        return progress.stop(ids, StopReason.CAMPAIGN_STOPPED) if ids else 0


def sweep_unwanted() -> int:
    """End enrolments of leads that were excluded or opted out where no conversation is known; how many.

    The claim and the gate refuse them in any case; this makes the pages say so.
    """
    return sum(_end(reason) for reason in (StopReason.OPTED_OUT, StopReason.EXCLUDED))


@transaction.atomic
def _end(reason: StopReason) -> int:
    ids = unwanted_enrolments(reason, SWEPT_AT_ONCE)
    return progress.stop(ids, reason) if ids else 0
