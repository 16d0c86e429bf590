"""Editing, excluding and merging leads, and what is kept true by it."""

from __future__ import annotations

import pytest

from leads import actions, exclusions, labels, merge, optouts, timeline
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.models import Address, CheckItem, CheckRun, Company, Lead, LeadEvent, OptOut
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


def lead(workspace: Workspace, name: str, *values: str) -> Lead:
    return actions.add_lead(workspace, name=name, addresses=[normalise(value, region="US") for value in values])


def values(of: Lead) -> list[tuple[str, int]]:
    return list(Address.objects.filter(lead=of).order_by("-kind", "rank").values_list("value", "rank"))


def test_addresses_take_a_new_order_and_keep_what_is_known_of_them(northwind: Workspace, bob: User) -> None:
    dana = lead(northwind, "Dana", "+12025550101", "+12025550102", "dana@example.com")
    Address.objects.filter(value="+12025550102").update(availability=Address.Availability.AVAILABLE)
    order = [normalise(value, region="US") for value in ("+12025550102", "dana@example.com", "+12025550101", "+12025550103")]
    actions.edit_lead(dana, addresses=order, by=bob)
    assert values(dana) == [("+12025550102", 0), ("+12025550101", 1), ("+12025550103", 2), ("dana@example.com", 0)]
    assert Address.objects.get(value="+12025550102").availability == Address.Availability.AVAILABLE
    assert LeadEvent.objects.get(lead=dana).text == "Addresses"


@pytest.mark.parametrize("by_somebody", [True, False])
def test_a_leads_story_begins_once(northwind: Workspace, bob: User, by_somebody: bool) -> None:
    dana = actions.add_lead(northwind, name="Dana", addresses=[], by=bob if by_somebody else None)
    (begun,) = timeline.of_lead(dana)
    assert (begun.icon, begun.what, begun.by) == ("add", "Added", str(bob) if by_somebody else "")


def test_an_address_that_opted_out_opts_its_new_lead_out(northwind: Workspace, bob: User) -> None:
    OptOut.objects.create(workspace=northwind, value="+12025550109", source=OptOut.Source.KEYWORD)
    dana = lead(northwind, "Dana", "+12025550101")
    actions.edit_lead(dana, addresses=[normalise("+12025550109", region="US")], by=bob)
    dana.refresh_from_db()
    assert dana.opted_out_at is not None


def test_an_address_taken_off_somebody_who_opted_out_is_not_written_to_again(northwind: Workspace, bob: User) -> None:
    dana = lead(northwind, "Dana", "+12025550101", "+12025550102")
    optouts.opt_out(northwind, "+12025550101", Proof(source=OptOut.Source.KEYWORD))
    dana.refresh_from_db()
    actions.edit_lead(dana, addresses=[normalise("+12025550101", region="US")], by=bob)
    assert optouts.standing(northwind.pk, ["+12025550102"])
    assert lead(northwind, "Dana again", "+12025550102").opted_out_at
    assert OptOut.objects.get(value="+12025550102").by == bob


def test_the_verdict_follows_the_label(northwind: Workspace, bob: User) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    label = labels.add(northwind, "persona", "Finance leader", True, by=bob)
    actions.edit_lead(dana, addresses=[normalise("+12025550101", region="US")], by=bob, persona="Finance leader")
    assert dana.persona_match
    labels.change(label, "Money people", False, by=bob)
    dana.refresh_from_db()
    assert (dana.persona, dana.persona_match) == ("Money people", False)
    labels.remove(label, by=bob)
    dana.refresh_from_db()
    assert (dana.persona, bool(dana.persona_match), dana.persona_match is None) == ("", False, True)


def test_a_label_changes_nobody_in_another_workspace(northwind: Workspace, contoso: Workspace, bob: User) -> None:
    theirs = lead(contoso, "Dana", "+12025550101")
    Lead.objects.filter(pk=theirs.pk).update(persona="Finance leader", persona_match=True)
    label = labels.add(northwind, "persona", "Finance leader", None, by=bob)
    labels.change(label, "Money people", False, by=bob)
    theirs.refresh_from_db()
    assert (theirs.persona, theirs.persona_match) == ("Finance leader", True)


def test_excluding_is_once_and_on_the_record(northwind: Workspace, bob: User) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    assert exclusions.exclude(dana, "No budget", by=bob)
    assert not exclusions.exclude(dana, "No budget", by=bob)
    event = LeadEvent.objects.get(lead=dana)
    assert (event.kind, event.text, event.by) == ("excluded", "No budget", bob)
    assert exclusions.include_all([dana], by=bob) == 1
    dana.refresh_from_db()
    assert (dana.status, dana.status_note) == ("active", "")


def test_merging_joins_addresses_and_history_and_takes_what_was_chosen(northwind: Workspace, bob: User) -> None:
    firm = Company.objects.create(workspace=northwind, name="Ledgerline")
    keep = lead(northwind, "Dana", "+12025550101", "dana@example.com")
    drop = lead(northwind, "Dana Whitfield", "+12025550102")
    Lead.objects.filter(pk=drop.pk).update(company=firm, title="CFO")
    exclusions.exclude(drop, "Asked by phone", by=bob)
    run = CheckRun.objects.create(workspace=northwind, kind=CheckRun.Kind.SINGLE)
    for one in (keep, drop):
        CheckItem.objects.create(workspace=northwind, run=run, lead=one)
    merged = merge.merge(northwind, keep, drop, chosen={"name": drop, "company": drop}, by=bob)
    assert (merged.name, merged.company, merged.title) == ("Dana Whitfield", firm, "")
    assert values(merged) == [("+12025550101", 0), ("+12025550102", 1), ("dana@example.com", 0)]
    assert (merged.status, merged.status_note) == ("excluded", "Asked by phone")
    assert set(LeadEvent.objects.filter(lead=merged).values_list("kind", flat=True)) == {"excluded", "merged"}
    assert CheckItem.objects.filter(lead=merged).count() == 2
    assert not Lead.objects.filter(pk=drop.pk).exists()


def test_merging_refuses_a_fifth_phone_and_names_them(northwind: Workspace, bob: User) -> None:
    keep = lead(northwind, "Dana", "+12025550101", "+12025550102", "+12025550103")
    drop = lead(northwind, "Dana W", "+12025550104", "+12025550105")
    with pytest.raises(merge.CannotMerge, match=r"5 phone addresses.*\+12025550105.*Remove 1"):
        merge.merge(northwind, keep, drop, chosen={}, by=bob)
    assert Lead.objects.count() == 2


def test_leads_of_two_workspaces_are_not_merged(northwind: Workspace, contoso: Workspace, bob: User) -> None:
    with pytest.raises(merge.CannotMerge):
        merge.merge(northwind, lead(northwind, "Dana", "+12025550101"), lead(contoso, "Dana", "+12025550102"), chosen={}, by=bob)
