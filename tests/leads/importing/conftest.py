"""A list is uploaded, read, checked and imported as the worker does it, step by step."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from leads.importing import runs, work
from leads.models import ImportProblem, ImportRun
from tests.factories import UserFactory
from workspaces.models import User, Workspace

State = ImportRun.State


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def somebody(northwind: Workspace) -> User:
    return UserFactory.create(name="Olga Orlov", email="olga@northwind.example")


Read = Callable[..., ImportRun]


@pytest.fixture
def read(northwind: Workspace, somebody: User) -> Read:
    """Upload a file and have it read."""

    def reading(content: bytes | str, name: str = "leads.csv", workspace: Workspace | None = None) -> ImportRun:
        raw = content.encode() if isinstance(content, str) else content
        run = runs.upload(workspace or northwind, SimpleUploadedFile(name, raw), by=somebody)
        return advance(run)

    return reading


@pytest.fixture
def import_list(read: Read, somebody: User) -> Read:
    """Upload a file and import it with the columns as they were guessed, or as `mapping` says."""

    def importing(
        content: bytes | str, name: str = "leads.csv", *, known: str = "update", region: str = "US", **more: Any
    ) -> ImportRun:
        mapping = more.pop("mapping", None)
        run = read(content, name, **more)
        assert run.state == State.MAPPING, run.error
        assert runs.choose(run, mapping or run.mapping, region=region, known=known)
        advance(run)
        assert run.state == State.CHECKED, run.error
        foreseen = {name: getattr(run, name) for name in runs.COUNTS if name != "opted_out"}
        assert runs.start(run, by=somebody)
        advance(run)
        assert run.state == State.DONE, run.error
        assert {name: getattr(run, name) for name in foreseen} == foreseen, "the check foretold something else"
        assert run.read == run.total
        return run

    return importing


def advance(run: ImportRun) -> ImportRun:
    """Work until the run waits for a person or is over."""
    run.refresh_from_db()
    while run.at_work:
        work.advance(run.pk)
        run.refresh_from_db()
    return run


def reasons(run: ImportRun) -> dict[int, str]:
    return dict(ImportProblem.objects.filter(run=run).order_by("row").values_list("row", "reason"))


def xlsx(*rows: list[Any], sheet: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
