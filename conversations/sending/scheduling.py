"""Sending later: the chosen time in the workspace's zone, what the clock says at the contact's, and a reply in between."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.sending import step_outcomes
from conversations.vocabulary import CancelReason, Hold, State
from leads import addresses
from leads.localtime import local_time
from workspaces import clocks
from workspaces.models import Workspace

PICKED = "%Y-%m-%dT%H:%M"
"""What a date and time field of a browser posts."""

FURTHEST: Final = timedelta(days=366)
"""How far ahead a message can be put: further than a year is a slip of the finger."""


class NoSuchTime(ValueError):
    """The text is no time that can be meant; the message says why."""


def read(text: str, zone: zoneinfo.ZoneInfo) -> datetime | None:
    """The moment that `text` means on the clocks of `zone`; None where nothing was chosen. Raises NoSuchTime.

    Of a time that comes twice, as clocks go back, the first is meant: `said` and the open forms say so.
    """
    if not text.strip():
        return None
    try:
        local = datetime.strptime(text.strip()[:16], PICKED).replace(tzinfo=zone)
    except ValueError as error:
        raise NoSuchTime("Choose a day and a time, such as 2026-11-17 09:30.") from error
    try:
        moment = local.astimezone(zoneinfo.ZoneInfo("UTC"))
    except OverflowError as error:  # the last or the first hours that Python knows
        raise NoSuchTime("Choose a time within a year from now.") from error
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime("Clocks go forward then, and this time does not exist. Choose another.")
    if moment <= timezone.now():
        raise NoSuchTime("Choose a time that is still to come.")
    if moment > timezone.now() + FURTHEST:
        raise NoSuchTime("Choose a time within a year from now.")
    return moment


def said(moment: datetime, zone: zoneinfo.ZoneInfo) -> str:
    """“Mon 23 Nov, 10:00” on the clocks of `zone`, and which is meant of a time that comes twice."""
    local = moment.astimezone(zone)
    which = clocks.which_of_two(local)
    return f"{local:%a} {local.day} {local:%b}, {local.hour}:{local:%M}" + (f" ({which})" if which else "")


def where_they_are(conversation: Conversation, moment: datetime) -> str:
    """“6:30 in Los Angeles, on Mon 16 Nov” where it is another day there; empty when nothing tells where they are."""
    return clock_at(conversation.address, conversation.lead.time_zone if conversation.lead else "", conversation.workspace, moment)


def clock_at(address: str, zone_name: str, workspace: Workspace, moment: datetime) -> str:
    """The same for an address; `zone_name` is its owner's time zone, where that is known."""
    said = local_time(address, zone_name, now=moment)
    if not said:
        return ""
    zones = [zoneinfo.ZoneInfo(zone_name)] if zone_name else addresses.zones(address)
    days = {moment.astimezone(zone).date() for zone in zones} - {moment.astimezone(workspace.zone).date()}
    return said + "".join(f", on {day:%a} {day.day} {day:%b}" for day in sorted(days)[:1])


def cancel_for_reply(conversation: Conversation) -> int:
    """The contact has written: what was to go only if they did not is cancelled; how many messages.

    Call inside the transaction that makes their message visible, and refresh the summary after it. A message that a
    claim holds at this moment is left to its gate (see `conversations.sending.outbox`), which asks `answered`.
    """
    waiting = Message.objects.of(conversation.workspace).filter(conversation=conversation, state=State.QUEUED, cancel_on_reply=True)
    ids = list(waiting.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
    changed = Message.objects.of(conversation.workspace).filter(pk__in=ids)
    count = changed.update(state=State.CANCELLED, reason=CancelReason.REPLIED, hold=Hold.NONE)
    step_outcomes.settle(ids)
    return count
