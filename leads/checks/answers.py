"""What is known of one address, whether or not a lead has it; and waiting for the answer of a check that runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone

from leads.checks import working
from leads.models import Address, CheckItem
from workspaces.models import Workspace

State = Address.Availability

FRESH: Final = timedelta(days=1)
"""How long the answer about an address that no lead has holds."""


def known(workspace: Workspace, value: str) -> State:
    """What the last check of an address found; nobody is asked."""
    address = Address.objects.of(workspace).filter(value=value).first()
    if address:
        return State(address.availability)
    item = asked_lately(workspace, value)
    return State(item.outcome) if item and item.state == CheckItem.State.DONE else State.UNCHECKED


def asked_lately(workspace: Workspace, value: str) -> CheckItem | None:
    """The newest check of an address that no lead has, while its answer holds."""
    bare = CheckItem.objects.of(workspace).filter(lead=None, value=value, created_at__gte=timezone.now() - FRESH)
    return bare.exclude(state=CheckItem.State.CANCELLED).order_by("-pk").first()


def seen_through(item: CheckItem, seconds: float) -> State:
    """Wait for the outcome of a bare address's check; one that does not come in time is dropped."""
    done = working.check_now(item.pk, seconds)
    if done.state == CheckItem.State.DONE:
        return State(done.outcome)
    CheckItem.objects.filter(pk=item.pk, state=CheckItem.State.QUEUED).update(
        state=CheckItem.State.CANCELLED, finished_at=timezone.now()
    )
    return State.UNCHECKED
