"""The counts of a whole workspace, which its list, its Intent page and the navigation of every page show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from conversations.inbox.facets import Cube
from conversations.inbox.followups import end_of_today
from workspaces.models import User, Workspace

_WHOLE: Final = """
SELECT cell, sum(n) FROM conversations_facet WHERE workspace_id = %(workspace)s AND campaign = 0 GROUP BY cell HAVING sum(n) > 0
UNION ALL
SELECT -1, count(*) FROM (
    SELECT 1 FROM conversations_task
    WHERE workspace_id = %(workspace)s AND assignee_id = %(user)s AND done_at IS NULL AND due_at < %(tomorrow)s LIMIT %(most)s
) tasks
UNION ALL
SELECT -2, count(*) FROM (
    SELECT 1 FROM conversations_message WHERE workspace_id = %(workspace)s AND status = 'draft' LIMIT %(most)s
) drafts
UNION ALL
SELECT -3, count(*) FROM (
    SELECT 1 FROM conversations_message
    WHERE workspace_id = %(workspace)s AND status = 'not_delivered' AND handled_at IS NULL LIMIT 1000
) failures
"""
_TASKS, _DRAFTS, _FAILURES = -1, -2, -3
"""The numbers that stand where a cell would: no cell is negative."""

MOST_WORK: Final = 500
"""Tasks, and drafts, that are counted for the navigation: nobody does more in a day."""


@dataclass(frozen=True, slots=True)
class Whole:
    """The conversations of a workspace by cell, and what is left to do in it."""

    cube: Cube
    work: int  # tasks due today and drafts to approve, each at most MOST_WORK
    failures: int  # messages not delivered that nobody dealt with; 1000 stands for that many or more


def whole_of(workspace: Workspace, user: User) -> Whole:
    """Read once for a request, so that its page and its navigation show the same; `work` counts the tasks of `user`.

    Kept on the workspace as a cached property would be: each request loads a workspace of its own. Templates hold it inside a lazy
    object, whose own `__dict__` is another.
    """
    kept: dict[int, Whole] = getattr(workspace, _KEPT, {})
    if user.pk not in kept:
        setattr(workspace, _KEPT, kept)
        kept[user.pk] = _read(workspace, user)
    return kept[user.pk]


def forget(workspace: Workspace) -> None:
    """Have the next look read again."""
    workspace.__dict__.pop(_KEPT, None)


_KEPT: Final = "_whole_by_user"


def _read(workspace: Workspace, user: User) -> Whole:
    values: dict[str, Any] = {
        "workspace": workspace.pk,
        "user": user.pk,
        "tomorrow": end_of_today(workspace),
        "most": MOST_WORK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, values)
        counts = dict(cursor.fetchall())
    tasks, drafts, failures = (counts.pop(name) for name in (_TASKS, _DRAFTS, _FAILURES))
    return Whole(Cube(counts), tasks + drafts, failures)
