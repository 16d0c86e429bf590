"""Writing lines: add, edit, test, pause, resume."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.db import transaction
from django.utils import timezone

from lines import health, quota, webhooks
from lines.models import Line
from workspaces import audit
from workspaces.models import User, Workspace
from workspaces.secrets import seal

DAILY_CHECKS, CHECK_SPACING = 70, 3  # the usual limits (G5); the second in seconds


def add_line(
    workspace: Workspace,
    *,
    name: str,
    address: str,
    server_url: str,
    secret: str,
    by: User | None,
    kind: str = Line.Kind.IMESSAGE,
    gateway: str = Line.Gateway.BLUEBUBBLES,
    daily_check_limit: int | None = None,
    check_spacing: int | None = None,
    fallback_line: Line | None = None,
    **limits: Any,
) -> Line:
    """A new line in state "setting up"; `check` connects it. Limits that are not given are the usual ones.

    A ramp-up begins with the line's first day.
    """
    with transaction.atomic():
        line = Line(
            workspace=workspace,
            name=name,
            address=address,
            kind=kind,
            gateway=gateway,
            server_url=server_url.rstrip("/"),
            sealed_secret=seal(secret),
            daily_check_limit=DAILY_CHECKS if daily_check_limit is None else daily_check_limit,
            check_spacing=CHECK_SPACING if check_spacing is None else check_spacing,
            fallback_line=fallback_line,
            **_limits(limits),
        )
        webhooks.give_address(line)
        line.save()
        _begin_ramp(line)
        audit.record(by, workspace, "line.added", target=line.name, server_url=line.server_url)
    return line


def edit_line(
    line: Line,
    *,
    name: str,
    address: str,
    server_url: str,
    secret: str,
    by: User,
    daily_check_limit: int | None = None,
    check_spacing: int | None = None,
    fallback_line: Line | None = None,
    **limits: Any,
) -> Line:
    """Change a line. An empty `secret` keeps the stored one, limits that are not given stay. Messages held by an old
    limit are looked at anew within moments."""
    limits = _limits(limits)
    before = {key: getattr(line, key) for key in ("name", "server_url", *limits)}
    line.name, line.address = name, address
    for key, value in limits.items():
        setattr(line, key, value)
    line.daily_check_limit = line.daily_check_limit if daily_check_limit is None else daily_check_limit
    line.check_spacing = line.check_spacing if check_spacing is None else check_spacing
    line.server_url = server_url.rstrip("/")
    line.fallback_line = fallback_line
    if secret:
        line.sealed_secret = seal(secret)
    fields = [
        "name", "address", "server_url", "daily_check_limit", "check_spacing", "fallback_line", "sealed_secret", *limits,
    ]  # fmt: skip
    with transaction.atomic():
        line.save(update_fields=fields)
        _begin_ramp(line)
        changed = {key: getattr(line, key) for key, old in before.items() if getattr(line, key) != old}
        if changed.keys() & limits.keys():
            look_anew(line)
        told = {key: f"{value:%H:%M}" if isinstance(value, time) else value for key, value in changed.items()}
        audit.record(by, line.workspace, "line.edited", target=line.name, secret_changed=bool(secret), **told)
    return line


def look_anew(line: Line) -> None:
    """Limits have changed: what waits because of the old ones is looked at again (`conversations.sending.outbox`)."""
    Line.objects.of(line.workspace).filter(pk=line.pk).update(limits_changed_at=timezone.now())


def _limits(given: dict[str, Any]) -> dict[str, Any]:
    """What a form left empty and what has no empty value is the usual one."""
    usual = {"ramp_step": 3, "day_starts_at": time(0), "new_after_days": 30, "daily_new_limit": 50}
    return {key: usual.get(key) if value is None else value for key, value in given.items()}


def _begin_ramp(line: Line) -> None:
    """The first day of a ramp-up is the day on which it was asked for."""
    if (line.ramp_start is None) == (line.ramp_since is None):
        return
    line.ramp_since = None if line.ramp_start is None else quota.today(line)
    line.save(update_fields=["ramp_since"])


def check(line: Line) -> Line:
    """Test the connection, and on success have the gateway post its events to us."""
    found = health.check(line)
    if found.ok or found.state == "degraded":
        webhooks.register(line)
    return line


def pause(line: Line, *, by: User) -> bool:
    """Stop sending from this line; what is queued waits. False when it was paused already."""
    with transaction.atomic():
        changed = (
            Line.objects.of(line.workspace)
            .filter(pk=line.pk)
            .exclude(status=Line.Status.PAUSED)
            .update(
                status=Line.Status.PAUSED,
                status_reason=Line.StatusReason.ADMIN_ACTION,
                status_detail=f"Paused by {by}. Resume it to send what waits.",
                status_at=timezone.now(),
            )
        )
        if changed:
            audit.record(by, line.workspace, "line.paused", target=line.name)
    return bool(changed)


def resume(line: Line, *, by: User) -> Line:
    """End the pause and test the connection; the line sends again when the test says so."""
    with transaction.atomic():
        changed = (
            Line.objects.of(line.workspace)
            .filter(pk=line.pk, status=Line.Status.PAUSED)
            .update(
                status=Line.Status.PROVISIONING,
                status_reason=Line.StatusReason.PROVISIONING,
                status_detail="Testing the connection.",
                status_at=timezone.now(),
            )
        )
        if changed:
            audit.record(by, line.workspace, "line.resumed", target=line.name)
    return check(line) if changed else line
