"""What the health check found, written to the line in words a person can act on (S0-111, S1-44)."""

from __future__ import annotations

from typing import Final

import structlog
from django.utils import timezone

from lines.gateways.base import LineHealth, LineState
from lines.models import Line
from lines.wire import gateway_of
from workspaces.secrets import SecretUnreadable

log = structlog.get_logger(__name__)

_STATUS: Final[dict[LineState, Line.Status]] = {
    "active": Line.Status.ACTIVE,
    "degraded": Line.Status.DEGRADED,
    "offline": Line.Status.DISCONNECTED,
    "flagged": Line.Status.DISCONNECTED,
    "auth_failed": Line.Status.DISCONNECTED,
}
_REASON: Final[dict[LineState, Line.StatusReason]] = {"flagged": Line.StatusReason.CHANNEL_DISABLED}


def check(line: Line) -> LineHealth:
    """Ask the gateway how the line stands and write it down. A paused line keeps its pause."""
    try:
        health = gateway_of(line).check()
    except SecretUnreadable as error:
        health = LineHealth("auth_failed", str(error))
    write(line, health)
    return health


def write(line: Line, health: LineHealth) -> None:
    """Move the line to what `health` says, by a conditional UPDATE: pausing meanwhile wins."""
    now = timezone.now()
    status = _STATUS[health.state]
    reason = "" if health.ok else _REASON.get(health.state, Line.StatusReason.LINE_ISSUE)
    rows = Line.objects.filter(pk=line.pk)
    rows.update(checked_at=now)
    changed = (
        rows.exclude(status=Line.Status.PAUSED)
        .exclude(status=status, status_reason=reason, status_detail=health.detail[:300])
        .update(status=status, status_reason=reason, status_detail=health.detail[:300], status_at=now)
    )
    if changed:
        log.info("line_status", line=line.public_id, status=status, detail=health.detail)
    line.refresh_from_db()
