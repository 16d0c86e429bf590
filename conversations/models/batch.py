"""One text to many leads: who it is for, what is asked, and what became of it for each of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from conversations.models.message import Message
from conversations.vocabulary import Channel, SkipReason
from leads.models import Lead
from lines.models import Line
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Batch(Owned):
    """A text from its first word to its last message (S1-29 to S1-35).

    `state` is what we do with it; how far it has come is counted over its rows, never kept. `position` is the last
    recipient whose message is made or skipped, `paused_at` stands across all states.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Not sent yet"
        MAKING = "making", "Preparing"
        MADE = "made", "Under way"
        CANCELLING = "cancelling", "Cancelling"
        CANCELLED = "cancelled", "Cancelled"
        DISCARDED = "discarded", "Discarded"

    AT_WORK = (State.MAKING, State.CANCELLING)
    OPEN = (State.MAKING, State.MADE)

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    state = models.CharField(max_length=10, choices=State)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    query = models.TextField(blank=True, help_text="The filters of the leads table; empty where leads were ticked.")
    source = models.CharField(max_length=300, blank=True, help_text="Whom it is for, in words.")

    # What was asked for.
    body = models.TextField(blank=True, help_text="With its merge fields (campaigns.merge).")
    channel = models.CharField(max_length=8, choices=Channel, blank=True, help_text="Empty: chosen for each lead.")
    line = models.ForeignKey(Line, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Empty: chosen for each lead.")
    scheduled_at = models.DateTimeField(null=True)
    skip_missing = models.BooleanField(default=False, help_text="Leads that lack a field without a fallback are left out.")

    # How far it is.
    confirmed_at = models.DateTimeField(null=True, help_text="When a person said send.")
    release_at = models.DateTimeField(null=True, help_text="Nothing leaves before this: until then it can be undone.")
    position = models.BigIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OwnedManager["Batch"]()

    class Meta:
        verbose_name_plural = "batches"
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="batch_public_id")]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="batch_newest"),
            models.Index(fields=["id"], condition=Q(state__in=("making", "cancelling")), name="batch_at_work"),
        ]

    def __str__(self) -> str:
        return f"Batch {self.public_id}"

    @property
    def at_work(self) -> bool:
        return self.state in self.AT_WORK


class Recipient(Owned):
    """A lead of a batch: its message once that is made, or why there is none."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+", db_index=False)
    skipped = models.CharField(max_length=15, choices=SkipReason, blank=True, help_text="Why no message was made.")
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, related_name="+", help_text="The newest, where it was sent again."
    )

    objects = OwnedManager["Recipient"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "lead"], name="in_a_batch_once")]
        indexes = [
            models.Index(fields=["batch", "id"], name="recipient_next"),
            models.Index(fields=["lead", "-id"], name="recipient_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.lead_id}"
