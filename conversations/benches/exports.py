"""How fast messages are exported, beside a plain server-side cursor that writes the same rows with Python's csv alone."""

from __future__ import annotations

import csv
import io
import resource
import tempfile
import time
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from conversations.exports import exporting
from conversations.models import Conversation, Export
from workspaces.models import User, Workspace

PER_CONVERSATION: Final = 5

_CONVERSATIONS: Final = """
INSERT INTO conversations_conversation (workspace_id, public_id, family, address, contact_name, company_name, campaign_name,
    created_at, last_at, seen_through, handled_through, snoozed_through, last_direction, last_channel, last_status, status,
    last_reason, preview, unread, intent_status, intent_reason, icp_match, fell_back)
SELECT %s, 'b' || lpad(n::text, 11, '0'), 'phone', '+1303' || lpad(n::text, 7, '0'), 'Person ' || n, 'Firm', '', now(), now(),
    0, 0, 0, 'in', 'imessage', '', '', '', 'Hello', 0, '', '', false, false FROM generate_series(1, %s) n
"""
_MESSAGES: Final = """
INSERT INTO conversations_message (workspace_id, conversation_id, public_id, direction, origin, address, body, has_media,
    created_at, at, requested_channel, fallback, dedupe_key, state, reason, reason_detail, hold, run_at, channel, fallback_cause,
    next_channel, attempt_count, vendor_id, vendor_thread, cancel_on_reply)
SELECT c.workspace_id, c.id, 'b' || lpad((c.id * 10 + n)::text, 11, '0'), 'in', '', c.address,
    'Thanks, could you send me the prices for forty seats? ' || n, false, now(), now() - n * interval '1 minute', '', '{}', '',
    'received', '', '', '', now(), 'imessage', '', '', 0, '', '', false
FROM conversations_conversation c, generate_series(1, %s) n WHERE c.workspace_id = %s
"""
_FLOOR: Final = """
SELECT c.public_id, c.contact_name, c.company_name, c.campaign_name, m.address, m.at, m.direction, m.channel, m.status, m.body
FROM conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id
WHERE m.workspace_id = %s ORDER BY m.conversation_id, m.at, m.id
"""


def export_(rows: int = 200_000) -> dict[str, Any]:
    """Write `rows` messages, five in each conversation, as CSV and as HTML."""
    workspace, _ = Workspace.objects.get_or_create(slug="bench", defaults={"name": "Bench"})  # nobody is a member of it
    user, _ = User.objects.get_or_create(email="bench@bench.invalid", defaults={"name": "Bench", "is_active": False})
    settings.MEDIA_ROOT, kept = tempfile.mkdtemp(), settings.MEDIA_ROOT
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(_CONVERSATIONS, [workspace.pk, rows // PER_CONVERSATION])
            cursor.execute(_MESSAGES, [PER_CONVERSATION, workspace.pk])
            cursor.execute("RESET statement_timeout")
        floor = _floor(workspace)
        before = _memory()
        figures = {name: _measure(workspace, user, name) for name in ("csv", "html")}
        return {
            "rows": rows,
            "floor_rows_per_second": floor,
            "csv_rows_per_second": figures["csv"],
            "html_rows_per_second": figures["html"],
            "csv_of_floor": round(figures["csv"] / floor, 2),
            "html_of_floor": round(figures["html"] / floor, 2),
            "first_byte_ms": _first_byte(workspace, user),
            "memory_before_mb": before,
            "memory_peak_mb": _memory(),
        }
    finally:
        settings.MEDIA_ROOT = kept
        _remove(workspace)


def _floor(workspace: Workspace) -> int:
    count, begun = 0, time.perf_counter()
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_FLOOR, [workspace.pk])
        while found := cursor.fetchmany(5_000):
            csv.writer(io.StringIO()).writerows(found)
            count += len(found)
    return round(count / (time.perf_counter() - begun))


def _measure(workspace: Workspace, user: User, name: str) -> int:
    """A job from its first page to its last."""
    today = timezone.now().date()
    export = exporting.start(
        workspace,
        name,
        today - timedelta(days=7),
        today + timedelta(days=1),
        query="",
        families=["phone"],
        by=user,
        actor=None,
    )
    begun = time.perf_counter()
    while export.state == Export.State.RUNNING:
        exporting.advance(export.pk)
        export.refresh_from_db()
    return round(export.messages / (time.perf_counter() - begun))


def _first_byte(workspace: Workspace, user: User) -> float:
    """Until the first row of one conversation's export is there, in milliseconds."""
    conversation = Conversation.objects.of(workspace).order_by("pk")[0]
    today = timezone.now().date()
    begun = time.perf_counter()
    pieces = exporting.stream(conversation, "csv", today - timedelta(days=6), today + timedelta(days=1), by=user)
    next(pieces), next(pieces)
    return round(1000 * (time.perf_counter() - begun), 1)


def _memory() -> int:
    """The most this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _remove(workspace: Workspace) -> None:
    with connection.cursor() as cursor:
        for table in ("export", "message", "conversation"):
            cursor.execute(f"DELETE FROM conversations_{table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608  our own words; values are bound
