"""Contact lists as rows: who is on them, and what happens to them with their leads."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from leads import lists
from leads.merge import merge
from leads.models import ContactList, Lead
from leads.selection import leads_of
from tests.factories_conversations import LeadFactory
from workspaces.models import User, Workspace
from workspaces.refused import Refused


@pytest.fixture
def spring(northwind: Workspace, bob: User) -> ContactList:
    return lists.named(northwind, "Spring blast", by=bob)


def leads(workspace: Workspace, *names: str) -> list[Lead]:
    return [LeadFactory.create(workspace=workspace, name=name) for name in names]


def test_who_is_added_twice_stands_there_once_and_nobody_elses_leads(
    northwind: Workspace, contoso: Workspace, bob: User, spring: ContactList
) -> None:
    priya, dana = leads(northwind, "Priya", "Dana")
    (theirs,) = leads(contoso, "Secret")
    assert lists.add(spring, Lead.objects.filter(pk__in=[priya.pk, theirs.pk]), by=bob) == 1
    assert lists.add(spring, Lead.objects.filter(pk__in=[priya.pk, dana.pk]), by=bob) == 1
    assert set(lists.members(spring)) == {priya, dana}
    assert lists.lists(northwind).get().size == 2
    assert not lists.lists(contoso)


def test_a_list_is_a_selection_of_the_leads_table(northwind: Workspace, contoso: Workspace, bob: User, spring: ContactList) -> None:
    priya, dana = leads(northwind, "Priya", "Dana")
    lists.add(spring, Lead.objects.filter(pk=priya.pk), by=bob)
    assert list(leads_of(northwind, QueryDict(f"all=matching&list={spring.public_id}"))) == [priya]
    assert list(leads_of(northwind, QueryDict("all=matching&list=none"))) == [dana]
    assert not leads_of(contoso, QueryDict(f"all=matching&list={spring.public_id}"))


def test_a_name_is_one_list_whatever_its_case(northwind: Workspace, bob: User, spring: ContactList) -> None:
    assert lists.named(northwind, "  SPRING   blast ", by=bob) == spring
    autumn = lists.named(northwind, "Autumn", by=bob)
    with pytest.raises(Refused, match="already"):
        lists.rename(autumn, "spring BLAST", by=bob)
    with pytest.raises(Refused, match="Enter a name"):
        lists.named(northwind, " ", by=bob)
    with pytest.raises(Refused, match="100"):
        lists.named(northwind, "x" * 101, by=bob)


def test_two_leads_that_become_one_are_on_the_lists_of_both(northwind: Workspace, bob: User, spring: ContactList) -> None:
    keep, drop = leads(northwind, "Priya", "Priya R")
    autumn = lists.named(northwind, "Autumn", by=bob)
    lists.add(spring, Lead.objects.filter(pk__in=[keep.pk, drop.pk]), by=bob)
    lists.add(autumn, Lead.objects.filter(pk=drop.pk), by=bob)
    merge(northwind, keep, drop, chosen={}, by=bob)
    assert list(lists.members(spring)) == [keep]
    assert list(lists.members(autumn)) == [keep]


def test_taking_off_and_deleting_keep_the_leads(northwind: Workspace, bob: User, spring: ContactList) -> None:
    priya, dana = leads(northwind, "Priya", "Dana")
    lists.add(spring, Lead.objects.of(northwind), by=bob)
    assert lists.remove(spring, Lead.objects.filter(pk=priya.pk), by=bob) == 1
    assert list(lists.members(spring)) == [dana]
    lists.delete(spring, by=bob)
    assert Lead.objects.of(northwind).count() == 2
