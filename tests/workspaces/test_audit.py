"""The audit trail: written once, read by who may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from config import parsing
from tests.cast import SignIn
from workspaces import audit, paging, queries
from workspaces.models import AuditEntry, Membership, User, Workspace

Owner = psycopg.Connection[tuple[object, ...]]
LOG = "/w/northwind/settings/audit/"


@pytest.fixture
def owner(transactional_db: None) -> Iterator[Owner]:
    """A connection as the role that owns the tables of the test's database."""
    role = parsing.database(settings.MIGRATION_DATABASE_URL)
    here = connection.settings_dict
    with psycopg.connect(
        dbname=here["NAME"], user=role["USER"], password=role["PASSWORD"], host=here["HOST"], port=here["PORT"] or None
    ) as own:
        yield own
        own.rollback()


class TestRecord:
    def test_keeps_who_from_where_did_what(self, bob: User, northwind: Workspace, rf: RequestFactory) -> None:
        request = rf.post("/", REMOTE_ADDR="203.0.113.7")
        request.user = bob
        entry = audit.record(request, northwind, "line.paused", "Line 1", because="noise")
        assert (entry.user, entry.address, entry.action, entry.target) == (bob, "203.0.113.7", "line.paused", "Line 1")
        assert entry.detail == {"because": "noise"}

    def test_forwarded_address_is_not_believed(self, bob: User, northwind: Workspace, rf: RequestFactory) -> None:
        request = rf.post("/", REMOTE_ADDR="203.0.113.7", HTTP_X_FORWARDED_FOR="198.51.100.1")
        request.user = bob
        assert audit.record(request, northwind, "line.paused").address == "203.0.113.7"

    def test_the_system_and_a_user_without_request(self, bob: User, northwind: Workspace) -> None:
        assert audit.record(None, northwind, "line.paused").user is None
        assert audit.record(bob, northwind, "line.paused").user == bob

    def test_long_targets_are_cut(self, northwind: Workspace) -> None:
        assert len(audit.record(None, northwind, "line.paused", "x" * 300).target) == 200

    def test_goes_when_what_it_tells_was_undone(self, northwind: Workspace) -> None:
        with transaction.atomic():
            audit.record(None, northwind, "line.paused")
            transaction.set_rollback(True)
        assert not AuditEntry.objects.of(northwind).exists()


class TestWrittenOnce:
    """The app's role has no right to change entries, and a trigger refuses everybody, so also the owner."""

    @pytest.mark.parametrize("statement", ["update workspaces_auditentry set action = 'x'", "delete from workspaces_auditentry"])
    def test_app_role_may_neither_change_nor_delete(self, northwind: Workspace, statement: str) -> None:
        audit.record(None, northwind, "line.paused")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("statement", ["update workspaces_auditentry set action = 'x'", "delete from workspaces_auditentry"])
    def test_owner_of_the_table_is_refused_by_the_trigger(self, northwind: Workspace, owner: Owner, statement: str) -> None:
        audit.record(None, northwind, "line.paused")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="written once"):
            owner.execute(statement)

    @pytest.mark.django_db(transaction=True)
    def test_entries_go_with_their_workspace_when_that_is_announced(
        self, northwind: Workspace, contoso: Workspace, owner: Owner
    ) -> None:
        for workspace in (northwind, contoso):
            audit.record(None, workspace, "line.paused")
        owner.execute("select set_config('switchboard.removing_workspace', %s, true)", [str(northwind.pk)])
        owner.execute("delete from workspaces_auditentry where workspace_id = %s", [northwind.pk])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("delete from workspaces_auditentry where workspace_id = %s", [contoso.pk])


