from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.vocabulary import Channel, Direction, Family, MessageStatus
from intent import vocabulary as intent
from leads.models import Company, Lead
from lines.models import Line
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Conversation(Owned):
    """One person on one channel family; one row per list entry.

    Everything the list shows or filters is a column here, written by `conversations.summary` alone, so that the
    list is one index scan without a join.
    """

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    family = models.CharField(max_length=8, choices=Family, default=Family.PHONE)
    address = models.CharField(max_length=254, help_text="Where the next message goes: E.164 or email.")
    lead = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True, related_name="conversations")
    company = models.ForeignKey(Company, on_delete=models.SET_NULL, null=True, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.SET_NULL, null=True, related_name="+")
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    # What people decided about it.
    archived_at = models.DateTimeField(null=True)
    seen_through = models.BigIntegerField(default=0, help_text="The newest incoming message that was opened.")
    handled_through = models.BigIntegerField(default=0, help_text="The newest incoming message that was dismissed.")

    # The summary of its messages.
    contact_name = models.CharField(max_length=200, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    last_at = models.DateTimeField(default=timezone.now, help_text="Last activity; the list's order.")
    last_direction = models.CharField(max_length=3, choices=Direction, blank=True)
    last_channel = models.CharField(max_length=8, choices=Channel, blank=True)
    last_status = models.CharField(max_length=13, choices=MessageStatus, blank=True)
    last_reason = models.CharField(max_length=20, blank=True)
    preview = models.CharField(max_length=160, blank=True)
    unread = models.PositiveIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True, help_text="The contact waits for an answer since then (S0-14).")
    intent_status = models.CharField(max_length=8, choices=intent.Status, blank=True)
    intent_reason = models.CharField(max_length=16, choices=intent.Reason, blank=True)
    intent_score = models.PositiveSmallIntegerField(null=True, help_text="0 to 100")

    objects = OwnedManager["Conversation"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="conversation_public_id"),
            models.UniqueConstraint(
                fields=["workspace", "family", "lead"],
                condition=models.Q(lead__isnull=False),
                name="one_conversation_per_lead_and_family",
            ),
            models.UniqueConstraint(
                fields=["workspace", "family", "address"],
                condition=models.Q(lead__isnull=True),
                name="one_conversation_per_unknown_address",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "family", "-last_at", "-id"], name="conversation_newest"),
            models.Index(
                fields=["workspace", "family", "-last_at", "-id"],
                condition=models.Q(waiting_since__isnull=False),
                name="conversation_waiting",
            ),
            models.Index(fields=["workspace", "address"], name="conversation_by_address"),
        ]

    def __str__(self) -> str:
        return self.contact_name or self.address
