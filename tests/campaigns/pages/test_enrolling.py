"""Bringing leads into a campaign from the leads table, a list, an import and its own page: summary first, then once each."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns import enrol_runs
from campaigns.models import Campaign, Enrolment, EnrolRun
from leads import lists
from leads.models import ImportRun, Lead
from tests.campaigns.making import make_campaign
from tests.factories_conversations import LeadFactory
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(northwind: Workspace, bob: User) -> Campaign:
    return make_campaign(northwind, by=bob, status="draft")


def enrol(bobs: Client, campaign: Campaign, **choice: object) -> str:
    """The page after “Enrol”."""
    answer = bobs.post(reverse("enrol", args=["northwind"]), {"campaign": campaign.public_id, "do": "enrol", **choice}, follow=True)
    return answer.content.decode()


def inside(campaign: Campaign) -> set[str]:
    return set(Enrolment.objects.filter(campaign=campaign).values_list("lead__name", flat=True))


def test_a_summary_says_who_is_left_out_and_writes_nothing(
    bobs: Client, campaign: Campaign, northwind: Workspace, bob: User
) -> None:
    free = LeadFactory.create(workspace=northwind, name="Free")
    gone = LeadFactory.create(workspace=northwind, name="Gone", status=Lead.Status.EXCLUDED)
    busy = LeadFactory.create(workspace=northwind, name="Busy")
    other = make_campaign(northwind, by=bob, name="Other")
    Enrolment.objects.create(workspace=northwind, campaign=other, lead=busy, source="list")
    choice = {"campaign": campaign.public_id, "lead": [one.public_id for one in (free, gone, busy)]}
    page = bobs.post(reverse("enrol", args=["northwind"]), choice).content.decode()
    assert "<dt>will be enrolled</dt><dd>1</dd>" in page
    assert "In another running campaign: 1" in page
    assert "Excluded: 1" in page
    assert inside(campaign) == set()
    page = enrol(bobs, campaign, lead=[free.public_id, gone.public_id, busy.public_id])
    assert "<dt>enrolled</dt><dd>1</dd>" in page
    assert inside(campaign) == {"Free"}


def test_nobody_is_enrolled_twice_however_often_it_is_asked(bobs: Client, campaign: Campaign, northwind: Workspace) -> None:
    free = LeadFactory.create(workspace=northwind, name="Free")
    for _ in range(2):
        page = enrol(bobs, campaign, lead=free.public_id)
    assert "in this campaign already" in page
    assert Enrolment.objects.count() == 1


def test_a_list_an_import_and_a_filter_are_the_leads_that_they_show(
    bobs: Client, campaign: Campaign, northwind: Workspace, bob: User
) -> None:
    run = ImportRun.objects.create(workspace=northwind, filename="a.csv")
    LeadFactory.create(workspace=northwind, name="Imported", imported_by=run)
    LeadFactory.create(workspace=northwind, name="Finance", persona="Finance leader")
    listed = LeadFactory.create(workspace=northwind, name="Listed")
    by_hand = lists.named(northwind, "By hand", by=bob)
    lists.add(by_hand, Lead.objects.of(northwind).filter(pk=listed.pk), by=bob)
    enrol(bobs, campaign, all="matching", run=run.public_id)
    assert inside(campaign) == {"Imported"}
    enrol(bobs, campaign, all="matching", persona="Finance leader")
    enrol(bobs, campaign, all="matching", list=by_hand.public_id)
    assert inside(campaign) == {"Imported", "Finance", "Listed"}
    assert [run.source for run in EnrolRun.objects.order_by("pk")] == ["import", "filter", "list"]


def test_nobody_chosen_and_a_stopped_campaign_are_told(bobs: Client, campaign: Campaign, northwind: Workspace) -> None:
    assert "Nobody is chosen" in bobs.post(reverse("enrol", args=["northwind"]), {}).content.decode()
    assert "Nobody is chosen" in enrol(bobs, campaign)
    LeadFactory.create(workspace=northwind)
    Campaign.objects.filter(pk=campaign.pk).update(status="stopped")
    assert "This campaign was stopped." in enrol(bobs, campaign, all="matching")


def test_a_large_choice_is_worked_off_in_chunks_and_goes_on_where_it_stood(
    northwind: Workspace, campaign: Campaign, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrol_runs, "AT_ONCE", 1)
    monkeypatch.setattr(enrol_runs, "CHUNK", 2)
    for n in range(5):
        LeadFactory.create(workspace=northwind, name=f"Lead {n}")
    run = enrol_runs.begin(campaign, QueryDict("all=matching"), by=bob)
    LeadFactory.create(workspace=northwind, name="Came later")
    assert Enrolment.objects.count() == 0
    assert enrol_runs.at_work() == [run.pk]
    assert enrol_runs.advance(run.pk)
    run.refresh_from_db()
    assert (run.enrolled, run.done_at) == (2, None)
    while enrol_runs.advance(run.pk):
        pass
    run.refresh_from_db()
    assert (run.enrolled, run.total, run.done_at is not None) == (5, 5, True)
    assert "Came later" not in inside(campaign)
    assert not enrol_runs.advance(run.pk)


def test_the_ways_in_are_offered(bobs: Client, campaign: Campaign, northwind: Workspace, bob: User) -> None:
    LeadFactory.create(workspace=northwind)
    by_hand = lists.named(northwind, "By hand", by=bob)
    lists.add(by_hand, Lead.objects.of(northwind), by=bob)
    where = reverse("enrol", args=["northwind"])
    for name in ("leads", "contact_lists"):
        assert where in bobs.get(reverse(name, args=["northwind"])).content.decode(), name
    page = bobs.get(reverse("campaign_enrol", args=["northwind", campaign.public_id])).content.decode()
    assert "By hand (1)" in page


def test_an_import_that_was_undone_is_not_offered(bobs: Client, campaign: Campaign, northwind: Workspace) -> None:
    for state in ("done", "undoing", "undone"):
        ImportRun.objects.create(workspace=northwind, filename=f"{state}.csv", state=state, started_at=timezone.now())
    page = bobs.get(reverse("campaign_enrol", args=["northwind", campaign.public_id])).content.decode()
    assert [name for name in ("done.csv", "undoing.csv", "undone.csv") if name in page] == ["done.csv"]
