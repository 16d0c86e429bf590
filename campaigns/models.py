from __future__ import annotations

from django.db import models
from django.utils import timezone

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.owned import Owned, OwnedManager


class Campaign(Owned):
    """Outreach to many leads under one name. Conversations say which one they came of."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        FINISHED = "finished", "Finished"

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["Campaign"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="campaign_public_id")]
        indexes = [models.Index(fields=["workspace", "-created_at", "-id"], name="campaign_newest")]

    def __str__(self) -> str:
        return self.name
