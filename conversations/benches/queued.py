"""What the bench of dispatch sends: lines at a bare gateway, people, and queued messages to them, in a workspace of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.vocabulary import Direction, Origin, State
from lines.models import Line
from lines.wire import gateway_of
from workspaces.models import Workspace
from workspaces.secrets import seal

SLUG: Final = "bench-dispatch"
IN_FLIGHT: Final = 8  # per line


def warm(lines: list[Line]) -> None:
    """Check the gateways once, as those of connected lines have been."""
    for line in lines:
        gateway_of(line).check()


def lines_at(workspace: Workspace, url: str, count: int) -> list[Line]:
    made = Line.objects.of(workspace).count()
    return Line.objects.bulk_create(
        Line(
            workspace=workspace,
            name=f"Bench {made + n}",
            address=f"+1202556{made + n:04d}",
            server_url=f"{url}/{made + n}",
            sealed_secret=seal("bench"),
            sealed_webhook_token="",
            webhook_token_hash=f"bench-dispatch-{made + n}",
            status=Line.Status.ACTIVE,
            max_in_flight=IN_FLIGHT,
            daily_new_limit=10_000,
            hourly_new_limit=10_000,
            daily_total_limit=1_000_000,
            inbox_current_at=timezone.now() + timedelta(hours=1),
        )
        for n in range(count)
    )


def write(
    workspace: Workspace, lines: list[Line], rows: int, *, at: Callable[[int], datetime] | None = None, offset: int = 0
) -> None:
    """Queue `rows` messages, each to a person of its own, over the lines in turn. Due now, or the n-th at `at(n)`."""
    now = timezone.now()
    people = Conversation.objects.bulk_create(
        Conversation(workspace=workspace, address=f"+1303{offset + n:07d}", contact_name=f"Person {n}", line=lines[n % len(lines)])
        for n in range(rows)
    )
    Message.objects.bulk_create(
        Message(
            workspace=workspace,
            conversation=person,
            direction=Direction.OUTGOING,
            origin=Origin.PERSON,
            line=person.line,
            address=person.address,
            body="Hi, could I show you how others close their books in three days?",
            dedupe_key=f"bench:{uuid.uuid4()}",
            state=State.QUEUED,
            scheduled_at=at(n) if at else None,
            run_at=at(n) if at else now,
            at=now,
        )
        for n, person in enumerate(people)
    )


def clear(workspace: Workspace) -> None:
    """Delete what was sent. The lines stay, with nothing of their limits used."""
    with connection.cursor() as cursor:
        for table in ("attempt", "message", "conversation"):
            cursor.execute(f"DELETE FROM conversations_{table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608  our own words; values are bound
        for table in ("lineday", "lineslice"):
            cursor.execute(f"DELETE FROM lines_{table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608  our own words; values are bound


def remove(workspace: Workspace) -> None:
    clear(workspace)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM lines_line WHERE workspace_id = %s", [workspace.pk])
