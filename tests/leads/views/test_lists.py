"""Lists in the pages: made, filled from the leads table, sent to."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.models import Batch, Recipient
from leads import lists
from leads.models import ContactList, Lead
from tests.cast import SignIn
from tests.conversations.views.pages import text_of
from tests.factories_conversations import LeadFactory
from workspaces.models import User, Workspace

LEADS, LISTS = "/w/northwind/leads/", "/w/northwind/leads/lists/"


@pytest.fixture
def priya(northwind: Workspace) -> Lead:
    found: Lead = LeadFactory.create(workspace=northwind, name="Priya Raman")
    LeadFactory.create(workspace=northwind, name="Dana Cole")
    return found


def test_from_the_table_to_a_list_and_off_it(bobs: Client, priya: Lead) -> None:
    page = bobs.post(f"{LEADS}bulk/", {"lead": priya.public_id, "do": "list", "list_name": "Spring"}, follow=True)
    assert "1 lead is added to “Spring”" in text_of(page)
    spring = ContactList.objects.get()
    words = text_of(bobs.get(LEADS, {"list": spring.public_id}))
    assert "Priya Raman" in words
    assert "Dana Cole" not in words
    bobs.post(f"{LEADS}bulk/", {"all": "matching", "do": "list", "list_name": "spring"})
    assert lists.lists(spring.workspace).get().size == 2
    page = bobs.post(f"{LEADS}bulk/", {"lead": priya.public_id, "do": "unlist", "list": spring.public_id}, follow=True)
    assert "taken off “Spring”" in text_of(page)
    assert [one.name for one in lists.members(spring)] == ["Dana Cole"]


def test_without_a_name_it_says_what_to_do(bobs: Client, priya: Lead) -> None:
    page = bobs.post(f"{LEADS}bulk/", {"lead": priya.public_id, "do": "list", "list_name": " "}, follow=True)
    assert "Enter a name for the list" in text_of(page)


@pytest.mark.parametrize("do", ["list", "unlist", "exclude", "include", "persona"])
@pytest.mark.parametrize("chosen", [{}, {"lead": "of-nobody-xx"}, {"all": "matching", "q": "nobody is called that"}])
def test_with_nobody_selected_it_says_so_and_does_nothing(bobs: Client, priya: Lead, do: str, chosen: dict[str, str]) -> None:
    page = bobs.post(f"{LEADS}bulk/", {"do": do, "list_name": "Spring", "reason": "Old", **chosen}, follow=True)
    assert "Select at least one lead first" in text_of(page)
    assert not ContactList.objects.exists()


def test_made_renamed_sent_to_and_deleted(bobs: Client, bob: User, northwind: Workspace, priya: Lead) -> None:
    bobs.post(f"{LISTS}save/", {"name": "Spring"})
    spring = ContactList.objects.get()
    bobs.post(f"{LISTS}save/", {"name": "Summer", "list": spring.public_id})
    lists.add(spring, Lead.objects.filter(pk=priya.pk), by=bob)
    words = text_of(bobs.get(LISTS))
    assert "Summer" in words
    assert "1 lead" in words
    page = bobs.post("/w/northwind/batches/start/", {"all": "matching", "list": spring.public_id}, follow=True)
    assert "All that match List “Summer”" in text_of(page)
    assert Recipient.objects.get(batch=Batch.objects.get()).lead == priya
    bobs.post(f"{LISTS}{spring.public_id}/delete/")
    assert not ContactList.objects.exists()
    assert Lead.objects.count() == 2


def test_a_name_that_is_refused_comes_back_as_it_was_typed(bobs: Client, bob: User, northwind: Workspace) -> None:
    spring = lists.named(northwind, "Spring", by=bob)
    lists.named(northwind, "Summer", by=bob)
    for of, typed in ((spring.public_id, "summer"), (spring.public_id, "S" * 101), ("", "N" * 101)):
        answer = bobs.post(f"{LISTS}save/", {"name": typed, "list": of})
        assert answer.status_code == 422
        assert answer.content.decode().count(f'value="{typed}"') == 1
    assert set(ContactList.objects.values_list("name", flat=True)) == {"Spring", "Summer"}


def test_rita_and_charlie_change_no_list(northwind: Workspace, bob: User, rita: User, charlie: User, sign_in: SignIn) -> None:
    spring = lists.named(northwind, "Spring", by=bob)
    for path, data in ((f"{LISTS}save/", {"name": "X", "list": spring.public_id}), (f"{LISTS}{spring.public_id}/delete/", {})):
        assert sign_in(rita).post(path, data).status_code == 403
        assert sign_in(charlie).post(path, data).status_code == 404
    assert "Spring" in text_of(sign_in(rita).get(LISTS))
    assert "Make a list" not in text_of(sign_in(rita).get(LISTS))
