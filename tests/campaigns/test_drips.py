"""Drips: previewed, applied once, all messages at once, all unsent ones gone at a reply."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign, Enrolment, Execution
from conversations.campaigning import dripping
from conversations.models import Conversation, Message
from conversations.refusals import Refused
from leads.models import Lead
from lines.models import Line
from tests.campaigns.engine import go, hear, house, lead, running, said, state_of, text
from tests.core import make_user
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
    seen = dripping.preview(conversation, campaign, now)
    assert [(one.body, one.at - now) for one in seen] == [(f"Day {n} for Priya", timedelta(days=n)) for n in (1, 3, 5)]
    assert not Message.objects.exists()
    dripping.apply(conversation, campaign, by=bob)
    rows = list(Message.objects.order_by("scheduled_at"))
    assert [row.body for row in rows] == [one.body for one in seen]
    apart = [abs(row.scheduled_at - one.at) for row, one in zip(rows, seen, strict=True) if row.scheduled_at]
    assert max(apart) < timedelta(seconds=5)
    assert len(apart) == 3
    assert {row.status for row in rows} == {"scheduled"}
    with pytest.raises(Refused, match="runs for this contact already"):
        dripping.apply(conversation, campaign, by=bob)
    assert Message.objects.count() == 3


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
