"""What stands in a thread beside its messages: notes of the team, and what was done with the conversation."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.conversation import Conversation
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Note(Owned):
    """Words for colleagues inside a thread: never sent, never shown to the contact (S2-08)."""

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes")
    body = models.TextField()
    source = models.CharField(
        max_length=60, blank=True, help_text="Where it came from: Voicemail transcript, CRM. Empty: a person."
    )
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["Note"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="note_public_id")]
        indexes = [models.Index(fields=["conversation", "-at"], name="note_in_thread")]

    def __str__(self) -> str:
        return self.body[:60]


class ThreadEvent(Owned):
    """One thing that was done with a conversation, as a line in its thread. Written by `conversations.happenings`."""

    class Kind(models.TextChoices):
        HANDLED = "handled", "Marked as handled"
        ARCHIVED = "archived", "Archived"
        UNARCHIVED = "unarchived", "Back among the active ones"
        ASSIGNED = "assigned", "Assigned"
        SNOOZED = "snoozed", "Snoozed"
        STOPPED = "stopped", "Follow-ups stopped"
        EXCLUDED = "excluded", "Excluded"
        TAGGED = "tagged", "Tagged"
        UNTAGGED = "untagged", "Tag taken off:"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="happenings")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=300, blank=True, help_text="In addition to the kind: to whom, until when.")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Empty: the product itself.")
    at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["ThreadEvent"]()

    class Meta:
        indexes = [models.Index(fields=["conversation", "-at"], name="thread_event_in_thread")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}".strip()
