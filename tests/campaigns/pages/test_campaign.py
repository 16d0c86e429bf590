"""The list of campaigns, making one, its page, and what it is told to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import editing, versions
from campaigns.models import Campaign, CampaignLine, Enrolment, Execution, Node
from lines.models import Line
from tests.campaigns.making import make_campaign
from tests.cast import SignIn
from tests.core import make_line
from tests.factories_conversations import LeadFactory
from workspaces.models import AuditEntry, User, Workspace

pytestmark = pytest.mark.django_db


def at(name: str, campaign: Campaign | None = None, **values: str) -> str:
    ids = {"public_id": campaign.public_id} if campaign else {}
    return reverse(name, kwargs={"slug": "northwind", **ids, **values})


def new(bobs: Client, **values: Any) -> Campaign:
    form = {"name": "Founders", "start": "three", "overlap": "skip", "sender": "", **values}
    answer = bobs.post(at("campaign_new"), form)
    assert answer.status_code == 302, answer.content.decode()
    return Campaign.objects.latest("pk")


def stands(campaign: Campaign, name: str, **values: Any) -> Enrolment:
    lead = LeadFactory.create(workspace=campaign.workspace, name=name)
    return Enrolment.objects.create(
        workspace=campaign.workspace, campaign=campaign, version=campaign.version, lead=lead, source="list", **values
    )


def visit(enrolment: Enrolment, **values: Any) -> Execution:
    node = Node.objects.filter(version=enrolment.version)[0]
    return Execution.objects.create(
        workspace=enrolment.workspace, enrolment=enrolment, campaign=enrolment.campaign, node=node, **values
    )


class TestMaking:
    @pytest.mark.parametrize("start", ["three", "read", "channel", "channels", "drip"])
    def test_every_start_can_be_published_as_it_is(self, bobs: Client, start: str) -> None:
        made = new(bobs, start=start)
        draft = versions.draft_of(made)
        assert draft
        assert versions.problems(made, draft) == []
        assert made.kind == ("drip" if start == "drip" else "workflow")

    def test_a_copy_has_the_steps_and_nobody_in_it(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        source = make_campaign(northwind, by=bob, name="Last quarter")
        stands(source, "Priya")
        assert "Last quarter" in bobs.get(at("campaign_new"), {"copy": source.public_id}).content.decode()
        made = new(bobs, start="copy", copied=source.public_id)
        draft = versions.draft_of(made)
        assert draft
        assert [step.name for step in editing.read(draft)] == ["Intro"]
        assert not Enrolment.objects.filter(campaign=made).exists()

    def test_lines_hours_and_sender_are_kept(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        line = make_line(northwind)
        member = bob.memberships.get()
        made = new(
            bobs, lines=[line.public_id], send_from="09:00", send_until="17:00", send_days=["1", "2"], sender=member.public_id
        )
        assert CampaignLine.objects.get(campaign=made).line == line
        assert (made.send_days, made.sender) == ([1, 2], bob)
        page = bobs.get(at("campaign", made)).content.decode()
        assert "Mon, Tue 9:00–17:00 in the lead’s time zone" in page

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"name": ""}, "Enter a name"),
            ({"name": "TAKEN"}, "There is a campaign “TAKEN” already"),
            ({"start": "none"}, "Choose one of the beginnings"),
            ({"start": "copy"}, "Choose the campaign whose steps are copied"),
            ({"send_from": "06:00", "send_until": "17:00"}, "Choose a time from 08:00 to 21:00"),
            ({"send_from": "10:00"}, "Set both, or leave both empty"),
            ({"send_from": "17:00", "send_until": "10:00"}, "later than the beginning"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_stays(
        self, bobs: Client, northwind: Workspace, bob: User, values: dict[str, str], said: str
    ) -> None:
        make_campaign(northwind, by=bob, name="Taken")
        form = {"name": "Founders", "start": "three", "overlap": "skip", **values}
        answer = bobs.post(at("campaign_new"), form)
        page = answer.content.decode()
        assert (answer.status_code, said in page) == (422, True)
        assert f'value="{form["name"]}"' in page or not form["name"]

    def test_a_line_that_is_not_connected_cannot_be_chosen(self, bobs: Client, northwind: Workspace) -> None:
        line = make_line(northwind, status=Line.Status.DISCONNECTED)
        page = bobs.post(at("campaign_new"), {"name": "X", "start": "three", "overlap": "skip", "lines": [line.public_id]})
        assert "is disconnected and cannot send" in page.content.decode()


class TestList:
    def test_status_kind_and_search_narrow_it(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        make_campaign(northwind, by=bob, name="Fintech founders")
        make_campaign(northwind, by=bob, name="Ops leaders", status="paused")
        make_campaign(northwind, by=bob, name="Nudge", kind="drip")

        def names(**query: str) -> set[str]:
            page = bobs.get(at("campaigns"), query).content.decode()
            return {name for name in ("Fintech founders", "Ops leaders", "Nudge") if f">{name}</a>" in page}

        assert names() == {"Fintech founders", "Ops leaders", "Nudge"}
        assert names(status="paused") == {"Ops leaders"}
        assert names(kind="drip") == {"Nudge"}
        assert names(q="FOUND") == {"Fintech founders"}
        assert names(q="nobody") == set()

    def test_says_how_many_are_in_who_answered_and_what_is_next(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        campaign = make_campaign(northwind, by=bob)
        visit(stands(campaign, "Priya"), state="waiting", due_at=timezone.now() + timedelta(days=400))
        stands(campaign, "Marcus", state="stopped", stop_reason="replied")
        page = bobs.get(at("campaigns")).content.decode()
        for label, figure in (("Enrolled", 2), ("Under way", 1), ("Replied", 1)):
            assert f"{label}</span> {figure}</td>" in page
        assert str((timezone.now() + timedelta(days=400)).year) in page

    def test_costs_the_same_for_many(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        make_campaign(northwind, by=bob, name="First")
        bobs.get(at("campaigns"))
        with CaptureQueriesContext(connection) as few:
            bobs.get(at("campaigns"))
        for n in range(6):
            stands(make_campaign(northwind, by=bob, name=f"More {n}"), f"Lead {n}")
        with CaptureQueriesContext(connection) as many:
            bobs.get(at("campaigns"))
        assert len(many) == len(few)


class TestPage:
    def test_shows_each_lead_with_the_last_step_and_what_is_next(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        campaign = make_campaign(northwind, by=bob)
        visit(stands(campaign, "Priya Raman", begun_at=timezone.now()), state="pending", handed_at=timezone.now())
        stands(campaign, "Marcus Oyelaran", state="stopped", stop_reason="opted_out")
        page = bobs.get(at("campaign", campaign)).content.decode()
        assert "Step 1 · Intro" in page
        assert '<span class="chip acc">Scheduled</span>' in page
        assert '<span class="chip neg">Opted out</span>' in page

    def test_chips_and_search_narrow_the_leads(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        campaign = make_campaign(northwind, by=bob)
        stands(campaign, "Priya Raman")
        stands(campaign, "Marcus Oyelaran", state="stopped", stop_reason="replied")
        replied = bobs.get(at("campaign", campaign), {"standing": "replied"}).content.decode()
        assert ("Marcus Oyelaran" in replied, "Priya Raman" in replied) == (True, False)
        found = bobs.get(at("campaign", campaign), {"q": "priya"}).content.decode()
        assert ("Marcus Oyelaran" in found, "Priya Raman" in found) == (False, True)

    def test_its_leads_come_in_pages_that_cost_the_same(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        campaign = make_campaign(northwind, by=bob)
        for n in range(3):
            visit(stands(campaign, f"Lead {n}"), state="waiting")
        bobs.get(at("campaign", campaign))
        with CaptureQueriesContext(connection) as few:
            bobs.get(at("campaign", campaign))
        for n in range(50):
            visit(stands(campaign, f"More {n}"), state="waiting")
        with CaptureQueriesContext(connection) as many:
            page = bobs.get(at("campaign", campaign)).content.decode()
        assert len(many) == len(few)
        assert "More leads" in page
        following = page.split("after=")[1].split("#")[0]
        assert "Lead 0" in bobs.get(f"{at('campaign', campaign)}?after={following}").content.decode()

    def test_one_lead_is_paused_goes_on_and_is_stopped(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        row = stands(make_campaign(northwind, by=bob), "Priya Raman")
        for step, state in (("pause", "paused"), ("resume", "active"), ("stop", "stopped")):
            bobs.post(reverse("enrolment_step", args=["northwind", row.public_id, step]))
            row.refresh_from_db()
            assert row.state == state
        said = bobs.post(reverse("enrolment_step", args=["northwind", row.public_id, "pause"]), follow=True).content.decode()
        assert "Too late: Priya Raman is “Stopped” by now." in said
        assert bobs.post(reverse("enrolment_step", args=["northwind", row.public_id, "dance"])).status_code == 404


class TestControl:
    def test_pause_resume_and_stop_after_saying_what_is_lost(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        campaign = make_campaign(northwind, by=bob)
        row = stands(campaign, "Priya", begun_at=timezone.now())
        visit(row, state="waiting", due_at=timezone.now() + timedelta(days=1))
        bobs.post(at("campaign_pause", campaign))
        assert Campaign.objects.get().status == "paused"
        bobs.post(at("campaign_resume", campaign))
        assert Campaign.objects.get().status == "running"
        asked = bobs.get(at("campaign_stop", campaign)).content.decode()
        assert "1 lead under way leaves the campaign" in asked
        bobs.post(at("campaign_stop", campaign))
        row.refresh_from_db()
        assert (Campaign.objects.get().status, row.state, row.stop_reason) == ("stopped", "stopped", "campaign_stopped")

    def test_a_draft_is_started_from_its_launch_page(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        campaign = make_campaign(northwind, by=bob, status="draft")
        assert "Start Q4 Fintech" in bobs.get(at("campaign_launch", campaign)).content.decode()
        bobs.post(at("campaign_start", campaign))
        campaign.refresh_from_db()
        assert (campaign.status, campaign.version is not None) == ("running", True)

    def test_where_approval_is_needed_an_admin_gives_it(
        self, bobs: Client, northwind: Workspace, bob: User, alice: User, sign_in: SignIn
    ) -> None:
        Workspace.objects.filter(pk=northwind.pk).update(campaign_approval=True)
        campaign = make_campaign(northwind, by=bob, status="draft")
        assert "Ask for approval" in bobs.get(at("campaign_launch", campaign)).content.decode()
        bobs.post(at("campaign_start", campaign))
        assert Campaign.objects.get().status == "draft"
        bobs.post(at("campaign_ask", campaign))
        assert "Waits for approval" in bobs.get(at("campaigns")).content.decode()
        assert bobs.post(at("campaign_approve", campaign)).status_code == 403
        sign_in(alice).post(at("campaign_approve", campaign))
        bobs.post(at("campaign_settings", campaign), {"name": "Other words", "overlap": "skip"})
        assert Campaign.objects.get().approved_at is None
        Campaign.objects.update(sender=bob)
        sign_in(alice).post(at("campaign_approve", campaign))
        bobs.post(at("campaign_start", campaign))
        assert Campaign.objects.get().status == "running"
        assert AuditEntry.objects.filter(action="campaign.approved", user=alice).exists()

    def test_an_empty_draft_can_be_deleted_and_nothing_else(self, bobs: Client, northwind: Workspace, bob: User) -> None:
        running = make_campaign(northwind, by=bob, name="Runs")
        draft = make_campaign(northwind, by=bob, name="Draft", status="draft")
        stands(draft, "Priya")
        for campaign in (running, draft):
            bobs.post(at("campaign_delete", campaign))
        assert Campaign.objects.count() == 2
        Enrolment.objects.all().delete()
        bobs.post(at("campaign_delete", draft))
        assert [one.name for one in Campaign.objects.all()] == ["Runs"]
