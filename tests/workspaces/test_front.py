"""Where people land, and who is let in."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from tests.cast import SignIn
from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory
from workspaces.models import User, Workspace

MEMBERS = "/w/northwind/settings/members/"
HTMX = {"HX-Request": "true"}


def test_signed_out_visitor_is_led_to_sign_in_and_back(client: Client, northwind: Workspace) -> None:
    response = client.get(f"{MEMBERS}?x=1")
    assert response.status_code == 302
    assert response["Location"] == "/account/sign-in/?next=/w/northwind/settings/members/%3Fx%3D1"


def test_signed_out_swap_moves_the_whole_page_to_sign_in(client: Client, northwind: Workspace) -> None:
    response = client.get(MEMBERS, headers={**HTMX, "HX-Current-URL": "http://testserver/w/northwind/imessages/"})
    assert response["HX-Redirect"] == "/account/sign-in/?next=/w/northwind/imessages/"


@pytest.mark.parametrize("page", ["http://[", "http://\uff45.\u2100", "//a]b", "elsewhere"])
def test_a_swap_of_a_page_that_has_no_address_is_led_to_sign_in_too(client: Client, northwind: Workspace, page: str) -> None:
    response = client.get(MEMBERS, headers={**HTMX, "HX-Current-URL": page})
    assert response["HX-Redirect"] == "/account/sign-in/?next=/"


def test_after_a_refused_post_sign_in_does_not_lead_back_to_the_post(client: Client, northwind: Workspace) -> None:
    assert client.post("/w/northwind/settings/invitations/")["Location"] == "/account/sign-in/?next=/"


def test_stranger_and_unknown_workspace_are_answered_alike(alice: User, charlie: User, sign_in: SignIn) -> None:
    browser = sign_in(charlie)
    browser.get("/account/")  # the session's first use writes
    answers = []
    for address in (MEMBERS, "/w/no-such-place/settings/members/"):
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(address)
        page = re.sub(r"[A-Za-z0-9]{64}", "token", response.content.decode())
        answers.append((response.status_code, len(queries), page))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert '<span class="name">Contoso</span>' in answers[0][2]


def test_role_too_small_names_the_roles_and_who_can_help(alice: User, rita: User, sign_in: SignIn) -> None:
    response = sign_in(rita).get("/w/northwind/settings/general/")
    page = response.content.decode()
    assert response.status_code == 403
    assert "<b>viewer</b>" in page
    assert "<b>admin</b>" in page
    assert "alice@northwind.example" in page


def test_wrong_method_is_refused_and_says_which_are_right(alice: User, sign_in: SignIn) -> None:
    response = sign_in(alice).post(MEMBERS)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_pages_behind_a_door_are_not_kept_by_the_browser(alice: User, sign_in: SignIn) -> None:
    assert sign_in(alice).get(MEMBERS)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", [f"{MEMBERS}?q=%00", f"{MEMBERS}%00/remove/"])
def test_texts_the_database_cannot_hold_are_no_addresses(alice: User, sign_in: SignIn, address: str) -> None:
    assert sign_in(alice).get(address).status_code == 404


def test_values_the_database_cannot_hold_are_refused_in_words(alice: User, sign_in: SignIn) -> None:
    response = sign_in(alice).post("/w/northwind/bulk/start/", {"do": "archive", "conversation": ["a\0b"]})
    assert response.status_code == 400
    assert "nothing of it was done" in response.content.decode()


def test_a_form_in_another_encoding_is_refused_in_words(db: None) -> None:
    browser = Client(enforce_csrf_checks=True)
    response = browser.post("/join/", "a=b", content_type="application/x-www-form-urlencoded; charset=utf-7")
    assert response.status_code == 400
    assert "nothing of it was done" in response.content.decode()


@pytest.mark.parametrize("sent", [{"name": "x" * 2_200_000}, {str(n): "" for n in range(6_001)}], ids=["long", "many"])
def test_a_form_beyond_all_bounds_is_refused_in_words(alice: User, sign_in: SignIn, sent: dict[str, str]) -> None:
    answer = sign_in(alice).post("/account/", urlencode(sent), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "larger than 2 MB or 6,000 fields" in answer.content.decode()


@pytest.mark.parametrize("path", ["/static/css/tokens.css", "/static/nothing.css", "/nothing", "/account/sign-in/", "/api/nothing"])
def test_every_answer_carries_the_policy(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    answer.getvalue()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


class TestHome:
    def test_leads_to_the_only_workspace(self, bob: User, sign_in: SignIn) -> None:
        assert sign_in(bob).get("/")["Location"] == "/w/northwind/start/"

    def test_leads_to_the_workspace_opened_last(self, bob: User, contoso: Workspace, sign_in: SignIn) -> None:
        MembershipFactory.create(user=bob, workspace=contoso)
        User.objects.filter(pk=bob.pk).update(last_workspace=None)
        browser = sign_in(bob)
        assert browser.get("/")["Location"] == "/workspaces/"
        browser.get("/w/contoso/settings/members/")
        assert browser.get("/")["Location"] == "/w/contoso/start/"

    def test_what_a_page_fetches_by_itself_is_not_opening_it(self, bob: User, contoso: Workspace, sign_in: SignIn) -> None:
        MembershipFactory.create(user=bob, workspace=contoso)
        browser = sign_in(bob)
        browser.get(MEMBERS)
        browser.get("/w/contoso/settings/members/", headers=HTMX)
        browser.get("/w/contoso/settings/members/", headers={"Sec-Fetch-Mode": "cors"})
        assert browser.get("/")["Location"] == "/w/northwind/start/"

    def test_leads_to_the_list_when_the_last_workspace_was_left(self, bob: User, sign_in: SignIn) -> None:
        bob.last_workspace = WorkspaceFactory.create()
        bob.save()
        for workspace in WorkspaceFactory.create_batch(2):
            MembershipFactory.create(user=bob, workspace=workspace)
        assert sign_in(bob).get("/")["Location"] == "/workspaces/"

    def test_who_is_nowhere_learns_what_to_do(self, db: None, sign_in: SignIn) -> None:
        browser = sign_in(UserFactory.create())
        assert browser.get("/")["Location"] == "/workspaces/"
        assert "Ask an admin of your workspace for an invitation" in browser.get("/workspaces/").content.decode()

    def test_workspace_address_leads_to_conversations(self, bob: User, sign_in: SignIn) -> None:
        assert sign_in(bob).get("/w/northwind/")["Location"] == "/w/northwind/start/"


class TestNavigation:
    @pytest.fixture
    def many(self, bob: User) -> list[Workspace]:
        workspaces = WorkspaceFactory.create_batch(5)
        for workspace in workspaces:
            MembershipFactory.create(user=bob, workspace=workspace)
        return workspaces

    def test_every_page_names_the_workspace_and_leads_to_the_others(
        self, bob: User, many: list[Workspace], sign_in: SignIn
    ) -> None:
        browser = sign_in(bob)
        for address in (MEMBERS, "/account/", "/account/devices/", "/account/two-step/", "/workspaces/"):
            page = browser.get(address).content.decode()
            assert '<span class="name">Northwind</span>' in page
            assert all(workspace.name in page for workspace in many)

    def test_costs_at_most_one_query_more_than_the_door(
        self, bob: User, many: list[Workspace], sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        browser = sign_in(bob)
        browser.get(MEMBERS)
        # session, user, membership; my workspaces; members; and today's use of lines, which the navigation shows too
        with django_assert_max_num_queries(6):
            browser.get(MEMBERS)
