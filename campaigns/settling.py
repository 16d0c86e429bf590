"""What becomes of enrolments when a step's message ends, and when a contact replies, reads or opts out.

`conversations` calls it in the transaction that writes the fact; the message is locked before the enrolment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaigns import node_settings, nodes, progress
from campaigns.models import Enrolment, Execution, Node
from campaigns.path import Paths
from campaigns.rings import ring_engine
from campaigns.vocabulary import OPEN, UNDER_WAY, BranchTest, EnrolmentState, ExecutionState, NodeKind, StopReason, WaitMode
from leads import optouts
from leads.models import Lead
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step's message ended: executed (sent), failed or skipped (cancelled). `why` in words; `stop` ends the enrolment."""

    state: ExecutionState
    why: str = ""
    at: datetime | None = None
    stop: StopReason | None = None


def settle(execution_id: int, outcome: Outcome) -> bool:
    """Close the visit and go on to the next step; False when that changes nothing. Call it in the message's transaction."""
    return execution_id in settle_all({execution_id: outcome})


@transaction.atomic
def settle_all(outcomes: Mapping[int, Outcome]) -> set[int]:
    """Close these visits and go on to their next steps; the ids of those that this changed.

    1. Sent: executed, on to the next step. Also when it was stopped meanwhile and had left before; then nothing follows.
    2. Failed, at once or later: failed; the enrolment stops or goes on as the step says.
    3. Cancelled: skipped; the enrolment ends with `outcome.stop`, or goes on where a person cancelled just this message.
    """
    enrolments = _hold(outcomes.keys())
    visits = Execution.objects.filter(pk__in=outcomes).select_related("node__version").order_by("pk")
    changed, going, stopping = [], [], []
    for visit in visits.select_for_update(no_key=True, of=("self",)):
        outcome, was = outcomes[visit.pk], visit.state
        enrolment = enrolments[visit.enrolment_id]
        visit.recall = False
        if not _moves(was, outcome.state):
            went_otherwise = was == outcome.state == ExecutionState.EXECUTED  # as SMS, once the iMessage had failed after all
            why = outcome.why[:300] if went_otherwise else visit.why
            Execution.objects.filter(pk=visit.pk).update(recall=False, why=why)
            continue
        visit.state, visit.why, visit.at = outcome.state, outcome.why[:300], outcome.at or timezone.now()
        changed.append(visit)
        if enrolment.state not in UNDER_WAY:
            continue
        if stop := _stops(outcome, visit.node):
            stopping.append((enrolment.pk, stop, outcome.why))
        elif was in OPEN:
            going.append((enrolment, visit.node))
    Execution.objects.bulk_update(changed, ["state", "why", "at", "recall"])
    for pk, stop, why in stopping:
        progress.stop([pk], stop, why)
    stopped = {pk for pk, _, _ in stopping}
    progress.go_on_all([(enrolment, node) for enrolment, node in going if enrolment.pk not in stopped])
    if going:
        ring_engine()
    return {visit.pk for visit in changed}


def _hold(execution_ids: Collection[int]) -> dict[int, Enrolment]:
    """The enrolments of these visits, locked in order."""
    ids = Execution.objects.filter(pk__in=execution_ids).values("enrolment")
    rows = Enrolment.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True, of=("self",))
    return {row.pk: row for row in rows.select_related("campaign", "version", "lead", "workspace")}


def _moves(was: str, to: ExecutionState) -> bool:
    """Whether the visit changes: a stopped step whose message had left was executed after all; an executed one may yet fail."""
    late = {(ExecutionState.SKIPPED, ExecutionState.EXECUTED), (ExecutionState.EXECUTED, ExecutionState.FAILED)}
    return was in OPEN or (was, to) in late


def _stops(outcome: Outcome, node: Node) -> StopReason | None:
    if outcome.state == ExecutionState.FAILED:
        settings = node_settings.parse(node.kind, node.settings)
        goes_on = isinstance(settings, nodes.Message) and settings.on_failure == nodes.GO_ON
        return None if goes_on else StopReason.FAILED
    return outcome.stop


# -- what the contact did ------------------------------------------------------------------------------------------------------


