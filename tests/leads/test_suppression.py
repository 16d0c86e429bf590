"""The suppression list, the consent ledger's pages, and the settings of words and hours."""

from __future__ import annotations

import csv
import io
from datetime import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from conversations.sending import outbox, sweeping
from conversations.vocabulary import State
from leads import optouts, suppression, suppression_export
from leads.actions import add_lead
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.models import ConsentEvent, Lead, OptOut
from tests.cast import SignIn
from tests.core import make_line, say
from workspaces.models import AuditEntry, User, Workspace

pytestmark = pytest.mark.django_db

LIST = "/w/northwind/suppression/"
LEDGER = "/w/northwind/consent/"
SETTINGS = "/w/northwind/settings/consent/"


def lead_at(workspace: Workspace, number: str) -> Lead:
    return add_lead(workspace, name="Priya Raman", addresses=[normalise(number, region="US")])


def body(response: HttpResponseBase) -> str:
    return b"".join(response).decode("utf-8-sig")


def standing(workspace: Workspace) -> set[str]:
    return set(suppression.found(workspace).values_list("value", flat=True))


class TestAdding:
    def test_typed_addresses_in_any_writing_and_once(self, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        lead = lead_at(northwind, "+12025550101")
        typed = "(202) 555-0101\n+1 202 555 0102; DANA@Example.com, 202-555-0102\n\nnobody"
        page = sign_in(bob).post(f"{LIST}add/", {"addresses": typed, "note": "asked by phone"}, follow=True)
        assert standing(northwind) == {"+12025550101", "+12025550102", "dana@example.com"}
        assert "3 added to the list" in page.content.decode()
        assert "1 could not be read as an address" in page.content.decode()
        lead.refresh_from_db()
        assert lead.opted_out_at
        assert set(ConsentEvent.objects.of(northwind).values_list("rule", "source", "by")) == {("asked by phone", "person", bob.pk)}

    def test_it_cancels_what_waits_and_nothing_is_sent_later(self, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        line = make_line(northwind)
        waiting = say(line, address="+12025550101")
        sign_in(bob).post(f"{LIST}add/", {"addresses": "+12025550101"})
        sweeping.sweep()
        waiting.refresh_from_db()
        assert waiting.state == State.CANCELLED
        later = say(line, address="+12025550101")
        assert outbox.claim(1, room=5)[0] == []
        later.refresh_from_db()
        assert later.state == State.CANCELLED

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    def test_a_file_with_addresses_in_any_column(self, encoding: str, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        content = "Näme;Phone;Mail;Note\nJosé;(202) 555-0101;jose@example.com;called twice\nAnn;;;no address\n".encode(encoding)
        file = SimpleUploadedFile("stop.csv", content)
        sign_in(bob).post(f"{LIST}add/", {"file": file})
        assert standing(northwind) == {"+12025550101", "jose@example.com"}
        assert OptOut.objects.first().source == OptOut.Source.IMPORT  # type: ignore[union-attr]

    @pytest.mark.parametrize(("name", "content"), [("empty.csv", b""), ("broken.xlsx", b"PK\x03\x04nonsense")])
    def test_a_file_that_cannot_be_read_says_so(
        self, name: str, content: bytes, bob: User, northwind: Workspace, sign_in: SignIn
    ) -> None:
        answer = sign_in(bob).post(f"{LIST}add/", {"file": SimpleUploadedFile(name, content)}, follow=True)
        assert answer.status_code in (200, 422)
        assert standing(northwind) == set()
        assert "added to the list" not in answer.content.decode()

    def test_a_file_of_endless_cells_is_refused(
        self, bob: User, northwind: Workspace, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(suppression, "MOST_CELLS", 3)
        answer = sign_in(bob).post(f"{LIST}add/", {"file": SimpleUploadedFile("stop.csv", b"a,b,c\n+12025550101,,\n")})
        assert answer.status_code == 422
        assert "More than 3 cells at once" in answer.content.decode()
        assert standing(northwind) == set()

    def test_nothing_is_asked_for(self, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        answer = sign_in(bob).post(f"{LIST}add/", {"addresses": " "})
        assert answer.status_code == 422
        assert "Enter at least one address" in answer.content.decode()

    def test_many_at_once_take_few_queries(
        self, bob: User, northwind: Workspace, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        values = [f"+1202556{n:04d}" for n in range(500)]
        with django_assert_max_num_queries(520):  # a lock each
            assert suppression.add(northwind, values, source=OptOut.Source.IMPORT, rule="x", by=bob) == 500
        assert suppression.add(northwind, values, source=OptOut.Source.IMPORT, rule="x", by=bob) == 0
        assert ConsentEvent.objects.count() == 500

    def test_who_is_imported_again_stays_suppressed(self, bob: User, northwind: Workspace) -> None:
        suppression.add(northwind, ["+12025550101"], source=OptOut.Source.PERSON, rule="x", by=bob)
        lead_at(northwind, "+12025550101").delete()
        again = lead_at(northwind, "+12025550101")
        assert optouts.standing(northwind.pk, ["+12025550101"])
        again.refresh_from_db()
        assert again.opted_out_at

    def test_another_workspace_is_not_touched(self, bob: User, northwind: Workspace, contoso: Workspace) -> None:
        suppression.add(northwind, ["+12025550101"], source=OptOut.Source.PERSON, rule="x", by=bob)
        assert standing(contoso) == set()


class TestRemoving:
    @pytest.fixture
    def row(self, northwind: Workspace, bob: User) -> OptOut:
        lead_at(northwind, "+12025550101")
        suppression.add(northwind, ["+12025550101"], source=OptOut.Source.KEYWORD, rule="keyword STOP", by=None)
        return OptOut.objects.get()

    def test_is_for_admins(self, row: OptOut, bob: User, sign_in: SignIn) -> None:
        assert sign_in(bob).post(f"{LIST}{row.public_id}/remove/", {"note": "They asked"}).status_code == 403
        assert "Remove" not in sign_in(bob).get(LIST).content.decode()
        row.refresh_from_db()
        assert row.lifted_at is None

    def test_needs_a_reason_that_is_kept(self, row: OptOut, alice: User, northwind: Workspace, sign_in: SignIn) -> None:
        url = f"{LIST}{row.public_id}/remove/"
        assert sign_in(alice).post(url, {"note": " "}).status_code == 422
        row.refresh_from_db()
        assert row.lifted_at is None
        sign_in(alice).post(url, {"note": "They called on Monday"})
        row.refresh_from_db()
        assert (bool(row.lifted_at), row.lifted_by) == (True, alice)
        assert Lead.objects.get().opted_out_at is None
        event = ConsentEvent.objects.get(kind="opted_in")
        assert (event.note, event.by) == ("They called on Monday", alice)
        assert AuditEntry.objects.of(northwind).get(action="suppression.removed").detail["note"] == "They called on Monday"
        assert sign_in(alice).get(url).status_code == 404


class TestReading:
    def test_search_by_digits_address_or_words(self, northwind: Workspace, rita: User, sign_in: SignIn) -> None:
        optouts.opt_out(northwind, "+12025550101", Proof(source=OptOut.Source.KEYWORD, text="STOP it all"))
        optouts.opt_out(northwind, "dana@example.com", Proof(source=OptOut.Source.PERSON))
        browser = sign_in(rita)
        for text, there, away in (
            ("(202) 555-01", "202-555-0101", "dana@"), ("dana", "dana@", "202-555"), ("it all", "202-555-0101", "dana@"),
        ):  # fmt: skip
            page = browser.get(LIST, {"q": text}).content.decode()
            assert there in page
            assert away not in page
        assert "Nothing matches" in browser.get(LIST, {"q": "zzz"}).content.decode()

    def test_queries_do_not_grow_with_rows(
        self, northwind: Workspace, rita: User, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        suppression.add(northwind, [f"+1202556{n:04d}" for n in range(60)], source=OptOut.Source.IMPORT, rule="x", by=None)
        browser = sign_in(rita)
        browser.get(LIST)
        with django_assert_max_num_queries(8):
            first = browser.get(LIST)
        assert "Older" in first.content.decode()
        rest = browser.get(LIST, {"after": first.context["following"]})
        assert len(first.context["rows"]) + len(rest.context["rows"]) == 60

    def test_export_can_be_read_back(
        self, northwind: Workspace, contoso: Workspace, olga: User, charlie: User, sign_in: SignIn
    ) -> None:
        optouts.opt_out(northwind, "+12025550101", Proof(source=OptOut.Source.KEYWORD, text="=STOP()"))
        optouts.opt_out(northwind, "dana@example.com", Proof(source=OptOut.Source.PERSON))
        text = body(sign_in(olga).get(f"{LIST}export.csv"))
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[1][0] == "+12025550101"
        assert rows[1][4] == "'=STOP()"
        assert AuditEntry.objects.of(northwind).filter(action="suppression.exported").exists()
        read = suppression.add_file(contoso, io.BytesIO(text.encode()), "list.csv", by=charlie)
        assert (read.added, read.not_read) == (2, 0), "its dates are no numbers that could not be read"
        assert standing(contoso) == standing(northwind)

    def test_the_ledger_is_searched_filtered_and_exported(
        self, northwind: Workspace, olga: User, bob: User, sign_in: SignIn
    ) -> None:
        optouts.opt_out(northwind, "+12025550101", Proof(source=OptOut.Source.KEYWORD, text="STOP", rule="keyword STOP"))
        optouts.opt_in(northwind, "+12025550101", Proof(source=OptOut.Source.KEYWORD, text="START", rule="keyword START"))
        browser = sign_in(olga)
        assert "keyword START" in browser.get(LEDGER).content.decode()
        assert "keyword START" not in browser.get(LEDGER, {"kind": "opted_out"}).content.decode()
        assert "No entry matches" in browser.get(LEDGER, {"q": "zzz"}).content.decode()
        rows = list(csv.DictReader(io.StringIO(body(browser.get(f"{LEDGER}export.csv")))))
        assert [(row["What"], row["Words"], row["Rule"]) for row in rows] == [
            ("Opted out", "STOP", "keyword STOP"),
            ("Opted in", "START", "keyword START"),
        ]
        assert sign_in(bob).get(LEDGER).status_code == 403

    def test_a_deleted_colleague_leaves_their_entries(self, northwind: Workspace, bob: User, olga: User, sign_in: SignIn) -> None:
        suppression.add(northwind, ["+12025550101"], source=OptOut.Source.PERSON, rule="x", by=bob)
        bob.delete()
        assert sign_in(olga).get(LEDGER).status_code == 200
        assert "+12025550101" in body(sign_in(olga).get(f"{LEDGER}export.csv"))

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
    @given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
    def test_no_cell_of_an_export_is_a_formula(self, northwind: Workspace, text: str) -> None:
        OptOut.objects.all().delete()
        OptOut.objects.create(workspace=northwind, value="+12025550101", source=OptOut.Source.KEYWORD, text=text)
        exported = "".join(suppression_export.export(northwind)).removeprefix("\ufeff")
        row = list(csv.reader(io.StringIO(exported, newline="")))[1]
        assert all(cell == "+12025550101" or not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


class TestSettings:
    GOOD = {
        "opt_out_words": "STOPALL\narrêt",
        "opt_in_words": "",
        "confirm_opt_out": "on",
        "confirm_opt_out_text": "You are out.",
        "send_from": "08:30",
        "send_until": "19:00",
        "send_days": ["1", "2", "3", "4", "5"],
        "recheck_availability": "month",
    }

    def test_are_saved_with_a_trail(self, alice: User, northwind: Workspace, sign_in: SignIn) -> None:
        assert sign_in(alice).post(SETTINGS, self.GOOD).status_code == 302
        northwind.refresh_from_db()
        assert northwind.opt_out_words == ["STOPALL", "arrêt"]
        assert northwind.opt_in_words == []
        assert (northwind.send_from, northwind.send_until) == (time(8, 30), time(19))
        entry = AuditEntry.objects.of(northwind).get(action="workspace.settings_changed")
        assert entry.detail["send_from"] == {"from": "09:00", "to": "08:30"}
        assert entry.detail["opt_out_words"]["to"] == "STOPALL, arrêt"

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"send_from": "07:00"}, "from 08:00 to 21:00"),
            ({"send_until": "22:00"}, "from 08:00 to 21:00"),
            ({"send_until": "08:30"}, "later than the beginning"),
            ({"confirm_opt_out_text": " "}, "Write the confirmation"),
            ({"opt_out_words": "x" * 41}, "longer than 40"),
            ({"opt_out_words": "!!!"}, "has no letters"),
            ({"opt_in_words": "stopall"}, "stands in both lists"),
            ({"opt_out_words": "\n".join(f"word{n}" for n in range(101))}, "At most 100"),
        ],
    )
    def test_what_is_wrong_is_said_and_changes_nothing(
        self, change: dict[str, str], says: str, alice: User, northwind: Workspace, sign_in: SignIn
    ) -> None:
        answer = sign_in(alice).post(SETTINGS, {**self.GOOD, **change})
        assert answer.status_code == 422
        assert says in answer.content.decode()
        northwind.refresh_from_db()
        assert northwind.send_from == time(9)
