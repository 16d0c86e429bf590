from __future__ import annotations

from django.db import models
from django.utils import timezone

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


def upload_path(run: ImportRun, filename: str) -> str:
    """Unguessable, and without the name of the file, which is only ever a label."""
    return f"{run.workspace_id}/imports/{run.public_id}/upload"


class ImportRun(Owned):
    """One uploaded list of leads, from its upload to its end. Every row of the file ends in exactly one of the counts.

    The file is first rewritten as `rows`: one JSON list of cells a line, so that a killed run goes on from a byte.
    """

    class State(models.TextChoices):
        READING = "reading", "Reading the file"
        MAPPING = "mapping", "Waiting for its columns"
        CHECKING = "checking", "Checking"
        CHECKED = "checked", "Checked"
        RUNNING = "running", "Importing"
        DONE = "done", "Imported"
        UNDOING = "undoing", "Undoing"
        UNDONE = "undone", "Undone"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    class Known(models.TextChoices):
        UPDATE = "update", "Update them with what the file says"
        SKIP = "skip", "Leave them as they are"

    AT_WORK = (State.READING, State.CHECKING, State.RUNNING, State.UNDOING)

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    filename = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0, help_text="bytes of the upload")
    file = models.FileField(upload_to=upload_path, blank=True)
    rows = models.FileField(blank=True, help_text="The same as JSON lines; row 1 is the header.")

    # How the file was read.
    read_as = models.CharField(max_length=80, blank=True, help_text="Such as: CSV, UTF-8, separated by semicolons.")
    encoding = models.CharField(max_length=12, blank=True, help_text="Of a text, guessed or chosen (leads.importing.encodings).")
    columns = models.JSONField(default=list, help_text="The header, one name a column.")
    sample = models.JSONField(default=list, help_text="The first ten rows.")
    has_header = models.BooleanField(default=True)
    above = models.PositiveSmallIntegerField(default=0, help_text="Rows before the header, such as a title, which are left out.")
    total = models.PositiveIntegerField(default=0, help_text="Rows below the header.")

    # What was asked for.
    mapping = models.JSONField(default=dict, help_text="Index of a column: what it holds (leads.importing.mapping).")
    region = models.CharField(max_length=2, blank=True, help_text="For numbers written without a country code.")
    known = models.CharField(max_length=6, choices=Known, default=Known.UPDATE, help_text="What happens to known leads.")

    # How far it is.
    state = models.CharField(max_length=9, choices=State, default=State.READING)
    error = models.CharField(max_length=500, blank=True, help_text="Why it failed, and what helps.")
    position = models.PositiveBigIntegerField(default=0, help_text="The byte of `rows` after the last committed chunk.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0, help_text="Known, and left as they were.")
    repeated = models.PositiveIntegerField(default=0, help_text="The same person as an earlier row of the file.")
    rejected = models.PositiveIntegerField(default=0)
    empty = models.PositiveIntegerField(default=0, help_text="Rows without any text.")
    in_part = models.PositiveIntegerField(default=0, help_text="Of those taken: rows with an address that was left out.")
    opted_out = models.PositiveIntegerField(default=0, help_text="Of those taken: people who had opted out, and stay so.")
    removed = models.PositiveIntegerField(default=0, help_text="By undoing it.")
    restored = models.PositiveIntegerField(default=0, help_text="By undoing it: known leads that have their old values again.")
    kept = models.JSONField(default=dict, help_text="By undoing it: why how many stayed.")

    objects = OwnedManager["ImportRun"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="import_public_id")]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="import_newest"),
            models.Index(
                fields=["id"], name="import_at_work", condition=models.Q(state__in=["reading", "checking", "running", "undoing"])
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def at_work(self) -> bool:
        return self.state in self.AT_WORK


class ImportProblem(Owned):
    """A row of an import that was not taken, or not wholly, with the reason. The cells are kept as they came."""

    class Outcome(models.TextChoices):
        REJECTED = "rejected", "Not imported"
        REPEATED = "repeated", "Repeated"
        IN_PART = "in_part", "Imported in part"

    # The key of run and row begins with it.
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems", db_index=False)
    row = models.PositiveIntegerField(help_text="As a spreadsheet counts: the header is row 1.")
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=1000)
    cells = models.JSONField()

    objects = OwnedManager["ImportProblem"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="one_problem_per_row")]

    def __str__(self) -> str:
        return f"Row {self.row}: {self.reason}"
