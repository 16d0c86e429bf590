"""What campaigns show of conversations: figures that lead to their rows, the plan, a test to oneself, drips in a thread."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import actions, editing, versions
from campaigns.models import Campaign, Enrolment, Node
from conversations.campaigning import campaign_figures, campaign_plan, campaign_plan_runs
from conversations.models import Conversation, Message
from conversations.vocabulary import Origin
from leads.models import Address, CheckItem, Lead
from tests.campaigns import engine
from tests.campaigns.engine import go, hear, text, wait
from tests.campaigns.making import make_campaign, message
from tests.core import make_line
from tests.factories_conversations import known, they_said
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


def at(name: str, public_id: str, **values: str) -> str:
    return reverse(name, kwargs={"slug": "northwind", "public_id": public_id, **values})


def test_every_figure_is_as_many_rows_as_it_says(northwind: Workspace, bob: User, bobs: Client) -> None:
    line = make_line(northwind, max_in_flight=100)
    campaign = engine.running(northwind, [text("Hi there"), wait(days=2)])
    leads = [engine.lead(northwind, name) for name in ("Priya", "Marcus", "Dana")]
    engine.enrol(campaign, *leads)
    go()
    hear(line, leads[0])
    Conversation.objects.filter(lead=leads[0]).update(intent_status="positive")
    Message.objects.filter(conversation__lead=leads[1], direction="out").update(read_at=timezone.now())
    bars = {bar.label: bar for bar in campaign_figures.funnel(campaign)}
    assert {label: bar.count for label, bar in bars.items()} == {
        "Enrolled": 3, "Sent": 3, "Read": 1, "Replied": 1, "Positive": 1, "Not delivered": 0, "Opted out": 0,
    }  # fmt: skip
    for bar in bars.values():
        if bar.what:
            page = campaign_figures.conversations(campaign, bar.what, "", after="", reader=bob)
            assert len(page.rows) == bar.count, bar.label
    (step,) = campaign_figures.by_step(campaign)
    assert (step.sent, step.read, step.replied) == (3, 1, 1)
    url = reverse("campaign", args=["northwind", campaign.public_id])
    assert "load, every 15s" in bobs.get(url).content.decode(), "its page asks for them again while it runs"
    card = bobs.get(at("campaign_figures", campaign.public_id), headers={"HX-Request": "true"}).content.decode()
    assert f'id="figures-{step.key}" hx-swap-oob="true"' in card
    assert f"<b>{step.name}</b>" in bobs.get(at("campaign_figures", campaign.public_id)).content.decode()
    replied = bobs.get(at("campaign_figure", campaign.public_id, what="replied"), {"step": step.key}).content.decode()
    assert ("Priya" in replied, "Marcus" in replied) == (True, False)
    assert bobs.get(at("campaign_figure", campaign.public_id, what="nonsense")).status_code == 404


def test_a_step_that_was_removed_keeps_its_figures_where_they_have_a_place(northwind: Workspace, bob: User, bobs: Client) -> None:
    make_line(northwind)
    campaign = engine.running(northwind, [text("Hi there"), text("Still there?")])
    engine.enrol(campaign, engine.lead(northwind, "Priya"))
    go()
    removed, kept = campaign_figures.by_step(campaign)
    editing.change(campaign, lambda tree: tree.pop(0), by=bob)
    versions.publish(campaign, by=bob)
    card = bobs.get(at("campaign_figures", campaign.public_id), headers={"HX-Request": "true"}).content.decode()
    assert f'id="figures-{removed.key}"' not in card, "the campaign's page has no place for them any more"
    assert f'id="figures-{kept.key}"' in card
    assert "Removed" in bobs.get(at("campaign_figures", campaign.public_id)).content.decode()


def test_the_plan_names_everybody_once_and_is_what_happens(northwind: Workspace, bob: User, bobs: Client) -> None:
    make_line(northwind, max_in_flight=100)
    campaign = engine.drafted(northwind, [text("Hi {{ lead.title }}"), wait(days=2), text("Again")])
    good = engine.lead(northwind, "Good", title="CFO")
    numberless = engine.lead(northwind, "No number", title="CFO")
    Address.objects.filter(lead=numberless).delete()
    engine.lead(northwind, "No title")
    opted = engine.lead(northwind, "Opted out", title="CFO")
    leads = list(Lead.objects.of(northwind))
    engine.enrol(campaign, *leads)
    Lead.objects.filter(pk=opted.pk).update(opted_out_at=timezone.now())
    made = campaign_plan.plan(campaign)
    left_out = {one.reason: [lead.name for lead, _ in one.people] for one in made.left_out}
    assert left_out == {"no_address": ["No number"], "missing_fields": ["No title"], "opted_out": ["Opted out"]}
    assert (made.total, len(made.plan.sendable), made.plan.new_conversations, made.unchecked) == (4, 1, 1, 1)
    assert made.plan.finishes
    page = bobs.get(at("campaign_plan", campaign.public_id)).content.decode()
    assert "No job title" in page
    assert "Check first" in page
    assert campaign.sender
    actions.start(campaign, by=campaign.sender)
    go()
    sent = Message.objects.filter(campaign=campaign, state="sent").values_list("conversation__lead__name", flat=True)
    assert list(sent) == ["Good"]
    assert good.name == "Good"


def test_the_plan_of_very_many_is_worked_out_by_a_task_and_kept_while_nothing_changes(
    northwind: Workspace, bob: User, bobs: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_plan_runs, "AT_ONCE", 1)
    make_line(northwind, max_in_flight=100)
    campaign = engine.drafted(northwind, [text("Hi"), wait(days=2), text("Again")])
    engine.enrol(campaign, engine.lead(northwind, "Priya"), engine.lead(northwind, "Marcus"))
    url = at("campaign_plan", campaign.public_id)
    assert "0 of 2 leads looked at" in bobs.get(url, headers={"HX-Request": "true"}).content.decode()
    key = campaign_plan_runs._key(campaign, 2)
    campaign_plan_runs.work_out(campaign.pk, key)
    page = bobs.get(url).content.decode()
    assert "will be written to</dt><dd>2" in page
    assert "leads looked at" in bobs.get(url, {"anew": "1"}).content.decode()
    campaign_plan_runs.work_out(campaign.pk, key)
    Node.objects.filter(version__campaign=campaign, kind="wait").update(settings=wait(days=9).settings)
    assert "leads looked at" in bobs.get(url).content.decode(), "another workflow is another plan"


def test_check_first_asks_about_those_who_have_not_begun(northwind: Workspace, bob: User, bobs: Client) -> None:
    make_line(northwind)
    campaign = engine.drafted(northwind, [text("Hi")])
    engine.enrol(campaign, engine.lead(northwind, "Priya"))
    answer = bobs.post(reverse("campaign_check", args=["northwind", campaign.public_id]))
    assert CheckItem.objects.get().lead == Lead.objects.get(name="Priya")
    assert CheckItem.objects.get().run.public_id in answer["Location"]


def test_a_test_goes_to_oneself_as_ones_own_message_and_never_to_a_lead(northwind: Workspace, bob: User, bobs: Client) -> None:
    line = make_line(northwind)
    campaign = make_campaign(northwind, by=bob)
    priya = known(line)
    assert priya.lead
    url = reverse("campaign_test", args=["northwind", campaign.public_id])
    form = {"text": bobs.get(url).context["form"].fields["text"].choices[0][0], "lead": priya.lead.public_id, "nonce": "once"}
    refused = bobs.post(url, {**form, "address": priya.address})
    assert "A test goes to yourself" in refused.content.decode()
    assert bobs.post(url, {**form, "address": "12"}).status_code == 422
    for _ in range(2):
        assert bobs.post(url, {**form, "address": "+12025550155"}).status_code == 302
    sent = Message.objects.get(direction="out")
    assert (sent.body, sent.origin, sent.author, sent.campaign) == ("Test: Hi Priya.", Origin.PERSON, bob, None)


class TestDrips:
    @pytest.fixture
    def drip(self, northwind: Workspace, bob: User) -> Campaign:
        steps = [message(f"Day {days}", "Hi {{ lead.first_name | there }}.", days=days) for days in (1, 3, 5)]
        return make_campaign(northwind, by=bob, name="Nudge", kind="drip", steps=steps)

    @pytest.fixture
    def priya(self, northwind: Workspace) -> Conversation:
        return known(make_line(northwind))

    def test_choosing_shows_the_messages_with_their_dates_and_apply_starts_it(
        self, bobs: Client, drip: Campaign, priya: Conversation
    ) -> None:
        thread = bobs.get(reverse("conversation", args=["northwind", priya.public_id])).content.decode()
        assert "data-open-drip" in thread
        url = at("conversation_drip", priya.public_id)
        shown = bobs.get(url, {"campaign": drip.public_id}, headers={"HX-Request": "true"}).content.decode()
        assert shown.count("Hi Priya.") == 3
        assert "Apply Campaign" in shown
        bobs.post(url, {"campaign": drip.public_id})
        waits = Message.objects.filter(conversation=priya, state="queued").order_by("scheduled_at")
        after = [one.scheduled_at - timezone.now() for one in waits if one.scheduled_at]
        late = [one - timedelta(days=days) for one, days in zip(after, (1, 3, 5), strict=True)]
        # An hour where clocks change on the way, and the night where it is night now.
        assert all(timedelta(hours=-2) < one < timedelta(hours=15) for one in late), late
        again = bobs.post(url, {"campaign": drip.public_id})
        assert (again.status_code, "runs for this contact already" in again.content.decode()) == (422, True)

    def test_it_stands_beside_the_thread_and_what_remains_can_be_removed(
        self, bobs: Client, drip: Campaign, priya: Conversation
    ) -> None:
        bobs.post(at("conversation_drip", priya.public_id), {"campaign": drip.public_id})
        aside = bobs.get(at("conversation_automation", priya.public_id), headers={"HX-Request": "true"}).content.decode()
        assert "0 of 3 messages sent · active" in aside
        assert "Remove remaining" in aside
        row = Enrolment.objects.get()
        bobs.post(at("conversation_stop_automation", priya.public_id), {"enrolment": row.public_id})
        row.refresh_from_db()
        assert (row.state, row.stop_reason) == ("stopped", "removed")
        assert not Message.objects.filter(conversation=priya, state="queued").exists()

    @pytest.mark.parametrize(
        ("barred", "said"),
        [
            ("opted out", "This contact opted out of automated messages."),
            ("switched off", "Drips are switched off for you."),
            ("member", "Drips are switched off for you."),
        ],
    )
    def test_it_is_disabled_with_the_reason(
        self, bobs: Client, drip: Campaign, priya: Conversation, northwind: Workspace, bob: User, barred: str, said: str
    ) -> None:
        if barred == "opted out":
            Lead.objects.filter(conversations=priya).update(opted_out_at=timezone.now())
        elif barred == "switched off":
            Workspace.objects.filter(pk=northwind.pk).update(drips_enabled=False)
        else:
            bob.memberships.update(drips_enabled=False)
        thread = bobs.get(reverse("conversation", args=["northwind", priya.public_id])).content.decode()
        assert f'aria-disabled="true" aria-label="Apply a drip. {said}' in thread
        answer = bobs.post(at("conversation_drip", priya.public_id), {"campaign": drip.public_id})
        assert said in answer.content.decode()
        assert not Enrolment.objects.exists()

    def test_a_reply_takes_the_rest_away(self, bobs: Client, drip: Campaign, priya: Conversation) -> None:
        bobs.post(at("conversation_drip", priya.public_id), {"campaign": drip.public_id})
        they_said(priya, "Who is this?")
        assert priya.line
        assert priya.lead
        hear(priya.line, priya.lead)
        assert not Message.objects.filter(conversation=priya, state="queued").exists()
        assert Enrolment.objects.get().stop_reason == "replied"
