"""Putting a conversation off: it needs no reply until a time, or until the contact writes again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Least
from django.utils import timezone

from conversations import happenings, summary
from conversations.changes import announce
from conversations.models import Conversation
from conversations.vocabulary import Direction
from workspaces import audit
from workspaces.models import User, Workspace
from workspaces.refused import Refused

CHOICES: Final = {"hours": "In 3 hours", "tomorrow": "Tomorrow at 9:00", "monday": "Monday at 9:00", "week": "In a week at 9:00"}
MORNING: Final = time(9)
MONDAY, SUNDAY = 0, 6
LONGEST: Final = timedelta(days=366)
AT_ONCE: Final = 500


def choices(workspace: Workspace, now: datetime | None = None) -> list[tuple[str, str]]:
    """What is offered, with its words. A Monday that is tomorrow, or a week from today, has one name."""
    weekday = _here(workspace, now).weekday()
    return [(value, words) for value, words in CHOICES.items() if value != "monday" or weekday not in (MONDAY, SUNDAY)]


def until(choice: str, workspace: Workspace, now: datetime | None = None, *, at: str = "") -> datetime:
    """When a choice ends, by the workspace's clock; `at` is a day and a time of its own, as 2026-11-24T09:00.

    Raises Refused where neither names a moment, and for one that is over or more than a year ahead.
    """
    here = _here(workspace, now)
    if choice == "hours":
        return here + timedelta(hours=3)
    if days := {"tomorrow": 1, "monday": 7 - here.weekday(), "week": 7}.get(choice):
        return datetime.combine(here.date() + timedelta(days=days), MORNING, workspace.zone)
    try:
        moment = datetime.fromisoformat(at).replace(tzinfo=workspace.zone)
    except ValueError:
        raise Refused("Choose a day and a time to snooze it until.") from None
    if not here < moment <= here + LONGEST:
        raise Refused("Choose a time that is still to come, at most a year ahead.")
    return moment


def named(moment: datetime, workspace: Workspace) -> str:
    """A moment in words, by the workspace's clock."""
    when = moment.astimezone(workspace.zone)
    return f"{when:%A} {when.day} {when:%B, %H:%M}"


def _here(workspace: Workspace, now: datetime | None) -> datetime:
    return (now or timezone.now()).astimezone(workspace.zone)


@transaction.atomic
def snooze(conversation: Conversation, moment: datetime, *, by: User) -> bool:
    """What came in so far waits for nobody until `moment`; False when nothing waits."""
    incoming = conversation.messages.filter(direction=Direction.INCOMING)
    newest = incoming.order_by("-pk").values_list("pk", flat=True).first()
    waiting = Conversation.objects.of(conversation.workspace).filter(pk=conversation.pk, waiting_since__isnull=False)
    if not newest or not waiting.update(snoozed_until=moment, snoozed_through=newest):
        return False
    audit.record(by, conversation.workspace, "conversation.snoozed", target=str(conversation))
    happenings.note([conversation], happenings.Kind.SNOOZED, by=by, text=f"until {named(moment, conversation.workspace)}")
    summary.refresh([conversation.pk])
    announce(conversation.workspace_id, [conversation.pk])
    return True


@transaction.atomic
def wait_again(conversation: Conversation, *, by: User, handled_through: int) -> bool:
    """Take back that it was handled or snoozed; `handled_through` is the mark that stood before. False when it waits already."""
    mine = Conversation.objects.of(conversation.workspace).filter(pk=conversation.pk, waiting_since=None)
    before = Least(F("handled_through"), Value(handled_through))
    if not mine.update(handled_through=before, snoozed_until=None, snoozed_through=0):
        return False
    audit.record(by, conversation.workspace, "conversation.waits_again", target=str(conversation))
    happenings.forget(conversation, [happenings.Kind.HANDLED, happenings.Kind.SNOOZED], by=by)
    summary.refresh([conversation.pk])
    announce(conversation.workspace_id, [conversation.pk])
    return True


_WAKE: Final = """
UPDATE conversations_conversation SET snoozed_until = NULL WHERE id IN (
    SELECT id FROM conversations_conversation WHERE snoozed_until <= now() ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
) RETURNING id, workspace_id
"""


@transaction.atomic
def wake() -> int:
    """Bring back what was put off until now; how many conversations."""
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, [AT_ONCE])
        woken: list[tuple[int, int]] = cursor.fetchall()
    summary.refresh(pk for pk, _ in woken)
    for workspace_id in {workspace_id for _, workspace_id in woken}:
        announce(workspace_id, [pk for pk, owner in woken if owner == workspace_id])
    return len(woken)
