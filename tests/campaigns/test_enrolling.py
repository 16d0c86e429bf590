"""Who comes into a campaign and who is left out; pausing, resuming and stopping."""

from __future__ import annotations

import pytest

from campaigns import actions, approving
from campaigns.models import Campaign, Enrolment, Execution
from campaigns.reviving import revive
from campaigns.settling import Outcome, settle
from campaigns.vocabulary import ExecutionState, LeftOut, Source
from conversations.campaigning import steps
from conversations.models import Conversation, Message
from conversations.thread import actions as thread
from leads.models import Company, Lead
from tests.campaigns.engine import (
    FOLLOW_UP,
    INTRO,
    drafted,
    enrol,
    go,
    house,
    later,
    lead,
    running,
    said,
    send_all,
    state_of,
    steps_of,
    text,
    wait,
)  # fmt: skip
from tests.core import make_user
from workspaces.models import Role, Workspace
from workspaces.refused import Refused

pytestmark = pytest.mark.django_db


def test_leaves_out_whom_it_must_and_says_why() -> None:
    workspace, _ = house()
    first, campaign = running(workspace, [text(INTRO)]), running(workspace, [text(INTRO), wait(days=1), text(FOLLOW_UP)])
    new, busy, gone, out, firm, done = (lead(workspace) for _ in range(6))
    enrol(first, busy)
    Lead.objects.filter(pk=gone.pk).update(opted_out_at="2026-01-01T00:00Z")
    Lead.objects.filter(pk=out.pk).update(status="excluded")
    company = Company.objects.create(workspace=workspace, name="Ledgerline", status="excluded")
    Lead.objects.filter(pk=firm.pk).update(company=company)
    Enrolment.objects.create(workspace=workspace, campaign=campaign, lead=done, state="completed", source="api")
    everyone = Lead.objects.of(workspace)
    expected = {
        LeftOut.OVERLAP: 1, LeftOut.OPTED_OUT: 1, LeftOut.EXCLUDED: 1, LeftOut.COMPANY_EXCLUDED: 1, LeftOut.BEFORE: 1,
    }  # fmt: skip
    assert actions.preview(campaign, everyone).left_out == expected
    result = actions.enrol(campaign, everyone, source=Source.FILTER)
    assert (result.enrolled, result.left_out) == (1, expected)
    assert Enrolment.objects.get(pk=result.ids[0]).lead == new
    assert actions.enrol(campaign, [new.pk], source=Source.SELECTION).left_out == {LeftOut.ENROLLED: 1}
    strange = lead(house()[0])
    assert actions.enrol(campaign, [strange.pk], source=Source.API).chosen == 0


def test_two_campaigns_that_start_with_the_same_lead_share_it_not() -> None:
    workspace, _ = house()
    drafts = [drafted(workspace, [text(INTRO), wait(days=1), text(FOLLOW_UP)]) for _ in range(2)]
    someone = lead(workspace)
    for one in drafts:
        enrol(one, someone)
        assert one.sender
    for one in drafts:
        assert one.sender
        actions.start(one, by=one.sender)
    go()
    assert sorted(Enrolment.objects.values_list("state", "stop_reason")) == [("active", ""), ("stopped", "overlap")]
    assert len(said(someone)) == 1


def test_a_pause_holds_what_waits_and_a_resume_lets_it_go() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), wait(days=1), text(FOLLOW_UP)])
    someone = lead(workspace)
    enrol(campaign, someone)
    steps.drain()
    actions.pause(campaign, by=None)
    send_all()
    message = Message.objects.get()
    assert (message.state, message.hold) == ("queued", "camp_paused")
    later(days=2)
    steps.drain()
    actions.resume(campaign, by=None)
    steps.sweep()
    go()
    assert said(someone)[0][1] == "sent"


def test_one_lead_is_paused_alone() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), wait(days=1), text(FOLLOW_UP)])
    one, other = lead(workspace), lead(workspace)
    enrolment, _ = enrol(campaign, one, other)
    steps.drain()
    actions.pause_enrolment(enrolment, by=None)
    go()
    assert [len([1 for _, state in said(each) if state == "sent"]) for each in (one, other)] == [0, 1]
    actions.resume_enrolment(enrolment, by=None)
    steps.sweep()
    go()
    assert said(one) == [("Hi Priya, Bob at Northwind.", "sent")]