class TestLog:
    @pytest.fixture
    def trail(self, alice: User, bob: User, northwind: Workspace) -> None:
        """130 entries, a minute apart, some of them at the very same moment."""
        now = timezone.now()
        AuditEntry.objects.bulk_create(
            AuditEntry(
                workspace=northwind,
                user=alice if n % 2 else bob,
                action="line.paused" if n % 5 else "lead.excluded",
                target=f"number {n}",
                at=now - timedelta(minutes=n // 3),
            )
            for n in range(130)
        )

    def targets(self, page: str) -> list[int]:
        return [int(found) for found in re.findall(r"number (\d+)<", page)]

    @pytest.mark.usefixtures("trail")
    def test_pages_show_every_entry_once_newest_first(self, alice: User, northwind: Workspace, sign_in: SignIn) -> None:
        browser, address, seen = sign_in(alice), LOG, []
        for _ in range(3):
            page = browser.get(address).content.decode()
            seen += self.targets(page)
            found = re.search(r'href="([^"]*after=[^"]+)"', page)
            address = LOG + found[1].replace("&amp;", "&") if found else ""
        assert address == ""
        assert sorted(seen) == list(range(130))
        assert [n // 3 for n in seen] == sorted(n // 3 for n in seen)

    @pytest.mark.usefixtures("trail")
    def test_filters_by_action_by_noun_and_by_member(self, alice: User, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        browser = sign_in(alice)
        bobs = Membership.objects.of(northwind).get(user=bob).public_id
        assert all(n % 5 == 0 for n in self.targets(browser.get(LOG, {"action": "lead.excluded"}).content.decode()))
        assert len(self.targets(browser.get(LOG, {"action": "lead"}).content.decode())) == 26
        both = self.targets(browser.get(LOG, {"action": "lead.excluded", "by": bobs}).content.decode())
        assert sorted(both) == list(range(0, 130, 10))

    @pytest.mark.usefixtures("trail")
    def test_older_page_keeps_the_filter(self, alice: User, sign_in: SignIn) -> None:
        page = sign_in(alice).get(LOG, {"action": "line"}).content.decode()
        assert 'href="?action=line&amp;after=' in page

    @pytest.mark.usefixtures("trail")
    def test_costs_the_same_whatever_it_shows(
        self, alice: User, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        browser = sign_in(alice)
        browser.get(LOG)
        with django_assert_max_num_queries(8):
            browser.get(LOG)

    def test_says_what_hides_everything(self, alice: User, sign_in: SignIn) -> None:
        assert "Nothing is recorded yet" in sign_in(alice).get(LOG).content.decode()
        assert "No entry matches" in sign_in(alice).get(LOG, {"action": "line.paused"}).content.decode()

    @pytest.mark.parametrize("odd", ["?after=nonsense", "?by=nonsense", "?action=%25", "?action=" + "x" * 500])
    def test_odd_filters_do_no_harm(self, alice: User, sign_in: SignIn, odd: str) -> None:
        assert sign_in(alice).get(LOG + odd).status_code == 200

    def test_another_workspaces_entries_are_out_of_reach(
        self, charlie: User, contoso: Workspace, northwind: Workspace, sign_in: SignIn
    ) -> None:
        secret = audit.record(None, northwind, "line.paused", "number 7")
        own = audit.record(None, contoso, "line.paused", "number 8")
        theirs = paging.moment_cursor(secret.at, secret.pk, of=f"audit:{northwind.pk}")
        page = sign_in(charlie).get("/w/contoso/settings/audit/", {"after": theirs}).content.decode()
        assert self.targets(page) == [8]
        assert queries.audit_page(contoso).rows == [own]

    def test_reps_and_viewers_do_not_read_it(self, bob: User, rita: User, olga: User, sign_in: SignIn) -> None:
        assert [sign_in(user).get(LOG).status_code for user in (bob, rita, olga)] == [403, 403, 200]

    def test_entries_outlive_who_made_them(self, alice: User, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        audit.record(bob, northwind, "line.paused", "number 1")
        bob.delete()
        page = sign_in(alice).get(LOG).content.decode()
        assert "A deleted account" in page
        assert self.targets(page) == [1]

    def test_details_are_told_in_words(self, alice: User, northwind: Workspace, sign_in: SignIn) -> None:
        audit.record(alice, northwind, "member.role_changed", role={"from": "rep", "to": "ops"}, noted=True, why="")
        audit.record(alice, northwind, "api_token.created", target="CRM")
        page = sign_in(alice).get(LOG).content.decode()
        assert "Member role changed" in page
        assert "<b>API token created</b>" in page
        assert "rep → ops" in page
        assert "noted</span> on" in page
        assert "why</span> nothing" in page
