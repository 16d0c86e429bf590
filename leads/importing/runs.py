"""The life of an import: uploaded, read, mapped, checked, imported, perhaps undone. People's steps are here; `work` does the rest.

Every step is one conditional UPDATE of the state, so that two tabs, or a tab and a worker, cannot both take it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from leads.importing import mapping as mappings
from leads.importing.encodings import NAMES, reads_as
from leads.models import ImportProblem, ImportRun
from workspaces import audit, bells
from workspaces.models import User, Workspace

State = ImportRun.State

MOST_BYTES: Final = 500_000_000

COUNTS: Final = ("read", "created", "updated", "unchanged", "repeated", "rejected", "empty", "in_part", "opted_out")


def upload(workspace: Workspace, file: UploadedFile[Any], *, by: User) -> ImportRun:
    """Store a file; a worker reads it at once."""
    name = (file.name or "list")[-200:]
    run = ImportRun(workspace=workspace, by=by, filename=name, size=file.size or 0, region=workspace.default_region)
    run.file.save("upload", file, save=False)
    run.save()
    ring(run)
    return run


def read_again(run: ImportRun, encoding: str) -> bool:
    """Read the upload again, as this encoding. Raises ValueError where it cannot be."""
    with opened(run.file) as upload:
        if not reads_as(upload, encoding):
            raise ValueError(f"The file cannot be read as {NAMES[encoding]}: it holds what is no letter there. Choose another.")
    return _move(run, (State.MAPPING,), State.READING, encoding=encoding)


def choose(run: ImportRun, mapping: Mapping[str, str], *, region: str, known: str) -> bool:
    """What the columns hold. Checks the whole file without writing a lead; False when the run is past that."""
    if wrong := mappings.wrong(mapping):
        raise ValueError(wrong)
    return _move(
        run, (State.MAPPING, State.CHECKED), State.CHECKING, mapping=dict(mapping), region=region, known=known, **_afresh()
    )


def start(run: ImportRun, *, by: User | None) -> bool:
    """Import what was checked."""
    with transaction.atomic():
        moved = _move(run, (State.CHECKED,), State.RUNNING, started_at=timezone.now(), **_afresh())
        if moved:
            ImportProblem.objects.filter(run=run).delete()
            audit.record(by, run.workspace, "import.started", target=run.filename, rows=run.total)
    return moved


def reconsider(run: ImportRun) -> bool:
    """Back to the columns, from a check that was not liked."""
    return _move(run, (State.CHECKED, State.CHECKING), State.MAPPING, **_afresh())


def stop(run: ImportRun, *, by: User) -> bool:
    """Stop where it is. What is imported stays, and can be undone."""
    if _move(run, (State.READING, State.MAPPING, State.CHECKING, State.CHECKED), State.CANCELLED):
        return True
    moved = _move(run, (State.RUNNING,), State.CANCELLED, finished_at=timezone.now())
    if moved:
        audit.record(by, run.workspace, "import.stopped", target=run.filename)
    return moved


def go_on(run: ImportRun) -> bool:
    """On with an import that was stopped or has failed, from its last committed chunk."""
    if not run.started_at:
        return False
    return _move(run, (State.CANCELLED, State.FAILED), State.RUNNING, error="", finished_at=None)


def undo(run: ImportRun, *, by: User) -> bool:
    if not run.started_at:
        return False
    with transaction.atomic():
        moved = _move(run, (State.DONE, State.CANCELLED, State.FAILED), State.UNDOING, position=0, removed=0, restored=0, kept={})
        if moved:
            audit.record(by, run.workspace, "import.undone", target=run.filename, created=run.created, updated=run.updated)
    return moved


@contextmanager
def opened(file: FieldFile) -> Iterator[BinaryIO]:
    """The bytes of a stored file. Django's own wrapper starts over whenever it is iterated."""
    with file.storage.open(file.name or "", "rb") as wrapper:
        raw: BinaryIO = wrapper.file  # type: ignore[assignment]
        yield raw


def forget(run: ImportRun) -> None:
    """Delete the files: people's data is kept where it is used, and nowhere else."""
    for file in (run.rows, run.file):
        if file:
            file.delete(save=False)
    ImportRun.objects.filter(pk=run.pk).update(rows="", file="")


def _afresh() -> dict[str, object]:
    return {"position": 0, "error": "", **dict.fromkeys(COUNTS, 0)}


def _move(run: ImportRun, before: tuple[str, ...], to: str, **values: object) -> bool:
    moved = ImportRun.objects.filter(pk=run.pk, state__in=before).update(state=to, **values)
    run.refresh_from_db()
    if moved and run.at_work:
        ring(run)
    return bool(moved)


def ring(run: ImportRun) -> None:
    """Have a worker look at it once this transaction has committed; else the sweep does within seconds."""
    bells.ring("leads.tasks.advance_import", run.pk)
