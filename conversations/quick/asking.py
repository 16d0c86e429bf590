"""Whether an address has iMessage: what is known, and asking where nothing is."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from leads.addresses import BadAddress, normalise
from leads.checks import answers
from leads.checks import starting as checks
from leads.models import Address, CheckItem, CheckRun
from workspaces.models import User, Workspace

State = Address.Availability

NO_REGION: Final = "ZZ"
"""A number is taken only with its country code (S1-24)."""

WAITED: Final = 4.0
"""Seconds somebody who presses Send waits for the answer of a check."""


def ask_before_sending(workspace: Workspace, value: str, *, by: User) -> None:
    """Before something is sent as iMessage only, check an address that was never checked, waiting a few seconds for the answer."""
    item = newest_check(workspace, value)
    if item is None and checks.has_active_line(workspace.pk):
        item = start(workspace, value, by=by)
    if item and item.pk and item.state in CheckItem.OPEN:
        answers.seen_through(item, WAITED)


def start(workspace: Workspace, value: str, *, by: User) -> CheckItem:
    """Have an address asked about; a worker does it."""
    return checks.start_address(workspace, value, kind=CheckRun.Kind.SEND, by=by)


def check_again(workspace: Workspace, text: str, *, by: User) -> CheckItem | None:
    """Ask again, whatever is known. None where the text is no address."""
    try:
        value = normalise(text, region=NO_REGION).value
    except BadAddress:
        return None
    return start(workspace, value, by=by)


def newest_check(workspace: Workspace, value: str) -> CheckItem | None:
    """A check whose answer holds, or that runs. None: it must be asked about, unless a lead's address knows."""
    known = Address.objects.of(workspace).filter(value=value, availability__in=[State.AVAILABLE, State.UNAVAILABLE])
    if known.filter(checked_at__gte=timezone.now() - answers.FRESH).exists():
        return CheckItem(value=value, state=CheckItem.State.DONE, outcome=known.values_list("availability", flat=True)[0])
    item = answers.asked_lately(workspace, value)
    good = item and (item.state in CheckItem.OPEN or item.outcome in (State.AVAILABLE, State.UNAVAILABLE))
    return item if good else None
