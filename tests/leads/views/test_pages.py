"""Pages that change leads, companies, labels and imports: what they do, refuse and say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from leads import exclusions, optouts
from leads.actions import add_lead
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.importing import work
from leads.models import Company, ConsentEvent, ImportProblem, ImportRun, Label, Lead, OptOut
from tests.cast import SignIn
from tests.conversations.views.pages import text_of
from workspaces.models import AuditEntry, User, Workspace

pytestmark = pytest.mark.django_db
LEADS = "/w/northwind/leads/"


def lead(workspace: Workspace, name: str, *values: str, company: Company | None = None) -> Lead:
    return add_lead(workspace, name=name, addresses=[normalise(value, region="US") for value in values], company=company)


def url(of: Lead | Company | ImportRun, end: str = "") -> str:
    root = {Lead: "leads", Company: "companies", ImportRun: "leads/import"}[type(of)]
    return f"/w/northwind/{root}/{of.public_id}/{end}"


def test_a_lead_is_added_with_its_addresses_in_order(northwind: Workspace, bobs: Client) -> None:
    data = {"name": "Dana", "company": "Ledgerline", "phone_1": "(202) 555-0102", "phone_3": "+12025550101", "email_1": "D@X.com"}
    answer = bobs.post(f"{LEADS}add/", data)
    dana = Lead.objects.get()
    assert answer["Location"] == url(dana)
    assert dana.company
    assert dana.company.name == "Ledgerline"
    rows = dana.addresses.order_by("-kind", "rank").values_list("value", "rank")
    assert list(rows) == [("+12025550102", 0), ("+12025550101", 1), ("d@x.com", 0)]


def test_an_address_of_somebody_else_is_refused_by_their_name(northwind: Workspace, bobs: Client) -> None:
    lead(northwind, "Priya Raman", "+12025550101")
    answer = bobs.post(f"{LEADS}add/", {"name": "Dana", "phone_1": "202 555 0101", "phone_2": "nonsense", "email_1": "a@b"})
    words = answer.content.decode()
    assert answer.status_code == 422
    for part in ("belongs to Priya Raman", "“nonsense” is not a phone number", "not a complete email address"):
        assert part in words
    assert 'value="202 555 0101"' in words, "what was typed is kept"


def test_excluding_asks_for_the_company_too(northwind: Workspace, bobs: Client) -> None:
    firm = Company.objects.create(workspace=northwind, name="Ledgerline")
    dana = lead(northwind, "Dana", "+12025550101", company=firm)
    assert "Exclude Ledgerline too" in bobs.get(url(dana, "exclude/")).content.decode()
    assert bobs.post(url(dana, "exclude/"), {"reason": ""}).status_code == 422
    bobs.post(url(dana, "exclude/"), {"reason": "No budget", "company_too": "on"})
    dana.refresh_from_db()
    firm.refresh_from_db()
    assert (dana.status, dana.status_note, firm.status) == ("excluded", "No budget", "excluded")
    words = bobs.get(url(dana)).content.decode()
    assert "No budget" in words
    assert "Ledgerline: excluded" in words
    bobs.post(url(dana, "include/"))
    bobs.post(url(firm, "include/"))
    dana.refresh_from_db()
    assert dana.status == "active"


def test_a_company_is_edited_and_excluded(northwind: Workspace, bobs: Client) -> None:
    Label.objects.create(workspace=northwind, kind="icp", name="Fintech", match=True)
    firm = Company.objects.create(workspace=northwind, name="Ledgerline")
    bobs.post(url(firm, "edit/"), {"name": "Ledgerline, Inc.", "website": "ledgerline.com", "industry": "", "icp": "Fintech"})
    bobs.post(url(firm, "exclude/"), {"reason": "A customer"})
    firm.refresh_from_db()
    assert (firm.name, firm.domain, firm.icp_match, firm.status) == ("Ledgerline, Inc.", "ledgerline.com", True, "excluded")


def test_labels_are_added_changed_and_removed(northwind: Workspace, bobs: Client) -> None:
    save, gone = f"{LEADS}labels/save/", f"{LEADS}labels/remove/"
    bobs.post(save, {"kind": "persona", "name": "Finance leader", "match": "yes"})
    dana = lead(northwind, "Dana")
    Lead.objects.filter(pk=dana.pk).update(persona="Finance leader", persona_match=True)
    answer = bobs.post(save, {"kind": "persona", "name": "finance LEADER", "match": ""}, follow=True)
    assert "There is a label “Finance leader” already" in answer.content.decode()
    bobs.post(save, {"kind": "persona", "was": "Finance leader", "name": "CFO", "match": "no"})
    dana.refresh_from_db()
    assert (dana.persona, dana.persona_match) == ("CFO", False)
    assert "1 lead<" in bobs.get(f"{LEADS}labels/").content.decode()
    bobs.post(gone, {"kind": "persona", "was": "CFO"})
    dana.refresh_from_db()
    assert dana.persona == ""
    assert not Label.objects.exists()


def test_a_label_that_is_refused_comes_back_as_it_was_typed(northwind: Workspace, bobs: Client) -> None:
    for name in ("Finance leader", "CFO"):
        Label.objects.create(workspace=northwind, kind="persona", name=name, match=False)
    for was, typed in (("CFO", "finance LEADER"), ("", "finance LEADER"), ("Gone", "Founder"), ("CFO", "C" * 101)):
        answer = bobs.post(f"{LEADS}labels/save/", {"kind": "persona", "was": was, "name": typed, "match": "yes"})
        assert answer.status_code == 422
        assert answer.content.decode().count(f'value="{typed}"') == 1
        assert answer.content.decode().count('value="yes" selected') == 1, "the verdict as well"
    assert set(Label.objects.values_list("name", flat=True)) == {"Finance leader", "CFO"}


def test_a_selection_is_excluded_and_given_a_persona(northwind: Workspace, bobs: Client) -> None:
    Label.objects.create(workspace=northwind, kind="persona", name="CFO", match=True)
    dana, noor = lead(northwind, "Dana"), lead(northwind, "Noor")
    answer = bobs.post(f"{LEADS}bulk/", {"do": "exclude", "reason": "Old list", "lead": [dana.public_id], "here": "?q=d"})
    assert answer["Location"] == f"{LEADS}?q=d"
    bobs.post(f"{LEADS}bulk/", {"do": "persona", "give_persona": "CFO", "all": "matching", "q": "noor"})
    dana.refresh_from_db()
    noor.refresh_from_db()
    assert (dana.status, dana.persona) == ("excluded", "")
    assert (noor.status, noor.persona, noor.persona_match) == ("active", "CFO", True)


@pytest.mark.parametrize("here", ["//evil.example/", "https://evil.example/", "/elsewhere", "?next=//evil.example"])
def test_going_back_never_leaves_the_list(northwind: Workspace, bobs: Client, here: str) -> None:
    assert bobs.post(f"{LEADS}bulk/", {"do": "include", "here": here})["Location"].startswith(LEADS)


def test_queries_of_the_table_and_the_detail_page_do_not_grow(northwind: Workspace, bobs: Client) -> None:
    def made(count: int) -> Lead:
        for n in range(count):
            one = lead(northwind, f"Same {Lead.objects.count()}", f"+1202555{Lead.objects.count():04d}", f"p{n}-{count}@x.com")
        return one

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert bobs.get(address).status_code == 200
        return len(queries)

    one = made(1)
    cost(LEADS)  # the first page of a session remembers the workspace
    few = [cost(LEADS), cost(f"{LEADS}?q=same&status=active"), cost(url(one)), cost("/w/northwind/companies/")]
    made(12)
    many = [cost(LEADS), cost(f"{LEADS}?q=same&status=active"), cost(url(one)), cost("/w/northwind/companies/")]
    assert many == few


# -- imports ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def advance(run: ImportRun) -> None:
    work.advance(run.pk)
    run.refresh_from_db()


def test_an_import_from_the_upload_to_its_undoing(northwind: Workspace, bobs: Client) -> None:
    content = b"Name,Phone,Notes\nDana,202 555 0101,=HYPERLINK(1)\nBad,1.2E+10,@SUM(A1)\n"
    answer = bobs.post(f"{LEADS}import/upload/", {"file": SimpleUploadedFile("leads.csv", content)})
    run = ImportRun.objects.get()
    assert answer["Location"] == url(run)
    assert "Reading the file" in bobs.get(url(run)).content.decode()
    advance(run)
    page = bobs.get(url(run)).content.decode()
    assert "What each column holds" in page
    assert "=HYPERLINK(1)" in page
    columns: dict[str, Any] = {"column_0": "name", "column_1": "phone_1", "column_2": "", "region": "US", "known": "update"}
    bobs.post(url(run, "columns/"), columns)
    run.refresh_from_db()
    advance(run)
    assert "Import 1 leads" in bobs.get(url(run)).content.decode()
    assert not Lead.objects.exists()
    bobs.post(url(run, "start/"))
    run.refresh_from_db()
    assert bobs.get(url(run, "progress/")).status_code == 200
    advance(run)
    assert bobs.get(url(run, "progress/"))["HX-Refresh"] == "true"
    assert "Excel has cut" in bobs.get(url(run)).content.decode()
    assert "Dana" in bobs.get(f"{LEADS}?run={run.public_id}").content.decode()
    assert f"run={run.public_id}" in bobs.get(LEADS).content.decode()
    bobs.post(url(run, "undo/"))
    run.refresh_from_db()
    advance(run)
    assert "1 leads were removed" in bobs.get(url(run)).content.decode()
    assert f"run={run.public_id}" not in bobs.get(LEADS).content.decode()  # nobody looks for what was taken back
    assert not Lead.objects.exists()
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["import.started", "import.undone"]


def test_bad_rows_come_as_csv_that_no_spreadsheet_takes_for_formulas(northwind: Workspace, bobs: Client) -> None:
    run = ImportRun.objects.create(workspace=northwind, filename="leads.csv", columns=["=Name", "Phone"])
    cells = ["=cmd|'/c calc'!A1", "+12025550101", "-2+3", "@SUM(A1)", "\tx", "fine"]
    ImportProblem.objects.create(workspace=northwind, run=run, row=2, outcome="rejected", reason="=why", cells=cells)
    answer = bobs.get(url(run, "rows.csv"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text == (
        "Row,Outcome,Reason,'=Name,Phone\r\n2,Not imported,'=why,'=cmd|'/c calc'!A1,+12025550101,'-2+3,'@SUM(A1),'\tx,fine\r\n"
    )


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"column_0": "name"}, "at least one column with phone numbers"),
        ({"column_0": "phone_1", "column_1": "phone_1"}, "said to hold the same: Primary phone"),
        ({"column_0": "nonsense"}, "Select a valid choice"),
    ],
)
def test_columns_that_will_not_do_are_refused(northwind: Workspace, bobs: Client, columns: dict[str, str], why: str) -> None:
    run = ImportRun.objects.create(
        workspace=northwind, filename="leads.csv", columns=["A", "B"], state="mapping", sample=[["1", "2"]]
    )
    answer = bobs.post(url(run, "columns/"), {**columns, "region": "US", "known": "update"})
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_steps_that_come_too_late_say_so(northwind: Workspace, bobs: Client) -> None:
    run = ImportRun.objects.create(workspace=northwind, filename="leads.csv", state="done", read_as="CSV")
    for step in ("start", "stop", "back", "go-on"):
        assert "Too late" in bobs.post(url(run, f"{step}/"), follow=True).content.decode(), step
    assert bobs.post(url(run, "nonsense/")).status_code == 404


def test_rita_reads_and_is_offered_nothing_that_writes(northwind: Workspace, rita: User, sign_in: SignIn) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    ritas = sign_in(rita)
    for address in (LEADS, url(dana), f"{LEADS}labels/", f"{LEADS}import/"):
        words = ritas.get(address).content.decode()
        for word in ("Add lead", 'name="do"', "Upload", "/edit/", "/exclude/", "label_save"):
            assert word not in words, (address, word)


def test_the_opted_out_box_opts_out_and_only_where_it_was_changed(northwind: Workspace, bobs: Client) -> None:
    priya = lead(northwind, "Priya Raman", "+16285550117")
    edit = url(priya, "edit/")
    values = {"name": "Priya Raman", "phone_1": "+16285550117", "was_opted_out": "False"}
    assert "Update contact details" in text_of(bobs.get(edit))
    assert bobs.post(edit, {**values, "opted_out": "on"}).status_code == 302
    assert OptOut.objects.get().source == OptOut.Source.PERSON
    # A page that was opened before still shows the box empty: saving it lifts nothing.
    bobs.post(edit, {**values, "title": "CFO"})
    assert OptOut.objects.get().lifted_at is None
    bobs.post(edit, {**values, "was_opted_out": "True"})
    assert OptOut.objects.get().lifted_at is not None


def test_who_asked_for_no_messages_is_not_opted_in_by_a_rep(northwind: Workspace, bobs: Client) -> None:
    priya = lead(northwind, "Priya Raman", "+16285550117")
    optouts.opt_out(northwind, "+16285550117", Proof(source=OptOut.Source.KEYWORD))
    edit = url(priya, "edit/")
    response = bobs.post(
        edit, {"name": "New name", "phone_1": "+16285550117", "was_opted_out": "True", "note": "They asked", "company": "New"}
    )
    assert response.status_code == 422
    assert not Company.objects.of(northwind).filter(name="New").exists()
    assert "only an admin can opt them in again" in text_of(response)
    assert OptOut.objects.get().lifted_at is None
    priya.refresh_from_db()
    assert priya.name == "Priya Raman"


def test_an_excluded_company_stands_in_the_ledger(northwind: Workspace, bob: User) -> None:
    company = Company.objects.create(workspace=northwind, name="Ledgerline")
    exclusions.exclude_company(company, "Competitor", by=bob)
    exclusions.include_company(company, by=bob)
    assert list(ConsentEvent.objects.of(northwind).order_by("pk").values_list("kind", "value", "note")) == [
        ("excluded", "Ledgerline", "The company. Competitor"),
        ("included", "Ledgerline", "The company."),
    ]
