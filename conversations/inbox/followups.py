"""What is left to do today: tasks, drafts that wait for approval, and contacts who wait for a reply (S0-10, S0-132)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from conversations import cells
from conversations.models import Conversation, Facet, Message, Task
from conversations.vocabulary import State
from workspaces import audit, paging
from workspaces.access import no_such_page
from workspaces.models import User, Workspace
from workspaces.paging import Page

SIZE: Final = 50
"""Rows of a page of tasks or drafts."""

NO_TIME: Final = datetime.max.replace(tzinfo=UTC)
"""Where a task without a time stands among the others: after them."""


@transaction.atomic
def add(
    workspace: Workspace, title: str, *, by: User, assignee: User | None, due_at: datetime | None, conversation: Conversation | None
) -> Task:
    task = Task.objects.create(
        workspace=workspace, title=title, due_at=due_at, assignee=assignee, conversation=conversation, created_by=by
    )
    audit.record(by, workspace, "task.created", target=title)
    return task


@transaction.atomic
def finish(task: Task, *, by: User) -> bool:
    """Done; False when somebody was quicker."""
    open_ = Task.objects.of(task.workspace).filter(pk=task.pk, done_at=None)
    changed = open_.update(done_at=timezone.now(), done_by=by)
    if changed:
        audit.record(by, task.workspace, "task.done", target=task.title)
    return bool(changed)


@transaction.atomic
def reopen(task: Task, *, by: User) -> bool:
    done = Task.objects.of(task.workspace).filter(pk=task.pk, done_at__isnull=False)
    changed = done.update(done_at=None, done_by=None)
    if changed:
        audit.record(by, task.workspace, "task.reopened", target=task.title)
    return bool(changed)


def task_of(workspace: Workspace, public_id: str) -> Task:
    """Raises Http404."""
    found = Task.objects.of(workspace).select_related("workspace", "conversation").filter(public_id=public_id).first()
    return found or no_such_page()


def open_tasks(workspace: Workspace, *, of: User | None = None, done: bool = False, after: str = "") -> Page[Task]:
    """Tasks of a person or of everyone, the most urgent first; what has no time comes last. Done ones: the newest first."""
    rows = Task.objects.of(workspace).filter(done_at__isnull=not done).select_related("assignee", "conversation", "created_by")
    if of:
        rows = rows.filter(assignee=of)
    rows = rows.annotate(moment=F("done_at") if done else Coalesce("due_at", Value(NO_TIME)))
    return paging.by_moment(rows, "moment", after, SIZE, of=f"tasks:{workspace.pk}:{of.pk if of else 0}:{done}", newest_first=done)


def of_conversation(conversation: Conversation) -> QuerySet[Task]:
    rows = Task.objects.of(conversation.workspace).filter(conversation=conversation, done_at=None)
    return rows.select_related("assignee", "created_by").order_by(F("due_at").asc(nulls_last=True), "pk")


def end_of_today(workspace: Workspace, now: datetime | None = None) -> datetime:
    here = (now or timezone.now()).astimezone(workspace.zone)
    return datetime.combine(here.date() + timedelta(days=1), time.min, workspace.zone)


@dataclass(frozen=True, slots=True)
class Left:
    """How much of today's work is left for one person: theirs, and what waits for anybody."""

    replies: int
    tasks: int
    approvals: int

    @property
    def total(self) -> int:
        return self.replies + self.tasks + self.approvals


_LEFT: Final = """
SELECT
    (SELECT COALESCE(sum(n), 0) FROM conversations_facet
     WHERE workspace_id = %(workspace)s AND campaign = %(all)s AND cell & %(mask)s = %(waits)s),
    (SELECT count(*) FROM conversations_task
     WHERE workspace_id = %(workspace)s AND assignee_id = %(user)s AND done_at IS NULL AND due_at < %(tomorrow)s),
    (SELECT count(*) FROM conversations_message WHERE workspace_id = %(workspace)s AND status = %(draft)s)
"""


def left_today(workspace: Workspace, user: User) -> Left:
    """One query that reads indexes alone, for it stands on every page."""
    waiting, archived = cells.DIMENSIONS["waiting"], cells.DIMENSIONS["archived"]
    values: dict[str, Any] = {
        "workspace": workspace.pk,
        "user": user.pk,
        "all": Facet.ALL,
        "mask": waiting.mask | archived.mask,
        "waits": waiting.code("yes"),
        "tomorrow": end_of_today(workspace),
        "draft": State.DRAFT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, values)
        replies, tasks, approvals = cursor.fetchone()
    return Left(int(replies), tasks, approvals)


def drafts(workspace: Workspace, after: str = "") -> Page[Message]:
    """What was written for approval, oldest first (S0-58)."""
    return _prepared(workspace, State.DRAFT, after)


def discarded(workspace: Workspace, after: str = "") -> Page[Message]:
    """What was prepared and not used, newest first, with the reason (S0-59)."""
    return _prepared(workspace, State.DISCARDED, after)


def _prepared(workspace: Workspace, state: State, after: str) -> Page[Message]:
    rows = Message.objects.of(workspace).filter(status=state).select_related("author", "conversation").annotate(moment=F("at"))
    return paging.by_moment(rows, "moment", after, SIZE, of=f"{state}:{workspace.pk}", newest_first=state == State.DISCARDED)
