"""The mess of files that people have: each is read right, or the refusal says exactly what is wrong."""

from __future__ import annotations

import io
import zipfile
from functools import partial

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.importing import delimited, runs, stages, work
from leads.importing.refusals import BadFile
from leads.importing.tables import lines, rewrite
from leads.models import Address, ImportRun, Lead
from tests.leads.importing.conftest import Read, advance, reasons, xlsx

pytestmark = pytest.mark.django_db

ZOE = "Zoë Müller"
SEMICOLONS = f"Name;Telefon;E-Mail\r\n{ZOE};+49 170 1234567;zoe@example.de\r\n"

PROGRAM = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8" + bytes(43) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0" + bytes(400)
"""How an .exe begins: hardly anything but zeros, as UTF-16 has at every second place."""


@pytest.mark.parametrize(
    ("content", "read_as"),
    [
        (SEMICOLONS.encode("cp1252"), "CSV, Windows-1252, separated by semicolons"),
        (SEMICOLONS.encode("utf-8-sig"), "CSV, UTF-8, separated by semicolons"),
        (SEMICOLONS.encode("utf-8"), "CSV, UTF-8, separated by semicolons"),
        (SEMICOLONS.encode("utf-16"), "CSV, UTF-16, separated by semicolons"),
        (SEMICOLONS.encode("utf-16-le"), "CSV, UTF-16, separated by semicolons"),
        (SEMICOLONS.encode("utf-16-be"), "CSV, UTF-16, separated by semicolons"),
        (SEMICOLONS.replace(";", "\t").encode("utf-16"), "CSV, UTF-16, separated by tabs"),
        (SEMICOLONS.replace(";", ",").encode(), "CSV, UTF-8, separated by commas"),
        (SEMICOLONS.replace(";", "|").encode(), "CSV, UTF-8, separated by bars"),
        (("sep=;\r\n" + SEMICOLONS).encode("cp1252"), "CSV, Windows-1252, separated by semicolons"),
        (SEMICOLONS.replace("\r\n", "\r").encode(), "CSV, UTF-8, separated by semicolons"),
        (xlsx(["Name", "Telefon", "E-Mail"], [ZOE, "+49 170 1234567", "zoe@example.de"]), "Excel workbook"),
    ],
)
def test_encodings_and_delimiters_are_found(import_list: Read, content: bytes, read_as: str) -> None:
    run = import_list(content)
    lead = Lead.objects.get()
    assert run.read_as == read_as
    assert lead.name == ZOE
    assert sorted(lead.addresses.values_list("value", flat=True)) == ["+491701234567", "zoe@example.de"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty."),
        (b"\n\n  \n", "no cell of it has anything written"),
        (b"Name,Phone\n", "a header and no rows"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel file"),
        (b"%PDF-1.7 ...", "This is a PDF"),
        (bytes(range(256)) * 40, "no CSV or .xlsx file"),
        (PROGRAM, "no CSV or .xlsx file: what is in it is not text. Choose the list itself, or export it as CSV or .xlsx"),
        (b"\xff\xfe\0\0\0\0", "no CSV or .xlsx file"),
        (b"PK\x03\x04 broken", "cannot be opened as one"),
        ((",".join(["c"] * 501) + "\n1\n").encode(), "501 columns; at most 500"),
        (b'Name,Phone\n"Dana,+12025550101\n' + b"x" * 40_000, "never closed"),
        (b'Name,Phone,Note\nDana,+12025550101,"oops\nNoor,+12025550102,fine\n', "Row 2 holds whole rows in one of its cells"),
        (b"<html><table><tr><td>Phone</td></tr></table>\n", "This is a web page or XML"),
        (b'[{"phone": "+12025550101"},\n{}]', "This is JSON"),
        (xlsx(), "no sheet of it has anything"),
        (xlsx(["Name", "Phone"], ['="Dana " & "Reyes"', "+12025550101"]), "Cell A2 of sheet “Sheet1” has a formula"),
    ],
)
def test_what_cannot_be_read_says_why(read: Read, content: bytes, why: str) -> None:
    run = read(content)
    assert run.state == ImportRun.State.FAILED
    assert why in run.error


def listed(name: str, encoding: str) -> bytes:
    return f"Name,Phone,Note\n{name},+12025550101,{name}\n".encode(encoding)


