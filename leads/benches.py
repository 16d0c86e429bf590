"""How fast leads are imported, beside how fast the phone library alone reads the same numbers."""

from __future__ import annotations

import csv
import resource
import tempfile
import time
from collections.abc import Iterator
from typing import IO, Any, Final

import phonenumbers
from django.core.files import File
from django.db import connection

from leads.importing import runs, work
from leads.models import ImportRun
from workspaces.models import Workspace

FLOOR_NUMBERS: Final = 20_000
SPELLINGS: Final = ("+1{a}{b}{c}", "({a}) {b}-{c}", "{a}-{b}-{c}", "{a}.{b}.{c}", "1 {a} {b} {c}")
ABROAD: Final = ("+44 7{n:09d}", "+49 151 {n:08d}", "0033 6 {n:08d}", "+61 4{n:08d}", "+55 11 9{n:08d}")


def import_(rows: int = 200_000) -> dict[str, Any]:
    """Read and import a CSV of `rows` people: two thirds of the numbers American in five spellings, a third from abroad,
    an email for each, a company for every twentieth, one row in a hundred bad and one repeated."""
    workspace, _ = Workspace.objects.get_or_create(slug="bench", defaults={"name": "Bench"})  # nobody is a member of it
    try:
        with tempfile.NamedTemporaryFile("w+", newline="", encoding="utf-8", suffix=".csv") as file:
            write_list(file, rows)
            run = ImportRun(workspace=workspace, filename="bench.csv", region="US")
            with open(file.name, "rb") as made:
                run.file.save("upload", File(made), save=False)
        run.save()
        before = _floor()
        figures = _measure(run, rows)
        floor = round(2 * FLOOR_NUMBERS / (before + _floor()))  # on both sides of it: a machine is not equally busy all the time
        return figures | {"phonenumbers_per_second": floor, "of_phonenumbers": round(figures["rows_per_second"] / floor, 2)}
    finally:
        _remove(workspace)


def write_list(file: IO[str], rows: int) -> None:
    """Always the same list for the same number of rows."""
    writer = csv.writer(file)
    writer.writerow(["Name", "Title", "Phone", "Email", "Company", "Persona"])
    for n, phone in zip(range(rows), numbers(), strict=False):
        email = f"person{n}@example{n % 1000}.com"
        if n % 100 == 50:
            phone, email = "1.20256E+10", ""
        if n % 100 == 70:
            email = f"person{n - 1}@example{(n - 1) % 1000}.com"
        writer.writerow([f"Person {n}", "Head of Finance", phone, email, f"Firm {n // 20}", "Finance leader"])
    file.flush()


def numbers() -> Iterator[str]:
    n = 0
    while True:
        n += 1
        if n % 3:
            spelling = SPELLINGS[n % len(SPELLINGS)]
            yield spelling.format(a=200 + n // 10_000_000 % 700, b=f"{200 + n // 10_000 % 700:03d}", c=f"{n % 10_000:04d}")
        else:
            yield ABROAD[n % len(ABROAD)].format(n=n)


def _floor() -> float:
    """Seconds in which the phone library reads FLOOR_NUMBERS on one core: parse, validate, format."""
    texts = [text for text, _ in zip(numbers(), range(FLOOR_NUMBERS), strict=False)]
    begun = time.perf_counter()
    for text in texts:
        number = phonenumbers.parse(text, "US")
        phonenumbers.is_valid_number(number)
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return time.perf_counter() - begun


def _measure(run: ImportRun, rows: int) -> dict[str, Any]:
    before = _memory()
    begun = time.perf_counter()
    _until(run, ImportRun.State.MAPPING)
    read = time.perf_counter()
    runs.choose(run, run.mapping, region="US", known=ImportRun.Known.UPDATE)
    _until(run, ImportRun.State.CHECKED)
    checked = time.perf_counter()
    runs.start(run, by=None)
    _until(run, ImportRun.State.DONE)
    done = time.perf_counter()
    took = read - begun + done - checked
    return {
        "rows": rows,
        "read_seconds": round(read - begun, 2),
        "check_seconds": round(checked - read, 2),
        "import_seconds": round(done - checked, 2),
        "rows_per_second": round(rows / took),
        "created": run.created,
        "rejected": run.rejected,
        "repeated": run.repeated,
        "memory_before_mb": before,
        "memory_peak_mb": _memory(),
    }


def _until(run: ImportRun, state: str) -> None:
    run.refresh_from_db()
    while run.state != state:
        assert run.at_work, f"{run.state}: {run.error}"
        work.advance(run.pk)
        run.refresh_from_db()


def _memory() -> int:
    """The most this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _remove(workspace: Workspace) -> None:
    tables = ("importproblem", "leadevent", "address", "lead", "company", "label", "importrun")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table in tables:
            cursor.execute(f"DELETE FROM leads_{table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608  our own words; values are bound