def test_a_stop_ends_all_and_nothing_leaves() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO)])
    someone = lead(workspace)
    (enrolment,) = enrol(campaign, someone)
    steps.drain()
    actions.stop(campaign, by=None)
    send_all()
    steps.sweep()
    assert state_of(enrolment) == ("stopped", "campaign_stopped")
    assert Message.objects.get().reason == "campaign_stopped"
    assert steps_of(enrolment) == [(INTRO[:20], "skipped")]
    with pytest.raises(actions.CannotEnrol):
        actions.enrol(campaign, [lead(workspace).pk], source=Source.SELECTION)


def test_a_campaign_whose_leads_are_all_through_is_finished_and_runs_again_for_the_next() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO)])
    steps.sweep()
    assert status_of(campaign) == "running"  # nobody has been in it
    enrol(campaign, lead(workspace))
    steps.sweep()
    assert status_of(campaign) == "running"
    go()
    steps.sweep()
    assert status_of(campaign) == "finished"
    next_one = lead(workspace, "Jon Bell")
    enrol(campaign, next_one)
    assert status_of(campaign) == "running"
    go()
    steps.sweep()
    assert (len(said(next_one)), status_of(campaign)) == (1, "finished")


def test_a_campaign_whose_last_message_failed_is_finished_and_goes_on_when_it_arrives_after_all() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), wait(days=3), text("Did you have a look?")])
    (enrolment,) = enrol(campaign, lead(workspace))
    steps.drain()
    step_id = Execution.objects.get(enrolment=enrolment).pk
    settle(step_id, Outcome(ExecutionState.FAILED, "Invalid number"))
    steps.sweep()
    assert (state_of(enrolment), status_of(campaign)) == (("stopped", "failed"), "finished")
    revive([step_id])
    steps.sweep()
    assert (state_of(enrolment), status_of(campaign)) == (("active", ""), "running")


def test_a_campaign_stays_finished_when_what_arrives_after_all_was_its_last_step() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO)])
    (enrolment,) = enrol(campaign, lead(workspace))
    steps.drain()
    step_id = Execution.objects.get(enrolment=enrolment).pk
    settle(step_id, Outcome(ExecutionState.FAILED, "Invalid number"))
    steps.sweep()
    before = Campaign.objects.filter(pk=campaign.pk).values("status", "status_at").get()
    assert before["status"] == "finished"
    revive([step_id])
    assert state_of(enrolment) == ("completed", "")
    assert Campaign.objects.filter(pk=campaign.pk).values("status", "status_at").get() == before


def status_of(campaign: Campaign) -> str:
    return Campaign.objects.get(pk=campaign.pk).status


def test_a_rep_takes_the_remaining_steps_away_in_the_thread() -> None:
    workspace, _ = house()
    bob = make_user(workspace)
    campaign = running(workspace, [text(INTRO), wait(days=1), text(FOLLOW_UP)])
    someone = lead(workspace)
    (enrolment,) = enrol(campaign, someone)
    go()
    assert thread.stop_follow_ups(Conversation.objects.get(), by=bob) == 1
    later(days=2)
    go()
    assert state_of(enrolment) == ("stopped", "removed")
    assert len(said(someone)) == 1


def test_a_message_that_a_person_cancels_is_passed_over() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), text(FOLLOW_UP)])
    someone = lead(workspace)
    (enrolment,) = enrol(campaign, someone)
    steps.drain()
    thread.cancel(Message.objects.get(), by=make_user(workspace))
    go()
    assert said(someone) == [("Hi Priya, Bob at Northwind.", "cancelled"), (FOLLOW_UP, "sent")]
    assert state_of(enrolment) == ("completed", "")


def test_where_the_workspace_asks_for_it_an_admin_approves() -> None:
    workspace, _ = house()
    Workspace.objects.filter(pk=workspace.pk).update(campaign_approval=True)
    campaign, bob, alice = drafted(workspace, [text(INTRO)]), make_user(workspace), make_user(workspace, Role.ADMIN)
    with pytest.raises(Refused, match="admin has to approve"):
        actions.start(campaign, by=bob)
    assert approving.ask_approval(campaign, by=bob)
    with pytest.raises(Refused, match="Only an admin"):
        approving.approve(campaign, by=bob)
    assert approving.approve(campaign, by=alice)
    assert actions.start(campaign, by=bob).status == "running"


def test_who_is_excluded_on_other_pages_leaves_soon() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), wait(days=1), text(FOLLOW_UP)])
    one, other = lead(workspace), lead(workspace)
    (enrolment, stays) = enrol(campaign, one, other)
    go()
    Lead.objects.filter(pk=one.pk).update(status="excluded")
    steps.sweep_unwanted()
    assert state_of(enrolment) == ("stopped", "excluded")
    assert state_of(stays) == ("active", "")
