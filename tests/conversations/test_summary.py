"""The statement that brings conversations up to date."""

from __future__ import annotations

import pytest

from conversations import summary
from conversations.benches import queued
from conversations.models import Conversation
from tests.core import make_line, make_workspace
from workspaces import statements


@pytest.mark.django_db
def test_it_reads_by_conversation_also_before_the_database_has_statistics() -> None:
    workspace = make_workspace()
    queued.write(workspace, [make_line(workspace)], 300)
    ids = list(Conversation.objects.of(workspace).values_list("pk", flat=True)[:50])

    plan = [line for (line,) in statements.run("EXPLAIN " + summary._REFRESH, {"ids": ids})]

    reads = [at for at, line in enumerate(plan) if " on conversations_message " in line]
    assert reads
    # Through an index or through its bitmap, which is the cheaper of two as good ones by how many pages earlier tests have left.
    assert [plan[at].strip() for at in reads if "Cond: (conversation_id = " not in plan[at + 1]] == []
