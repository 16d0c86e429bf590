"""A worker that is killed in the middle of a bulk action: another one goes on, and every conversation is changed once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from conversations import bulk
from conversations.bulk import Kind, State, Wanted
from conversations.models import BulkItem, Conversation
from tests.core import make_line, make_user, make_workspace

ROOT = Path(__file__).resolve().parents[3]
DIES = """
import os, signal, sys, django
django.setup()
from tests.faults.worker import break_at
break_at("conversations.bulk_changes.apply", sys.argv[2], int(sys.argv[3]))
from conversations import bulk
bulk.advance(int(sys.argv[1]))
"""


@pytest.mark.parametrize(("when", "nth", "committed"), [("before", 1, 0), ("after", 2, 500), ("after", 3, 1_000)])
def test_another_worker_goes_on_where_it_was_committed(process_env: dict[str, str], when: str, nth: int, committed: int) -> None:
    workspace = make_workspace()
    bob, line = make_user(workspace), make_line(workspace)
    rows = [Conversation(workspace=workspace, line=line, address=f"+1303555{n:04}", last_at=timezone.now()) for n in range(1_201)]
    Conversation.objects.bulk_create(rows)
    action = bulk.start_with_all(workspace, Wanted(Kind.ARCHIVE), "", ["phone"], by=bob)

    command = [sys.executable, "-c", DIES, str(action.pk), when, str(nth)]
    ended = subprocess.run(command, env=process_env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == -signal.SIGKILL, ended.stdout + ended.stderr
    assert Conversation.objects.filter(archived_at__isnull=False).count() == committed
    assert bulk.at_work() == [action.pk]
    bulk.advance(action.pk)
    action.refresh_from_db()
    assert (action.state, action.total, action.processed, action.changed) == (State.DONE, 1_201, 1_201, 1_201)
    assert BulkItem.objects.filter(action=action, changed=True).count() == 1_201
    bulk.undo(action, by=bob)
    bulk.advance(action.pk)
    assert not Conversation.objects.filter(archived_at__isnull=False).exists()
