"""The editor over HTTP: every change is a form, so it works without scripts; what is wrong is said and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import editing, tree, versions
from campaigns.models import Campaign, Enrolment
from campaigns.tree import Tree
from campaigns.vocabulary import NodeKind
from tests.campaigns.making import FIRST_KEY, make_campaign, message
from tests.factories_conversations import CompanyFactory, LeadFactory
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(northwind: Workspace, bob: User) -> Campaign:
    return make_campaign(northwind, by=bob)


def at(name: str, campaign: Campaign, key: str = "") -> str:
    values = {"slug": "northwind", "public_id": campaign.public_id} | ({"key": key} if key else {})
    return reverse(name, kwargs=values)


def steps_of(campaign: Campaign) -> Tree:
    draft = versions.draft_of(campaign)
    assert draft
    return editing.read(draft)


def text_form(body: str, **more: str) -> dict[str, str]:
    empty = {"name": "Intro", "persona_0": "", "icp_0": "", "fallback": "both", "on_failure": "stop"}
    return {**empty, "body_0": body, **more}


def test_steps_are_added_moved_duplicated_deleted_and_brought_back(bobs: Client, campaign: Campaign) -> None:
    bobs.post(at("step_add", campaign), {"kind": "wait", "at": f"after:{FIRST_KEY}"})
    added = steps_of(campaign)[1]
    assert (added.kind, added.name) == ("wait", "Wait 2 days")
    bobs.post(at("step_move", campaign, added.key), {"way": "up"})
    assert [one.kind for one in steps_of(campaign)] == ["wait", "imessage"]
    bobs.post(at("step_duplicate", campaign, FIRST_KEY))
    assert [one.name for one in steps_of(campaign)] == ["Wait 2 days", "Intro", "Intro"]
    said = bobs.post(at("step_delete", campaign, FIRST_KEY), follow=True).content.decode()
    assert "“Intro” removed. Undo brings it back." in said
    assert len(steps_of(campaign)) == 2
    bobs.post(at("edit_undo", campaign))
    assert len(steps_of(campaign)) == 3


def test_what_runs_stays_as_it_is_until_it_is_published(bobs: Client, campaign: Campaign) -> None:
    bobs.post(at("step_save", campaign, FIRST_KEY), text_form("Hello {{ lead.first_name | there }}."))
    campaign.refresh_from_db()
    assert campaign.version is not None
    assert editing.read(campaign.version)[0].settings["texts"][0]["body"] == "Hi {{ lead.first_name | there }}."
    page = bobs.get(at("campaign", campaign)).content.decode()
    assert "changes that are not published" in page
    assert "Changed" in bobs.get(at("campaign_publish", campaign)).content.decode()
    bobs.post(at("campaign_publish", campaign), {"move": "yes"})
    campaign.refresh_from_db()
    assert campaign.version is not None
    assert editing.read(campaign.version)[0].settings["texts"][0]["body"].startswith("Hello")


def test_texts_for_some_and_those_shared_out_are_both_said(bobs: Client, campaign: Campaign) -> None:
    form = text_form("One?", body_1="Two?", persona_1="Founder", icp_1="", body_2="Three?", persona_2="", icp_2="")
    bobs.post(at("step_save", campaign, FIRST_KEY), form)
    page = bobs.get(at("campaign_edit", campaign)).content.decode()
    assert "texts A, C shared out evenly · persona: Founder → text B" in page


def test_what_publishing_wants_is_not_called_optional(bobs: Client, campaign: Campaign) -> None:
    bobs.post(at("step_add", campaign), {"kind": "assign", "at": "end"})
    assign = steps_of(campaign)[-1]
    page = bobs.get(at("campaign_edit", campaign), {"step": assign.key}).content.decode()
    assert ">Give the conversation to</label>" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (text_form("Hi {{ lead.frist_name }}"), "Did you mean {{ lead.first_name }}?"),
        (text_form("Hi {{ lead.first_name"), "ends with }}"),
        (text_form("x" * 5_001), "at most 5000 characters"),
        (text_form("Hi", fallback="sometimes"), "Select a valid choice"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_kept(bobs: Client, campaign: Campaign, form: dict[str, str], said: str) -> None:
    answer = bobs.post(at("step_save", campaign, FIRST_KEY), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert form["body_0"][:40] in page
    assert versions.draft_of(campaign) is None


def test_wordings_for_personas_come_and_go(bobs: Client, campaign: Campaign) -> None:
    page = bobs.post(at("step_save", campaign, FIRST_KEY), text_form("One", do="add_text")).content.decode()
    assert 'name="body_1"' in page
    assert "data-typed" in page  # the script knows that nothing of it is saved yet
    form = text_form("One", body_1="Two", persona_1="", icp_1="")
    bobs.post(at("step_save", campaign, FIRST_KEY), form)
    assert [one["body"] for one in steps_of(campaign)[0].settings["texts"]] == ["One", "Two"]
    bobs.post(at("step_save", campaign, FIRST_KEY), {**form, "do": "remove_text:0"})
    assert [one["body"] for one in steps_of(campaign)[0].settings["texts"]] == ["Two"]


KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sms": (text_form("Hi", fallback=""), {"fallback": []}),
    "email": ({**text_form("Hi"), "subject": "One question", "to": ""}, {"subject": "One question"}),
    "linkedin": ({"name": "", "text": "Connect with {{ lead.name }}", "to": ""}, {"text": "Connect with {{ lead.name }}"}),
    "wait": ({"name": "", "mode": "until", "weekdays": ["1", "3"], "at": "10:30"}, {"weekdays": [1, 3], "at": "10:30"}),
    "branch": (
        {"name": "", "test": "intent", "days": "3", "statuses": ["positive"], "personas": []},
        {"statuses": ["positive"], "days": 3},
    ),
    "tag": ({"name": "", "tag": "warm"}, {"tag": "warm"}),
    "assign": ({"name": "", "to": ""}, {"to": ""}),
    "notify": ({"name": "", "text": "Call them", "to": ""}, {"text": "Call them"}),
    "stop": ({"name": "", "note": "Enough"}, {"note": "Enough"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_step_has_a_form_that_can_be_saved(bobs: Client, campaign: Campaign, kind: str) -> None:
    form, wanted = KINDS[kind]
    bobs.post(at("step_add", campaign), {"kind": kind, "at": "end"})
    key = steps_of(campaign)[-1].key
    assert bobs.get(at("campaign_edit", campaign), {"step": key}).status_code == 200
    answer = bobs.post(at("step_save", campaign, key), form)
    assert answer.status_code == 302, answer.content.decode()
    saved = steps_of(campaign)[-1].settings
    assert {name: saved[name] for name in wanted} == wanted


def test_a_wait_is_named_for_what_it_does_until_somebody_names_it(bobs: Client, campaign: Campaign) -> None:
    bobs.post(at("step_add", campaign), {"kind": "wait", "at": "end"})
    key = steps_of(campaign)[-1].key
    bobs.post(at("step_save", campaign, key), {"name": "Wait 2 days", "mode": "time", "days": "5"})
    assert steps_of(campaign)[-1].name == "Wait 5 days"
    bobs.post(at("step_save", campaign, key), {"name": "A pause", "mode": "time", "days": "1"})
    assert steps_of(campaign)[-1].name == "A pause"


def test_the_preview_shows_what_a_lead_gets_and_what_is_missing(bobs: Client, campaign: Campaign, northwind: Workspace) -> None:
    firm = CompanyFactory.create(workspace=northwind, name="Ledgerline")
    priya = LeadFactory.create(workspace=northwind, name="Priya Raman", company=firm, persona="Finance leader")
    form = text_form("Hi {{ lead.first_name }} at {{ company.name }}, still {{ lead.title }}?", **{"for": priya.public_id})
    page = bobs.post(at("step_preview", campaign, FIRST_KEY), form, headers={"HX-Request": "true"}).content.decode()
    assert "Hi Priya at Ledgerline, still [job title]?" in page
    assert "Nothing is known for job title: this lead would be left out." in page
    two = text_form("For all", body_1="For finance", persona_1="Finance leader", icp_1="", **{"for": priya.public_id})
    page = bobs.post(at("step_preview", campaign, FIRST_KEY), two, headers={"HX-Request": "true"}).content.decode()
    assert "Text A: not for Priya Raman" in page


def test_publishing_says_whom_it_changes_what_for(bobs: Client, campaign: Campaign, northwind: Workspace, bob: User) -> None:
    lead = LeadFactory.create(workspace=northwind)
    Enrolment.objects.create(
        workspace=northwind, campaign=campaign, version=campaign.version, lead=lead, source="list", begun_at=campaign.created_at
    )
    editing.change(campaign, lambda steps: tree.add(steps, message("More"), place="end"), by=bob)
    page = bobs.get(at("campaign_publish", campaign)).content.decode()
    assert "1 lead is under way. They" in page
    assert "Added" in page
    bobs.post(at("campaign_publish", campaign), {"move": "no"})
    campaign.refresh_from_db()
    assert campaign.version is not None
    assert (campaign.version.number, campaign.version.moves) == (2, False)


def test_an_unfinished_workflow_is_kept_but_not_published(bobs: Client, campaign: Campaign) -> None:
    bobs.post(at("step_save", campaign, FIRST_KEY), text_form(""))
    page = bobs.post(at("campaign_publish", campaign), {"move": "yes"}, follow=True).content.decode()
    assert "Write the text." in page
    campaign.refresh_from_db()
    assert campaign.version is not None
    assert campaign.version.number == 1


def test_a_drip_takes_messages_alone(bobs: Client, northwind: Workspace, bob: User) -> None:
    drip = make_campaign(northwind, by=bob, kind=Campaign.Kind.DRIP, name="Nudge", steps=[message(days=1)])
    answer = bobs.post(at("step_add", drip), {"kind": NodeKind.WAIT, "at": "end"}, follow=True)
    assert "Choose one of the kinds" in answer.content.decode()
    form = text_form("Hi", days="3", hours="2")
    assert bobs.post(at("step_save", drip, FIRST_KEY), form).status_code == 302
    assert (steps_of(drip)[0].settings["days"], steps_of(drip)[0].settings["hours"]) == (3, 2)


def test_a_step_that_somebody_else_removed_is_told(bobs: Client, campaign: Campaign) -> None:
    answer = bobs.post(at("step_save", campaign, "000000000000"), text_form("Hi"), follow=True)
    assert "not there any more" in answer.content.decode()
