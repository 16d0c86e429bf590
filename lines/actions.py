"""Writing lines: add, edit, test, pause, resume."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from lines import health, quota, webhooks
from lines.models import Line
from workspaces import audit
from workspaces.models import User, Workspace
from workspaces.secrets import seal


def add_line(workspace: Workspace, *, name: str, address: str, server_url: str, secret: str, by: User | None, **more: Any) -> Line:
    """A new line in state "setting up"; `check` connects it. `more` are other fields of Line, above all its limits.

    A ramp-up begins with the line's first day.
    """
    line = Line(workspace=workspace, name=name, address=address, server_url=server_url, sealed_secret=seal(secret), **_usual(more))
    with transaction.atomic():
        webhooks.give_address(line)
        line.save()
        _begin_ramp(line)
        audit.record(by, workspace, "line.added", target=line.name, server_url=line.server_url)
    return line


def edit_line(line: Line, *, by: User, secret: str = "", **changes: Any) -> Line:
    """Change these fields of a line; an empty `secret` keeps the stored one. Messages held by an old limit are looked at
    again within moments."""
    changed = {key: value for key, value in _usual(changes).items() if getattr(line, key) != value}
    for key, value in changed.items():
        setattr(line, key, value)
    if secret:
        line.secret = secret
    with transaction.atomic():
        line.save(update_fields=[*changed, *(["sealed_secret"] if secret else [])])
        _begin_ramp(line)
        if changed.keys() & set(Line.LIMITS):
            look_anew(line)
        shown = {key: value if isinstance(value, str | int | None) else str(value) for key, value in changed.items()}
        audit.record(by, line.workspace, "line.edited", target=line.name, secret_changed=bool(secret), **shown)
    return line


def look_anew(line: Line) -> None:
    """Limits have changed: what waits because of the old ones is looked at again (`conversations.sending.outbox`)."""
    Line.objects.of(line.workspace).filter(pk=line.pk).update(limits_changed_at=timezone.now())


def _usual(given: dict[str, Any]) -> dict[str, Any]:
    """`given`, with the default for each field that was left empty and may not be."""
    usual = {field.name: field.get_default() for field in Line._meta.concrete_fields if not field.null}
    return {name: usual.get(name) if value is None else value for name, value in given.items()}


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
