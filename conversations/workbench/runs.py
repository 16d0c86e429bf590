"""A fix done to many messages: at once for a few, by a worker for many, and told message by message.

What it is for is written down first, in one statement. Then each message has a transaction of its own, which also keeps
what came of it: a worker that is killed, or works beside another, does no message twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.template.defaultfilters import pluralize
from django.utils import timezone

from conversations.models import Message, Repair, RepairItem
from conversations.refusals import Refused
from conversations.workbench import causes, fixes
from conversations.workbench.wanted import Wanted, matching, open_failures
from lines.models import Line
from workspaces import audit, bells, slices
from workspaces.models import User, Workspace

AT_ONCE: Final = 25
"""Messages that are dealt with while the person waits; more are a job."""

MOST_CHOSEN: Final = 200

State, Outcome = Repair.State, RepairItem.Outcome


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done: the fix, and the line of `other_line`."""

    fix: str
    line: Line | None = None


def start_with(workspace: Workspace, task: Task, public_ids: Sequence[str], *, by: User) -> Repair:
    """Do it to these messages. Ids that are none of this workspace's open failures are nobody's. Raises Refused for none."""
    chosen = open_failures(workspace).filter(public_id__in=list(public_ids)[:MOST_CHOSEN])
    return _start(workspace, task, chosen, {}, by)


def start_with_group(workspace: Workspace, task: Task, wanted: Wanted, *, by: User) -> Repair:
    """Do it to all failures of a group, as they are now. What perhaps arrived is never among them."""
    return _start(workspace, task, together(workspace, task.fix, wanted), wanted.as_json(), by)


def together(workspace: Workspace, fix: str, wanted: Wanted) -> QuerySet[Message]:
    """The messages of a group that a fix may be done to without a look at each."""
    rows = matching(workspace, wanted)
    rows = rows.exclude(reason__in=causes.ONE_BY_ONE) if fix in causes.SENDING else rows
    return rows.filter(reason__in=causes.RETRIED_TOGETHER) if fix == Repair.Fix.RETRY and not wanted.cause else rows


def _start(workspace: Workspace, task: Task, rows: QuerySet[Message], group: dict[str, str], by: User) -> Repair:
    if task.fix == Repair.Fix.OTHER_LINE and (task.line is None or not task.line.sends):
        raise Refused("Choose a line that is connected.")
    with transaction.atomic():
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if not ids:
            raise Refused("No message is left to do this to. Tick at least one that still has to be dealt with.")
        repair = Repair.objects.create(
            workspace=workspace, fix=task.fix, line=task.line, group=group, by=by, total=len(ids), state=State.RUNNING
        )
        items = (RepairItem(workspace=workspace, repair=repair, message_id=pk) for pk in ids)
        RepairItem.objects.bulk_create(items, batch_size=2_000)
        audit.record(
            by,
            workspace,
            "failures.repaired",
            target=f"{len(ids)} message{pluralize(len(ids))}",
            fix=repair.get_fix_display(),
            **group,
        )
        if len(ids) > AT_ONCE:
            ring(repair)
    if len(ids) <= AT_ONCE:
        advance(repair.pk)
        repair.refresh_from_db()
    return repair


def advance(repair_id: int, *, seconds: float = slices.SLICE) -> None:
    """Work on it for about so long; nothing when it is done."""
    repair = Repair.objects.select_related("workspace", "by", "line").filter(pk=repair_id, state__in=Repair.AT_WORK).first()
    if repair:
        slices.work(lambda: _step(repair), lambda: ring(repair), seconds=seconds)


def _step(repair: Repair) -> bool:
    """Somebody else's locks end no repair, which a person may be waiting for: the item waits as before."""
    try:
        return _next(repair)
    except OperationalError:
        return True


@transaction.atomic
def _next(repair: Repair) -> bool:
    """Do the next message that nobody else is at; False when there is none."""
    waiting = RepairItem.objects.filter(repair=repair, outcome=Outcome.WAITING).order_by("pk")
    if item := waiting.select_for_update(skip_locked=True, of=("self",)).first():
        item.outcome, item.why = _do(repair, item)
        item.save(update_fields=["outcome", "why"])
        return True
    if not waiting.exists():
        over = Repair.objects.filter(pk=repair.pk, state__in=Repair.AT_WORK)
        over.update(state=State.DONE, finished_at=timezone.now())
    return False


def _do(repair: Repair, item: RepairItem) -> tuple[str, str]:
    """(outcome, why not)"""
    if repair.by is None:
        return Outcome.SKIPPED, "The person who asked for it is no longer here."
    rows = Message.objects.of(repair.workspace).select_related(
        "workspace", "line", "conversation", "conversation__workspace", "conversation__lead__company", "conversation__line"
    )
    message = rows.get(pk=item.message_id)
    if repair.total > 1 and repair.fix in causes.SENDING and message.reason in causes.ONE_BY_ONE:
        return Outcome.SKIPPED, "Whether it arrived is not known: open it and look before it is sent again."
    try:
        with transaction.atomic():
            fixes.apply(message, repair.fix, by=repair.by, line=repair.line)
    except Refused as refused:
        return Outcome.SKIPPED, refused.message[:300]
    return Outcome.DONE, ""


def ring(repair: Repair) -> None:
    """Have it worked on once this transaction has committed; else the sweep finds it."""
    bells.ring("conversations.tasks.advance_repair", repair.pk)


def at_work() -> list[int]:
    """Repairs that are not done: also those whose worker was killed, and whose ring was lost."""
    return list(Repair.objects.filter(state__in=Repair.AT_WORK).order_by("pk").values_list("pk", flat=True))
