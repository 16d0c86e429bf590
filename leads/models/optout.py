from __future__ import annotations

from django.db import models
from django.utils import timezone

from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class OptOut(Owned):
    """An address that must not be messaged, whoever stands behind it, on any line and channel of the workspace.

    Standing while `lifted_at` is empty. A lifted one stays as history; a new request makes a new row.
    """

    class Source(models.TextChoices):
        KEYWORD = "keyword", "Keyword from the contact"
        PERSON = "person", "Entered by a person"
        GATEWAY = "gateway", "Reported by the gateway"

    value = models.CharField(max_length=254, help_text="E.164, or the email address in lower case.")
    source = models.CharField(max_length=8, choices=Source)
    text = models.CharField(max_length=500, blank=True, help_text="The words that asked for it.")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    honoured_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, help_text="When the person asked to be messaged again.")
    lifted_text = models.CharField(max_length=500, blank=True)

    objects = OwnedManager["OptOut"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "value"], condition=models.Q(lifted_at=None), name="one_standing_optout_per_address"
            )
        ]

    def __str__(self) -> str:
        return self.value
