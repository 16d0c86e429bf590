"""Who is in a workspace, with which role."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tests.cast import SignIn, person
from tests.factories import MembershipFactory
from workspaces import actions, queries, tokens
from workspaces.models import AuditEntry, Membership, Role, User, Workspace
from workspaces.refused import Refused

MEMBERS = "/w/northwind/settings/members/"


def membership(user: User, workspace: Workspace) -> Membership:
    return Membership.objects.of(workspace).get(user=user)


def test_everybody_sees_who_is_in(alice: User, bob: User, rita: User, charlie: User, sign_in: SignIn) -> None:
    page = sign_in(rita).get(MEMBERS).content.decode()
    assert all(user.email in page for user in (alice, bob, rita))
    assert charlie.email not in page
    assert "Change role" not in page
    assert "Invite someone" not in page


def test_list_costs_the_same_for_many(
    alice: User, northwind: Workspace, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    MembershipFactory.create_batch(30, workspace=northwind)
    browser = sign_in(alice)
    browser.get(MEMBERS)
    with django_assert_max_num_queries(8):
        browser.get(MEMBERS)


def test_many_come_in_pages_and_each_once(alice: User, northwind: Workspace, sign_in: SignIn) -> None:
    MembershipFactory.create_batch(queries.PAGE + 5, workspace=northwind)
    first = queries.members_page(northwind)
    then = queries.members_page(northwind, first.following)
    assert (len(first.rows), then.following) == (queries.PAGE, "")
    assert [*first.rows, *then.rows] == list(queries.members(northwind))
    assert "More members" in sign_in(alice).get(MEMBERS).content.decode()


class TestChangingARole:
    def test_holds_at_once_and_is_in_the_audit_log(self, alice: User, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        his = sign_in(bob)
        assert his.get("/w/northwind/settings/audit/").status_code == 403
        address = f"{MEMBERS}{membership(bob, northwind).public_id}/role/"
        assert sign_in(alice).post(address, {"role": "ops"})["Location"] == MEMBERS
        assert his.get("/w/northwind/settings/audit/").status_code == 200
        entry = AuditEntry.objects.of(northwind).get(action="member.role_changed")
        assert (entry.user, entry.target, entry.detail) == (alice, bob.email, {"role": {"from": "rep", "to": "ops"}})

    def test_unknown_role_changes_nothing(self, alice: User, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        sign_in(alice).post(f"{MEMBERS}{membership(bob, northwind).public_id}/role/", {"role": "owner"})
        assert membership(bob, northwind).role == Role.REP

    def test_the_same_role_again_leaves_no_trace(self, alice: User, bob: User, northwind: Workspace) -> None:
        actions.change_role(alice, membership(bob, northwind), Role.REP)
        assert not AuditEntry.objects.of(northwind).exists()

    def test_last_admin_stays_admin_and_learns_what_helps(
        self, alice: User, bob: User, northwind: Workspace, sign_in: SignIn
    ) -> None:
        address = f"{MEMBERS}{membership(alice, northwind).public_id}/role/"
        page = sign_in(alice).post(address, {"role": "rep"}, follow=True).content.decode()
        assert "Northwind needs an admin: make someone else an admin" in page
        assert membership(alice, northwind).role == Role.ADMIN


class TestRemoving:
    def test_asks_first_and_names_what_is_lost(self, alice: User, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        page = sign_in(alice).get(f"{MEMBERS}{membership(bob, northwind).public_id}/remove/").content.decode()
        assert "Bob Bell (bob@northwind.example, rep) can no longer open Northwind" in page
        assert membership(bob, northwind).role == Role.REP

    def test_closes_the_workspace_at_once(self, alice: User, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        his = sign_in(bob)
        assert his.get(MEMBERS).status_code == 200
        sign_in(alice).post(f"{MEMBERS}{membership(bob, northwind).public_id}/remove/")
        assert his.get(MEMBERS).status_code == 404
        assert his.get("/account/").status_code == 200
        assert AuditEntry.objects.of(northwind).get(action="member.removed").target == bob.email

    def test_ends_the_api_tokens_they_made_and_says_so_before(self, alice: User, northwind: Workspace, sign_in: SignIn) -> None:
        dana = person("Dana Doe", northwind, Role.ADMIN)
        (_, hers), (_, kept) = (
            tokens.make(user, northwind, name=name, scopes=[], user=user) for user, name in ((dana, "CRM"), (alice, "Sheet"))
        )
        url = f"{MEMBERS}{membership(dana, northwind).public_id}/remove/"
        page = sign_in(alice).get(url).content.decode()
        assert "The API token they made ends too: CRM." in page
        sign_in(alice).post(url)
        assert tokens.find(hers) is None
        assert tokens.find(kept)

    def test_last_admin_cannot_go(self, alice: User, northwind: Workspace) -> None:
        with pytest.raises(Refused, match="needs an admin"):
            actions.remove_member(alice, membership(alice, northwind))

    def test_admin_who_leaves_lands_elsewhere(self, alice: User, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        actions.change_role(alice, membership(bob, northwind), Role.ADMIN)
        response = sign_in(alice).post(f"{MEMBERS}{membership(alice, northwind).public_id}/remove/")
        assert response["Location"] == "/"

    def test_twice_is_refused_with_words(self, alice: User, bob: User, northwind: Workspace) -> None:
        his = membership(bob, northwind)
        actions.remove_member(alice, his)
        his.pk = 10**9
        with pytest.raises(Refused, match="no longer a member"):
            actions.remove_member(alice, his)


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_remove_each_other_at_once_leave_one(alice: User, bob: User, northwind: Workspace) -> None:
    actions.change_role(alice, membership(bob, northwind), Role.ADMIN)
    rows = [membership(alice, northwind), membership(bob, northwind)]
    ready = threading.Barrier(2)
    refused = []

    def remove(row: Membership) -> None:
        ready.wait()
        try:
            actions.remove_member(None, row)
        except Refused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Membership.objects.of(northwind).filter(role=Role.ADMIN).count() == 1
    assert len(refused) == 1


def test_what_one_member_may_do_is_set_beside_what_the_workspace_says(alice: User, bob: User, sign_in: SignIn) -> None:
    alices = sign_in(alice)
    mine = Membership.objects.get(user=bob)
    url = f"/w/northwind/settings/members/{mine.public_id}/switches/"
    assert "As the workspace: on" in alices.get(url).content.decode()
    alices.post(url, {"may_delete": "", "drips_enabled": "no", "notes_enabled": "no", "consent_required": "yes"})
    mine = Membership.objects.select_related("workspace").get(user=bob)
    assert (mine.may_delete, mine.drips, mine.notes, mine.consent_first, mine.switched) == (None, False, False, True, 3)
    assert "3 of their own" in alices.get("/w/northwind/settings/members/").content.decode()