@pytest.mark.parametrize(
    ("name", "encoding", "read_as"),
    [
        ("田中太郎 (株式会社サンプル)", "cp932", "Shift-JIS"),
        ("さとう花子 トヨタ自動車", "euc_jp", "EUC-JP"),
        ("김민수 서울전자", "cp949", "EUC-KR"),
        ("张伟 北京科技有限公司", "gb18030", "GB 18030"),
        ("陳大文 台北科技", "cp950", "Big5"),
        ("Иван Петров", "cp1251", "Windows-1251"),
        ("Иван Петров", "koi8_r", "KOI8-R"),
        ("Γιώργος Παπαδόπουλος", "cp1253", "Windows-1253"),
        ("Małgorzata Gałązka", "cp1250", "Windows-1250"),
        ("JOÃO CONCEIÇÃO", "cp1252", "Windows-1252"),
        ("田中太郎", "utf-16-le", "UTF-16"),
        ("김민수", "utf-16-be", "UTF-16"),
    ],
)
def test_letters_of_many_scripts_are_found_without_a_mark(import_list: Read, name: str, encoding: str, read_as: str) -> None:
    assert import_list(listed(name, encoding)).read_as == f"CSV, {read_as}, separated by commas"
    assert Lead.objects.get().name == name


def test_who_sees_wrong_letters_chooses_others_and_what_cannot_be_is_refused(read: Read) -> None:
    run = read(listed("Ελένη", "cp1253"))
    assert runs.read_again(run, "cp1252")
    assert advance(run).sample[0][0] == "ÅëÝíç"
    assert runs.read_again(run, "cp1253")
    assert advance(run).sample[0][0] == "Ελένη"
    with pytest.raises(ValueError, match="cannot be read as Shift-JIS"):
        runs.read_again(run, "cp932")
    assert run.state == ImportRun.State.MAPPING


def test_a_title_above_the_header_is_left_out_and_rows_count_from_the_top(
    import_list: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "ROWS", 2)
    monkeypatch.setattr(work, "advance", partial(work.advance, seconds=0))  # also where another worker goes on with it
    run = import_list("Customers of spring;;\n;;\nName;Phone;Email\nDana;+12025550101;\nNoor;12;\n")
    assert (run.columns, run.created) == (["Name", "Phone", "Email"], 1)
    assert list(reasons(run)) == [5]


def test_a_workbook_is_read_whole_whatever_size_it_says_and_its_hidden_sheets_last(read: Read) -> None:
    book = openpyxl.Workbook()
    hidden, shown = book.worksheets[0], book.create_sheet("Shown")
    hidden.sheet_state = "hidden"
    hidden.append(["Secret"])
    for row in (["Name", "Phone"], ["Dana", "+12025550101"], ["Noor", "+12025550102"]):
        shown.append(row)
    saved, changed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b'ref="A1:B3"', b'ref="A1"'))
    run = read(changed.getvalue(), "leads.xlsx")
    assert (run.read_as, run.total) == ("Excel workbook, sheet “Shown”", 2)


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LONGEST_LINE", 1000)
    with pytest.raises(BadFile, match="Line 2 has more than 1,000 characters"):
        rewrite(io.BytesIO(b"Name,Phone\n" + b",".join([b"x"] * 600)), io.BytesIO())


def test_another_archive_is_not_taken_for_a_workbook(read: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("leads.csv", "Name,Phone\n")
    assert "This is an archive" in read(buffer.getvalue(), "leads.xlsx").error


def test_a_workbook_that_unpacks_to_more_than_memory_holds_is_refused(read: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/sharedStrings.xml", b"0" * 100_000_001)
    assert "too large to be read as one" in read(buffer.getvalue(), "bomb.xlsx").error


@pytest.mark.parametrize("length", [32_768, 3_000_000])
def test_a_workbook_with_an_endless_cell_is_refused_before_it_fills_the_memory(read: Read, length: int) -> None:
    small, large = io.BytesIO(xlsx(["Name", "Phone"], ["ENDLESS", "+12025550101"])), io.BytesIO()
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"ENDLESS", b"x" * length))
    assert "has more than 32,767 characters" in read(large.getvalue(), "leads.xlsx").error


def test_quoted_newlines_stay_in_their_cell_and_rows_count_as_a_spreadsheet_does(import_list: Read) -> None:
    run = import_list('Name,Title,Phone\n"Dana\nWhitfield","VP,\n""Finance""",+1 202 555 0101\nNoor,,12\n')
    lead = Lead.objects.get()
    assert (lead.name, lead.title) == ("Dana Whitfield", 'VP, "Finance"')
    assert list(reasons(run)) == [3]


def test_numbers_that_excel_has_cut_are_refused_with_that_reason(import_list: Read) -> None:
    run = import_list('Name,Phone\nDana,1.20256E+10\nNoor,"4,91701E+12"\n')
    assert (run.rejected, run.created) == (2, 0)
    assert all("Excel has cut" in why for why in reasons(run).values())


