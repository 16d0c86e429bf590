"""Availability checks: who asked for what, which lead is at which address, and how fast each line may ask.

The rows are the truth. A worker that dies leaves a lease behind that runs out; nothing is lost and nobody waits for ever.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from leads.models.lead import Address, Lead
from lines.models import Line
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class CheckRun(Owned):
    """Leads that were asked about together; its progress page survives leaving it (S3-19, S3-20)."""

    class Kind(models.TextChoices):
        SINGLE = "single", "One lead"
        BULK = "bulk", "Selected leads"
        NEW = "new", "New leads"
        RECHECK = "recheck", "Re-check of old results"
        API = "api", "Asked through the API"
        SEND = "send", "Asked before sending"

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    total = models.PositiveIntegerField(default=0, help_text="Leads in it.")
    already = models.PositiveIntegerField(default=0, help_text="Leads left out: they waited in an earlier check.")
    cancelled_at = models.DateTimeField(null=True)

    objects = OwnedManager["CheckRun"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="check_run_public_id")]
        indexes = [models.Index(fields=["workspace", "-created_at", "-id"], name="check_run_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id}"


class CheckItem(Owned):
    """One lead of a run, or one bare address. Addresses are asked in the fixed order up to the first available (R7)."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        ASKING = "asking", "Checking"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    class Priority(models.IntegerChoices):
        """Somebody waits before the screen; somebody chose leads; by itself; old results."""

        NOW = 0
        BULK = 1
        NEW = 2
        RECHECK = 3

    OPEN = (State.QUEUED, State.ASKING)

    # Every answer writes every index, so none stands here that another begins with.
    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="items", db_index=False)
    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, null=True, related_name="checks", db_index=False, help_text="Empty: a bare address."
    )
    value = models.CharField(max_length=254, blank=True, help_text="The address that is asked about, or was last.")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    outcome = models.CharField(max_length=16, choices=Address.Availability, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it ended as an error, in words.")
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.BULK)
    tried = ArrayField(models.CharField(max_length=254), default=list, help_text="Addresses that have their answer.")
    asks = models.PositiveSmallIntegerField(default=0, help_text="Times the address at hand was answered with no or not at all.")
    failed = models.BooleanField(default=False, help_text="One of the addresses ended as an error.")
    losses = models.PositiveSmallIntegerField(default=0, help_text="Times a worker took it and never came back.")
    run_at = models.DateTimeField(default=timezone.now)
    line = models.ForeignKey(Line, on_delete=models.SET_NULL, null=True, related_name="+")
    lease_until = models.DateTimeField(null=True, help_text="The asker's claim on it, by the database's clock.")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = OwnedManager["CheckItem"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "lead"],
                condition=models.Q(state__in=["queued", "asking"], lead__isnull=False),
                name="one_open_check_per_lead",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "priority", "id"], condition=models.Q(state="queued"), name="check_item_next"),
            models.Index(fields=["lease_until"], condition=models.Q(state="asking"), name="check_item_leased"),
            models.Index(fields=["run", "state", "outcome"], name="check_item_of_run"),
            models.Index(fields=["lead", "-id"], name="check_item_of_lead"),
            models.Index(fields=["workspace", "value", "-id"], condition=models.Q(lead=None), name="check_item_of_value"),
            models.Index(fields=["workspace", "-finished_at"], condition=models.Q(state="done"), name="check_item_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.value or self.lead} {self.state}"


class CheckPace(Owned):
    """How far a line is with its checks: one at a time, spaced, so many a day (each is a live query to Apple)."""

    line = models.OneToOneField(Line, on_delete=models.CASCADE, related_name="check_pace")
    day = models.DateField(help_text="The day of the workspace that `used` counts.")
    used = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now, help_text="Not asked before this.")
    busy_until = models.DateTimeField(null=True, help_text="Somebody asks over it; the claim ends by itself then.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="Checks in a row that the line could not answer.")

    objects = OwnedManager["CheckPace"]()

    def __str__(self) -> str:
        return f"{self.line}: {self.used} on {self.day}"
