"""Saved views: filters kept under a name, shared, refused and deleted."""

from __future__ import annotations

from django.test import Client

from conversations.models import SavedView
from tests.cast import SignIn
from tests.conversations.views.pages import html_of, text_of
from workspaces.models import User, Workspace

VIEWS = "/w/northwind/views/"


def save(client: Client, name: str, **values: str) -> None:
    client.post(f"{VIEWS}save/", {"page": "imessages", "query": "intent=positive&nonsense=1", "name": name, **values})


def test_filters_are_kept_under_a_name_which_takes_others_later(bobs: Client) -> None:
    save(bobs, "Hot")
    assert SavedView.objects.get().query == "intent=positive"
    save(bobs, "Hot", query="intent=neutral")
    assert SavedView.objects.get().query == "intent=neutral"
    assert "?intent=neutral" in html_of(bobs.get(VIEWS, {"page": "imessages"}))


def test_a_view_is_ones_own_until_it_is_shared(bobs: Client, olga: User, sign_in: SignIn) -> None:
    save(bobs, "Mine")
    save(bobs, "Ours", shared="1")
    page = text_of(sign_in(olga).get(VIEWS, {"page": "imessages"}))
    assert "Ours" in page
    assert "Mine" not in page


def test_a_name_that_is_refused_comes_back_as_it_was_typed(northwind: Workspace, bobs: Client) -> None:
    typed = {"page": "imessages", "query": "intent=positive", "name": "Hot " + "x" * 60, "shared": "1"}
    answer = bobs.post(f"{VIEWS}save/", typed)
    assert answer.status_code == 422
    assert f'value="{typed["name"]}"' in html_of(answer)
    assert 'value="intent=positive"' in html_of(answer)
    assert "checked" in html_of(answer)
    assert "up to 60 characters" in text_of(answer)
    assert not SavedView.objects.exists()


def test_only_its_owner_or_an_admin_deletes_a_shared_view(bobs: Client, alice: User, olga: User, sign_in: SignIn) -> None:
    save(bobs, "Ours", shared="1")
    url = f"{VIEWS}{SavedView.objects.get().public_id}/delete/"
    assert "Only its owner or an admin" in text_of(sign_in(olga).post(url, follow=True))
    sign_in(alice).post(url)
    assert not SavedView.objects.exists()