def test_a_bad_address_beside_a_good_one_is_left_out_and_said(import_list: Read) -> None:
    run = import_list("Name,Phone,Email\nDana,1.20256E+10,dana@example.com\n")
    assert (run.created, run.rejected, run.in_part) == (1, 0, 1)
    assert "Primary phone: “1.20256E+10”" in reasons(run)[2]
    assert Address.objects.get().value == "dana@example.com"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("＋１（２０２）５５５－０１２３", "+12025550123"),
        ("２０２５５５０１２３", "+12025550123"),
        ("(202) 555-0123", "+12025550123"),
        ("\u202a+1\u00a0202\u00a0555\u00a00123\u202c", "+12025550123"),
        ("202.555.0123 ext. 5", "+12025550123"),
        ("'+12025550123", "+12025550123"),
        ("0044 20 7946 0018", ""),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("+12025550123 and +12025550124", "+12025550123"),
        ("5550123", ""),
        ("tbd", ""),
    ],
)
def test_phones_in_every_spelling(import_list: Read, cell: str, value: str) -> None:
    run = import_list(f'Name,Phone,Email\nDana,"{cell}",d@example.com\n')
    found = Address.objects.filter(kind=Address.Kind.PHONE).values_list("value", flat=True).first()
    assert (found or "") == value
    assert bool(reasons(run)) == (not value)


def test_numbers_of_a_workbook_are_whole(import_list: Read) -> None:
    import_list(xlsx(["Name", "Phone"], ["Dana", 12025550123], ["Noor", 12025550124.0]), "leads.xlsx")
    assert set(Address.objects.values_list("value", flat=True)) == {"+12025550123", "+12025550124"}


def test_the_first_sheet_with_anything_in_it_is_read(read: Read) -> None:
    run = read(xlsx(["Name", "Phone"], ["Dana", "+12025550101"], sheet="People"), "leads.xlsx")
    assert run.total == 1


def test_duplicate_columns_keep_apart(import_list: Read) -> None:
    run = import_list("Name,Phone,Phone,Phone\nDana,+12025550101,+12025550102,\n")
    assert run.columns == ["Name", "Phone", "Phone (2)", "Phone (3)"]
    assert list(Lead.objects.get().addresses.order_by("rank").values_list("value", "rank")) == [
        ("+12025550101", 0),
        ("+12025550102", 1),
    ]


def test_two_hundred_columns(import_list: Read) -> None:
    header = ["Name", "Email", *(f"Field {n}" for n in range(198))]
    import_list(",".join(header) + "\nDana,dana@example.com" + ",x" * 198 + "\n")
    assert Lead.objects.get().name == "Dana"


def test_names_with_emoji_and_from_two_columns(import_list: Read) -> None:
    import_list("First name,Last name,Email\n🦄 Dana,Whitfield 👩‍💻,dana@example.com\n")
    assert Lead.objects.get().name == "🦄 Dana Whitfield 👩‍💻"


def test_a_file_without_a_header(import_list: Read) -> None:
    run = import_list("Dana,+12025550101,dana@example.com\nNoor,+12025550102,noor@example.com\n")
    assert (run.created, run.columns) == (2, ["Column A", "Column B", "Column C"])


def test_characters_that_are_no_text_are_refused_by_row(import_list: Read) -> None:
    run = import_list("Name,Email\nDana,dana@example.com\nN\0or,noor@example.com\n")
    assert run.created == 1
    assert "NUL" in reasons(run)[3]


def test_a_shifted_row_is_refused(import_list: Read) -> None:
    run = import_list("Name,Email\nWhitfield, Dana,dana@example.com\nNoor,noor@example.com,,\n")
    assert run.created == 1
    assert "3 cells and the header 2" in reasons(run)[2]


def test_two_numbers_in_one_cell_are_two_addresses(import_list: Read) -> None:
    import_list('Name,Phone\nDana,"+12025550101; +12025550102"\n')
    assert Address.objects.count() == 2


def test_empty_rows_are_counted_and_no_trouble(import_list: Read) -> None:
    run = import_list("Name,Email\n,\nDana,dana@example.com\n\n")
    assert (run.created, run.empty, run.rejected) == (1, 2, 0)


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_table_or_a_refusal(content: bytes) -> None:
    to = io.BytesIO()
    try:
        table = rewrite(io.BytesIO(content), to)
    except BadFile:
        return
    assert len(list(lines(to, 0))) == table.total
