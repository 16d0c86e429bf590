"""Changing a workspace and its members. Each action writes its audit entry in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from workspaces import audit, tokens
from workspaces.audit import Actor
from workspaces.models import Membership, Role, User, Workspace
from workspaces.refused import Refused

LIMITS: Final = {
    "time_zone", "send_from", "send_until", "send_days", "holidays", "plan_lines", "plan_new_a_day", "plan_total_a_day",
}  # fmt: skip
"""Settings that may hold messages back."""


@transaction.atomic
def create_workspace(name: str, slug: str = "", by: Actor = None, **settings: Any) -> Workspace:
    """A new workspace without members. `slug` is made from the name where none is given."""
    workspace = Workspace(name=name, slug=slug or free_slug(name), **settings)
    workspace.full_clean()
    workspace.save()
    audit.record(by, workspace, "workspace.created", name)
    return workspace


def free_slug(name: str) -> str:
    base = slugify(name)[:40] or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


@transaction.atomic
def change_settings(by: Actor, workspace: Workspace, **settings: Any) -> list[str]:
    """Save the settings that differ and return their names. The audit trail keeps the old and the new value of each."""
    before = Workspace.objects.select_for_update().filter(pk=workspace.pk).values(*settings).get()
    changed = [name for name, value in settings.items() if before[name] != value]
    if changed:
        for name in changed:
            setattr(workspace, name, settings[name])
        workspace.save(update_fields=changed)
        if LIMITS & set(changed):
            look_anew(workspace)
        detail = {name: {"from": _plain(before[name]), "to": _plain(settings[name])} for name in changed}
        audit.record(by, workspace, "workspace.settings_changed", ", ".join(changed), **detail)
    return changed


def _plain(value: Any) -> Any:
    """A setting as the trail's JSON keeps it."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def look_anew(workspace: Workspace) -> None:
    """Hours or limits have changed: the outbox looks within moments at what waits because of the old ones."""
    Workspace.objects.filter(pk=workspace.pk).update(limits_changed_at=timezone.now())


@transaction.atomic
def change_working_hours(by: Actor, membership: Membership, **hours: Any) -> bool:
    """Set when automated messages in a member's name may leave. False when nothing was different."""
    before = Membership.objects.filter(pk=membership.pk).values(*hours).get()
    changed = {name: {"from": _plain(before[name]), "to": _plain(value)} for name, value in hours.items() if before[name] != value}
    if changed:
        Membership.objects.filter(pk=membership.pk).update(**hours)
        look_anew(membership.workspace)
        audit.record(by, membership.workspace, "member.hours_changed", membership.user.email, **changed)
    return bool(changed)


@transaction.atomic
def add_member(by: Actor, workspace: Workspace, user: User, role: Role) -> Membership:
    """Make `user` a member; an existing member keeps their role."""
    membership, is_new = Membership.objects.of(workspace).get_or_create(user=user, workspace=workspace, defaults={"role": role})
    if is_new:
        audit.record(by, workspace, "member.joined", user.email, role=role)
    return membership


@transaction.atomic
def change_role(by: Actor, membership: Membership, role: Role) -> None:
    """Raises Refused for the last admin."""
    membership = _locked(membership)
    if membership.role == role:
        return
    if membership.role == Role.ADMIN:
        _refuse_last_admin(membership, f"make someone else an admin before {membership.user} becomes {Role(role).label.lower()}.")
    was, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    audit.record(by, membership.workspace, "member.role_changed", membership.user.email, role={"from": was, "to": role})


SWITCHES: Final = ("may_delete", "drips_enabled", "notes_enabled", "consent_required")


@transaction.atomic
def change_switches(by: Actor, membership: Membership, values: Mapping[str, bool | None]) -> list[str]:
    """Set a member's own SWITCHES and return the names of those that changed; None follows the workspace."""
    now = Membership.objects.select_for_update().get(pk=membership.pk)
    changes = {name: {"from": getattr(now, name), "to": values[name]} for name in SWITCHES if getattr(now, name) != values[name]}
    if changes:
        Membership.objects.filter(pk=membership.pk).update(**{name: values[name] for name in changes})
        audit.record(by, membership.workspace, "member.switches_changed", str(membership.user), **changes)
    return list(changes)


@transaction.atomic
def remove_member(by: Actor, membership: Membership) -> None:
    """Raises Refused for the last admin. What they wrote and what is assigned to them stays; the API tokens they made end."""
    membership = _locked(membership)
    if membership.role == Role.ADMIN:
        _refuse_last_admin(membership, f"make someone else an admin before {membership.user} goes.")
    for token in tokens.made_by(membership.workspace, membership.user):
        tokens.revoke(by, token)
    audit.record(by, membership.workspace, "member.removed", membership.user.email, role=membership.role)
    membership.delete()


def _locked(membership: Membership) -> Membership:
    """The membership as it is now, with its workspace locked: two admins who remove each other must not both succeed."""
    workspace = Workspace.objects.select_for_update().get(pk=membership.workspace_id)
    now = Membership.objects.of(workspace).select_related("user").filter(pk=membership.pk).first()
    if now is None:
        raise Refused(f"{membership.user} is no longer a member.")
    now.workspace = workspace
    return now


def _refuse_last_admin(membership: Membership, advice: str) -> None:
    if Membership.objects.of(membership.workspace).filter(role=Role.ADMIN).count() == 1:
        raise Refused(f"{membership.workspace} needs an admin: {advice}")
