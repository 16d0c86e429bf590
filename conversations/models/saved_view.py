from __future__ import annotations

from django.db import models
from django.utils import timezone

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class SavedView(Owned):
    """Filters under a name, for their owner alone or for everyone in the workspace."""

    class Page(models.TextChoices):
        IMESSAGES = "imessages", "iMessages"
        OVERVIEW = "overview", "Overview"

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    page = models.CharField(max_length=9, choices=Page, default=Page.IMESSAGES)
    query = models.CharField(max_length=1000, blank=True, help_text="The filters as they stand in the address.")
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["SavedView"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="saved_view_public_id"),
            models.UniqueConstraint(fields=["workspace", "owner", "name"], name="one_saved_view_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
