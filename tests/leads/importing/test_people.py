"""Who the rows are: each person once, known ones updated or left, suppressed ones suppressed; every row in one count."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from leads import actions, exclusions, optouts
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.importing import runs, work
from leads.models import Address, Company, ImportProblem, ImportRun, Label, Lead, LeadEvent, OptOut
from tests.leads.importing.conftest import Read, advance, reasons
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


def lead(workspace: Workspace, name: str, *values: str) -> Lead:
    return actions.add_lead(workspace, name=name, addresses=[normalise(value, region="US") for value in values])


def test_rows_that_share_any_address_are_one_person(import_list: Read) -> None:
    run = import_list(
        "Name,Phone,Phone 2,Email\n"
        "Dana,202 555 0101,202 555 0102,dana@example.com\n"
        "D. Whitfield,+1 (202) 555-0102,,\n"
        "Whitfield,,,DANA@EXAMPLE.COM\n"
        "Noor,202 555 0103,,\n"
    )
    assert (run.created, run.repeated) == (2, 2)
    assert reasons(run) == dict.fromkeys((3, 4), "The same person as row 2: they share an address.")


def test_a_known_lead_is_updated_by_any_of_its_eight_addresses(import_list: Read, northwind: Workspace) -> None:
    dana = lead(northwind, "Dana", "+12025550101", "+12025550102", "+12025550103", "+12025550104")
    run = import_list("Name,Title,Phone,Email\nDana Whitfield,CFO,202-555-0104,dana@example.com\n")
    dana.refresh_from_db()
    assert (run.created, run.updated) == (0, 1)
    assert (dana.name, dana.title) == ("Dana Whitfield", "CFO")
    assert dana.addresses.get(kind=Address.Kind.EMAIL).value == "dana@example.com"
    assert LeadEvent.objects.get(lead=dana).text == "Name, title, dana@example.com added"


def test_more_new_addresses_than_the_timeline_has_room_for_are_added_all_the_same(import_list: Read, northwind: Workspace) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    emails = [f"{letter * 60}@{'x' * 60}.{'y' * 60}.com" for letter in "abcd"]
    run = import_list(f"Phone,Email,Email 2,Email 3,Email 4\n+12025550101,{','.join(emails)}\n")
    assert (run.updated, dana.addresses.count()) == (1, 5)
    assert LeadEvent.objects.get(lead=dana).text.endswith("…")


def test_empty_cells_change_nothing(import_list: Read, northwind: Workspace) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    Lead.objects.filter(pk=dana.pk).update(title="CFO")
    run = import_list("Name,Title,Phone\n,,202 555 0101\n")
    dana.refresh_from_db()
    assert (run.unchanged, dana.name, dana.title) == (1, "Dana", "CFO")


def test_known_leads_can_be_left_as_they_are(import_list: Read, northwind: Workspace) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    run = import_list("Name,Phone\nSomebody else,+12025550101\nNoor,+12025550102\n", known="skip")
    dana.refresh_from_db()
    assert (run.created, run.unchanged, dana.name) == (1, 1, "Dana")


def test_a_row_of_two_leads_is_refused_by_their_names(import_list: Read, northwind: Workspace) -> None:
    lead(northwind, "Dana", "+12025550101")
    lead(northwind, "D. Whitfield", "dana@example.com")
    run = import_list("Name,Phone,Email\nDana,+12025550101,dana@example.com\n")
    assert run.rejected == 1
    assert "“D. Whitfield” and “Dana”. Merge them first." in reasons(run)[2]


def test_a_fifth_phone_has_no_room_and_is_said(import_list: Read, northwind: Workspace) -> None:
    lead(northwind, "Dana", "+12025550101", "+12025550102", "+12025550103", "+12025550104")
    run = import_list("Name,Title,Phone,Phone 2\nDana,CFO,+12025550101,+12025550105\n")
    assert (run.updated, run.in_part) == (1, 1)
    assert "has no room" in reasons(run)[2]


def test_other_workspaces_are_neither_matched_nor_touched(import_list: Read, northwind: Workspace, contoso: Workspace) -> None:
    theirs = lead(contoso, "Dana of Contoso", "+12025550101")
    run = import_list("Name,Phone\nDana,+12025550101\n")
    theirs.refresh_from_db()
    assert (run.created, theirs.name) == (1, "Dana of Contoso")
    assert Lead.objects.of(northwind).get().name == "Dana"


def test_who_has_opted_out_stays_opted_out_at_every_address(import_list: Read, northwind: Workspace) -> None:
    with transaction.atomic():
        optouts.hold_alone([(northwind.pk, "+12025550101")])
        optouts.opt_out(northwind, "+12025550101", Proof(source=OptOut.Source.KEYWORD, text="STOP"))
    run = import_list("Name,Phone,Email\nDana,202 555 0101,dana@example.com\nNoor,202 555 0102,\n")
    assert run.opted_out == 1
    assert Lead.objects.get(name="Dana").opted_out_at is not None
    assert Lead.objects.get(name="Noor").opted_out_at is None


def test_who_is_excluded_stays_excluded(import_list: Read, northwind: Workspace, somebody: User) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    exclusions.exclude(dana, "Asked by phone", by=somebody)
    import_list("Name,Phone\nDana Whitfield,+12025550101\n")
    dana.refresh_from_db()
    assert (dana.name, dana.status, dana.status_note) == ("Dana Whitfield", "excluded", "Asked by phone")


def test_companies_are_found_by_website_then_by_name(import_list: Read, northwind: Workspace) -> None:
    ledgerline = Company.objects.create(workspace=northwind, name="Ledgerline, Inc.", website="https://www.ledgerline.com/")
    brightloom = Company.objects.create(workspace=northwind, name="Brightloom")
    import_list(
        "Name,Email,Company,Website,Industry\n"
        "A,a@x.com,Ledgerline,ledgerline.com,Fintech\nB,b@x.com,BRIGHTLOOM,,\nC,c@x.com,Fathom,fathom.io,\nD,d@x.com,fathom,,\n"
    )
    assert Lead.objects.get(name="A").company == ledgerline
    assert Lead.objects.get(name="B").company == brightloom
    assert Lead.objects.get(name="C").company == Lead.objects.get(name="D").company
    assert set(Company.objects.values_list("name", flat=True)) == {"Ledgerline, Inc.", "Brightloom", "Fathom"}
    ledgerline.refresh_from_db()
    assert ledgerline.industry == "Fintech"


def test_labels_carry_their_verdict_and_new_ones_are_added(import_list: Read, northwind: Workspace) -> None:
    Label.objects.create(workspace=northwind, kind="persona", name="Finance leader", match=True)
    import_list("Name,Email,Persona,Company,ICP\nA,a@x.com,finance leader,Ledgerline,Fintech\nB,b@x.com,Intern,,\n")
    assert Lead.objects.get(name="A").persona_match is True
    assert Lead.objects.get(name="B").persona_match is None
    assert Company.objects.get().icp == "Fintech"
    assert set(Label.objects.values_list("kind", "name")) == {
        ("persona", "Finance leader"),
        ("persona", "Intern"),
        ("icp", "Fintech"),
    }


def test_importing_a_list_again_changes_nothing(import_list: Read) -> None:
    text = "Name,Title,Phone,Email,Company\nDana,CFO,+12025550101,dana@example.com,Ledgerline\n"
    import_list(text)
    again = import_list(text)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert (Lead.objects.count(), Company.objects.count()) == (1, 1)


def test_undo_removes_what_it_made_and_gives_old_values_back(import_list: Read, northwind: Workspace, somebody: User) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    run = import_list(
        "Name,Title,Phone,Email,Company\nDana W,CFO,+12025550101,dana@example.com,Ledgerline\n"
        "Unused,,+12025550102,,Gone Ltd\nEdited,,+12025550103,,\nExcluded,,+12025550104,,\n"
    )
    edited = Lead.objects.get(name="Edited")
    actions.edit_lead(edited, addresses=[normalise("+12025550103", region="US")], by=somebody, title="COO")
    exclusions.exclude(Lead.objects.get(name="Excluded"), "No budget", by=somebody)
    assert runs.undo(run, by=somebody)
    advance(run)
    assert run.state == ImportRun.State.UNDONE
    assert set(Lead.objects.values_list("name", flat=True)) == {"Dana", "Edited", "Excluded"}
    dana.refresh_from_db()
    assert (dana.title, dana.company, dana.addresses.count()) == ("", None, 1)
    assert not Company.objects.exists()
    assert (run.removed, run.restored) == (1, 1)
    assert run.kept == {"somebody changed them since": 1, "they are excluded": 1}


def test_who_opted_out_keeps_what_an_undone_import_added(import_list: Read, northwind: Workspace, somebody: User) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    run = import_list("Name,Phone,Phone 2\nDana,+12025550101,+12025550102\n")
    assert dana.addresses.count() == 2
    optouts.opt_out(northwind, "+12025550101", Proof(source=OptOut.Source.KEYWORD))
    runs.undo(run, by=somebody)
    advance(run)
    assert {row.value for row in dana.addresses.all()} == {"+12025550101", "+12025550102"}


def test_an_import_that_was_stopped_goes_on(read: Read, somebody: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.importing.stages.ROWS", 2)
    run = read("Name,Email\n" + "".join(f"P{n},p{n}@x.com\n" for n in range(7)))
    runs.choose(run, run.mapping, region="US", known="update")
    advance(run)
    runs.start(run, by=somebody)
    work.advance(run.pk, seconds=0)  # one chunk: the header and a row
    assert Lead.objects.count() == 1
    assert runs.stop(run, by=somebody)
    work.advance(run.pk)
    assert Lead.objects.count() == 1
    assert runs.go_on(run)
    advance(run)
    assert (run.state, run.created, Lead.objects.count()) == (ImportRun.State.DONE, 7, 7)
    assert not ImportProblem.objects.exists()


def test_the_files_of_a_finished_import_are_deleted(import_list: Read, tmp_path: Path) -> None:
    run = import_list("Name,Email\nDana,dana@x.com\n")
    run.refresh_from_db()
    assert (run.file.name, run.rows.name) == ("", "")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
