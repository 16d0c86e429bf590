"""Drips: previewed, applied once, all messages at once, all unsent ones gone at a reply."""

from __future__ import annotations

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns import actions, editing
from campaigns.models import Campaign, Enrolment, Execution
from conversations.campaigning import drip_preview, dripping
from conversations.models import Conversation, Message
from conversations.refusals import Refused
from conversations.sending import outbox
from leads.models import Lead
from lines import quota, standing
from lines.models import Line, LineDay
from tests.campaigns.engine import go, hear, house, lead, running, said, state_of, text
from tests.core import make_user
from workspaces.actions import change_settings
from workspaces.models import Membership, User, Workspace

pytestmark = pytest.mark.django_db


def thread() -> tuple[Workspace, Line, Campaign, Conversation, User]:
    workspace, line = house()
    tree = [text(f"Day {days} for {{{{ lead.first_name }}}}", days=days) for days in (5, 1, 3)]
    campaign = running(workspace, tree, kind="drip")
    priya = lead(workspace)
    conversation = Conversation.objects.create(
        workspace=workspace, lead=priya, line=line, address=priya.addresses.get().value, contact_name=priya.name
    )
    return workspace, line, campaign, conversation, make_user(workspace)


def test_intervals_count_from_the_moment_of_applying() -> None:
    _, _, campaign, conversation, bob = thread()
    now = timezone.now()
    seen = drip_preview.preview(conversation, campaign, now)
    assert [(one.body, one.due - now) for one in seen] == [(f"Day {n} for Priya", timedelta(days=n)) for n in (1, 3, 5)]
    assert not Message.objects.exists()
    dripping.apply(conversation, campaign, by=bob)
    rows = list(Message.objects.order_by("scheduled_at"))
    assert [row.body for row in rows] == [one.body for one in seen]
    apart = [abs(row.scheduled_at - one.due) for row, one in zip(rows, seen, strict=True) if row.scheduled_at]
    assert max(apart) < timedelta(seconds=5)
    assert len(apart) == 3
    assert {row.status for row in rows} == {"scheduled"}
    with pytest.raises(Refused, match="runs for this contact already"):
        dripping.apply(conversation, campaign, by=bob)
    assert Message.objects.count() == 3


@pytest.mark.parametrize(("rule", "late"), [("", 0), ("holiday", 2), ("campaign", 4), ("limit", 1), ("rest", 1), ("no day", 4)])
def test_the_preview_says_when_each_leaves_and_the_gate_agrees(rule: str, late: int) -> None:
    workspace, line, campaign, conversation, bob = thread()
    editing.change(campaign, lambda tree: tree.append(text("At once", days=0)), by=None)
    actions.publish(campaign, by=None)
    now = timezone.now()
    assert conversation.lead
    today = now.astimezone(ZoneInfo(conversation.lead.time_zone)).date()
    match rule:
        case "holiday":
            change_settings(None, workspace, holidays=[today, today + timedelta(days=1)])
        case "campaign":
            Campaign.objects.update(send_from=time(14), send_until=time(15))
        case "limit":
            LineDay.objects.create(workspace=workspace, line=line, day=quota.today(line), started=line.daily_new_limit)
        case "rest":
            standing.rest(line, "60 had no reply")
        case "no day":
            change_settings(None, workspace, plan_total_a_day=0)
    conversation = Conversation.objects.get()
    seen = drip_preview.preview(conversation, Campaign.objects.select_related("version").get(), now)
    assert [bool(one.why) for one in seen] == [True] * late + [False] * (4 - late)
    assert all(one.at is None if rule == "no day" else one.at and one.at >= one.due for one in seen)
    dripping.apply(conversation, campaign, by=bob)
    outbox.claim(1, room=5)
    message = Message.objects.get(body="At once")
    assert (message.state == "queued") is bool(late)
    if late and seen[0].at:
        apart = seen[0].at - message.run_at
        assert apart >= timedelta(0) if rule == "limit" else abs(apart) < timedelta(minutes=1)


def test_a_reply_removes_all_that_is_unsent() -> None:
    _, line, campaign, conversation, bob = thread()
    enrolment = dripping.apply(conversation, campaign, by=bob)
    first = Message.objects.earliest("scheduled_at")
    Message.objects.filter(pk=first.pk).update(run_at=timezone.now())
    go()
    assert conversation.lead
    hear(line, conversation.lead, "Who is this?")
    rows = Message.objects.filter(direction="out").exclude(pk=first.pk)
    assert list(rows.values_list("state", "reason")) == [("cancelled", "replied")] * 2
    assert state_of(enrolment) == ("stopped", "replied")
    states = Execution.objects.order_by("due_at").values_list("state", flat=True)
    assert list(states) == ["executed", "skipped", "skipped"]
    assert not Execution.objects.filter(recall=True).exists()


def test_runs_to_its_end() -> None:
    _, _, campaign, conversation, bob = thread()
    enrolment = dripping.apply(conversation, campaign, by=bob)
    Message.objects.update(run_at=timezone.now())
    go()
    assert conversation.lead
    assert [state for _, state in said(conversation.lead)] == ["sent"] * 3
    assert state_of(enrolment) == ("completed", "")


def test_is_refused_with_the_reason() -> None:
    workspace, _, campaign, conversation, bob = thread()
    member = Membership.objects.get(user=bob)

    def refused() -> str:
        with pytest.raises(Refused) as why:
            dripping.apply(Conversation.objects.get(pk=conversation.pk), campaign, by=bob)
        return why.value.message

    Membership.objects.filter(pk=member.pk).update(drips_enabled=False)
    assert "switched off for you" in refused()
    Membership.objects.filter(pk=member.pk).update(drips_enabled=None)
    Workspace.objects.filter(pk=workspace.pk).update(drips_enabled=False)
    assert "switched off" in refused()
    Membership.objects.filter(pk=member.pk).update(drips_enabled=True)
    Lead.objects.update(opted_out_at=timezone.now())
    assert "opted out" in refused()
    Lead.objects.update(opted_out_at=None, name="+12025550101")
    assert "Nothing is known for first name" in refused()
    Lead.objects.update(name="Priya")
    Campaign.objects.filter(pk=campaign.pk).update(status="paused")
    assert "cannot be applied now" in refused()
    assert not Enrolment.objects.exists()
    assert not Message.objects.exists()
