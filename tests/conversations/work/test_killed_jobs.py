"""A worker that is killed in the middle of a bulk action: another one goes on, and every conversation is changed once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from conversations.models import BulkItem, Conversation
from conversations.work import bulk, bulk_work
from conversations.work.bulk import Kind, State, Wanted
from tests.conversations.work.worker import CHUNK
from tests.core import make_line, make_user, make_workspace

MANY = 2 * CHUNK + 3


@pytest.mark.parametrize(("when", "nth", "committed"), [("before", 1, 0), ("after", 2, CHUNK), ("after", 3, 2 * CHUNK)])
def test_another_worker_goes_on_where_it_was_committed(
    killed_at: Callable[..., None], monkeypatch: pytest.MonkeyPatch, when: str, nth: int, committed: int
) -> None:
    monkeypatch.setattr(bulk_work, "CHUNK", CHUNK)
    monkeypatch.setattr(bulk, "AT_ONCE", CHUNK)
    workspace = make_workspace()
    bob, line = make_user(workspace), make_line(workspace)
    rows = [Conversation(workspace=workspace, line=line, address=f"+1303555{n:04}", last_at=timezone.now()) for n in range(MANY)]
    Conversation.objects.bulk_create(rows)
    action = bulk.start_with_all(workspace, Wanted(Kind.ARCHIVE), "", ["phone"], by=bob)

    killed_at(
        "conversations.work.bulk_changes.apply", when, nth, work="tests.conversations.work.worker.advance", arguments=(action.pk,)
    )

    assert Conversation.objects.filter(archived_at__isnull=False).count() == committed
    assert bulk_work.at_work() == [action.pk]
    bulk_work.advance(action.pk)
    action.refresh_from_db()
    assert (action.state, action.total, action.processed, action.changed) == (State.DONE, MANY, MANY, MANY)
    assert BulkItem.objects.filter(action=action, changed=True).count() == MANY
    bulk.undo(action, by=bob)
    bulk_work.advance(action.pk)
    assert not Conversation.objects.filter(archived_at__isnull=False).exists()
