"""A worker that is killed in the middle of a bulk action: another one goes on, and every conversation is changed once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from conversations.models import BulkItem, Conversation
from conversations.work import bulk, bulk_work
from conversations.work.bulk import Kind, State, Wanted
from tests.core import make_line, make_user, make_workspace


@pytest.mark.parametrize(("when", "nth", "committed"), [("before", 1, 0), ("after", 2, 500), ("after", 3, 1_000)])
def test_another_worker_goes_on_where_it_was_committed(killed_at: Callable[..., None], when: str, nth: int, committed: int) -> None:
    workspace = make_workspace()
    bob, line = make_user(workspace), make_line(workspace)
    rows = [Conversation(workspace=workspace, line=line, address=f"+1303555{n:04}", last_at=timezone.now()) for n in range(1_201)]
    Conversation.objects.bulk_create(rows)
    action = bulk.start_with_all(workspace, Wanted(Kind.ARCHIVE), "", ["phone"], by=bob)

    killed_at(
        "conversations.work.bulk_changes.apply", when, nth, work="conversations.work.bulk_work.advance", arguments=(action.pk,)
    )

    assert Conversation.objects.filter(archived_at__isnull=False).count() == committed
    assert bulk_work.at_work() == [action.pk]
    bulk_work.advance(action.pk)
    action.refresh_from_db()
    assert (action.state, action.total, action.processed, action.changed) == (State.DONE, 1_201, 1_201, 1_201)
    assert BulkItem.objects.filter(action=action, changed=True).count() == 1_201
    bulk.undo(action, by=bob)
    bulk_work.advance(action.pk)
    assert not Conversation.objects.filter(archived_at__isnull=False).exists()
