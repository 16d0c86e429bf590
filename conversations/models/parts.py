"""What hangs on a message: pictures and videos, and tapbacks."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.message import Message
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.owned import Owned, OwnedManager


def attachment_path(attachment: Attachment, filename: str) -> str:
    """Unguessable, and without the sender's file name, which is only ever a label."""
    return f"{attachment.workspace_id}/{attachment.public_id}"


class Attachment(Owned):
    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to=attachment_path, blank=True, help_text="Empty until fetched from the gateway.")
    filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(null=True, help_text="bytes")
    vendor_id = models.CharField(max_length=200, blank=True)
    fetch_at = models.DateTimeField(null=True, help_text="When to fetch it from the gateway; empty: nothing to do.")
    tries = models.PositiveSmallIntegerField(default=0)

    objects = OwnedManager["Attachment"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="attachment_public_id")]
        indexes = [models.Index(fields=["fetch_at"], condition=models.Q(fetch_at__isnull=False), name="attachment_to_fetch")]

    def __str__(self) -> str:
        return self.filename


class Reaction(Owned):
    """A tapback or emoji on a message. A removed one leaves the thread but not the record."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    from_us = models.BooleanField()
    tapback = models.CharField(max_length=20, help_text="love, like, dislike, laugh, emphasize, question, or an emoji")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    objects = OwnedManager["Reaction"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "from_us", "tapback"], name="one_reaction_of_a_kind_per_side")]

    def __str__(self) -> str:
        return self.tapback