@transaction.atomic
def stop_for_reply(lead: Lead, at: datetime, detail: str = "") -> int:
    """The lead has written at `at`: every enrolment under way stops, or goes at once to the branch "replied" ahead of it.

    Steps in between are skipped, and their messages that have not left are recalled; the caller cancels these
    (`conversations.sending.stopping.cancel_recalled`). Enrolments that have not begun are left alone. How many it changed.
    """
    rows = Enrolment.objects.filter(lead=lead, state__in=UNDER_WAY).exclude(begun_at=None).order_by("pk")
    held = list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    if not held:
        return 0
    for enrolment in (
        Enrolment.objects.filter(pk__in=held).select_related("campaign", "version", "lead", "workspace").order_by("pk")
    ):
        if enrolment.campaign.is_drip or not _to_branch(enrolment, at):
            progress.stop([enrolment.pk], StopReason.REPLIED, detail, at=timezone.now())
    ring_engine()
    return len(held)


def _to_branch(enrolment: Enrolment, at: datetime) -> bool:
    """Straight to the branch that asks for a reply; False where none is ahead, or it has been taken."""
    paths = Paths()
    now, path = timezone.now(), paths.of(enrolment)
    standing = Execution.objects.filter(enrolment=enrolment, state__in=OPEN).select_related("node__version").order_by("pk").first()
    if standing is None:
        return False
    here = path.by_key.get(standing.node.key) or paths.following(standing.node, path)
    branch = path.replied_ahead(here) if here else None
    if branch is None:
        return False
    Enrolment.objects.filter(pk=enrolment.pk).update(replied_at=max(at, now))
    if standing.node.key == branch.key:
        Execution.objects.filter(pk=standing.pk).update(due_at=now)
        return True
    progress.skip(Q(enrolment=enrolment), "They replied", now)
    entered = progress.enter(enrolment, path, branch, now)
    if entered and entered.node_id == branch.pk:
        Execution.objects.filter(pk=entered.pk).update(due_at=now)
    return True


@transaction.atomic
def note_read(execution_id: int, at: datetime) -> bool:
    """The step's message was read: waits and branches that ask for it are looked at now. False when that was known."""
    if not Execution.objects.filter(pk=execution_id, read_at=None).update(read_at=at):
        return False
    same = Execution.objects.filter(pk=execution_id).values("enrolment")
    wait = Q(node__kind=NodeKind.WAIT, node__settings__mode=WaitMode.READ)
    branch = Q(node__kind=NodeKind.BRANCH, node__settings__test=BranchTest.READ)
    waiting = Execution.objects.filter(wait | branch, enrolment__in=same, state=ExecutionState.WAITING, due_at__gt=timezone.now())
    if waiting.update(due_at=timezone.now()):
        ring_engine()
    return True


@transaction.atomic
def stop_for_opt_out(workspace: Workspace, addresses: Collection[str]) -> int:
    """The owners of these addresses want no more messages: all their enrolments end, even those that have not begun.

    An opt-out in the contact's own words is understood a moment after the message ended enrolments as a reply: these count as
    ended by the opt-out too.
    """
    whose = Q(lead__addresses__value__in=addresses) | Q(address__in=addresses)
    rows = Enrolment.objects.of(workspace).filter(whose)
    since = optouts.latest(workspace, addresses)
    if since:
        by_reply = rows.filter(state=EnrolmentState.STOPPED, stop_reason=StopReason.REPLIED, ended_at__gte=since)
        Enrolment.objects.filter(pk__in=by_reply.values("pk")).update(stop_reason=StopReason.OPTED_OUT)
    return progress.stop(set(rows.filter(state__in=UNDER_WAY).values_list("pk", flat=True)), StopReason.OPTED_OUT)


@transaction.atomic
def stop_for_exclusion(workspace: Workspace, leads: Q) -> int:
    """These leads are excluded now. `leads` says who, as a filter of leads."""
    mine = Lead.objects.of(workspace).filter(leads).values("pk")
    rows = Enrolment.objects.of(workspace).filter(lead__in=mine, state__in=UNDER_WAY)
    return progress.stop(set(rows.values_list("pk", flat=True)), StopReason.EXCLUDED)
