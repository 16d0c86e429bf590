"""One fix tried on many messages that were not delivered, kept message by message: what was done, and why not."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from conversations.models.message import Message
from lines.models import Line
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Repair(Owned):
    class Fix(models.TextChoices):
        RETRY = "retry", "Retry"
        NEXT_ADDRESS = "next_address", "Try next address"
        OTHER_LINE = "other_line", "Send from another line"
        SMS = "sms", "Send as SMS"
        FALLBACK = "fallback", "Enable SMS fallback and retry"
        RECHECK = "recheck", "Check iMessage again"
        EXCLUDE = "exclude", "Exclude contact"
        HANDLED = "handled", "Mark as handled"

    class State(models.TextChoices):
        GATHERING = "gathering", "Starting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    AT_WORK = (State.GATHERING, State.RUNNING)

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    fix = models.CharField(max_length=12, choices=Fix)
    line = models.ForeignKey(Line, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Of another line.")
    group = models.JSONField(default=dict, help_text="The messages it is for: cause, line, campaign; empty: chosen one by one.")
    state = models.CharField(max_length=9, choices=State)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = OwnedManager["Repair"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="repair_public_id")]
        indexes = [
            models.Index(fields=["workspace", "-created_at", "-id"], name="repair_newest"),
            models.Index(fields=["id"], condition=Q(state__in=("gathering", "running")), name="repair_at_work"),
        ]

    def __str__(self) -> str:
        return self.get_fix_display()

    @property
    def at_work(self) -> bool:
        return self.state in self.AT_WORK


class RepairItem(Owned):
    """One message of a repair, and what came of it."""

    class Outcome(models.TextChoices):
        WAITING = "", "Waiting"
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"

    repair = models.ForeignKey(Repair, on_delete=models.CASCADE, related_name="items", db_index=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True, default=Outcome.WAITING)
    why = models.CharField(max_length=300, blank=True, help_text="Why it was skipped.")

    objects = OwnedManager["RepairItem"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repair", "message"], name="repair_item_once")]
        indexes = [models.Index(fields=["repair", "outcome", "id"], name="repair_item_by_outcome")]

    def __str__(self) -> str:
        return f"{self.repair_id}: {self.message_id} {self.outcome}"
