from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR

from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class CannedResponse(Owned):
    """A text written beforehand, for one of three uses (S2-16).

    A reply is put into the composer by a person. The others are automation: they answer by themselves, at most once
    per contact within `every_hours`, and never to contacts who opted out.
    """

    class Use(models.TextChoices):
        REPLY = "reply", "Reply, chosen by hand"
        AWAY = "away", "Away message"
        KEYWORD = "keyword", "Automatic reply to a keyword"

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    name = models.CharField(max_length=80)
    body = models.TextField()
    use = models.CharField(max_length=7, choices=Use, default=Use.REPLY)
    enabled = models.BooleanField(default=True)
    keywords = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="The whole message, in any case.")
    office_from = models.TimeField(null=True, blank=True, help_text="Away before this, in the workspace's zone.")
    office_until = models.TimeField(null=True, blank=True, help_text="Away from this on.")
    office_days = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="0 is Monday; away on the others."
    )
    every_hours = models.PositiveSmallIntegerField(default=24, validators=[MinValueValidator(1), MaxValueValidator(720)])
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["CannedResponse"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="canned_public_id"),
            models.UniqueConstraint("workspace", Lower("name"), name="canned_named_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "use"], condition=Q(enabled=True) & ~Q(use="reply"), name="canned_automatic"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def attended(self) -> str:
        """When somebody is there and the away message is silent, in words: "Mon, Tue, Wed, 09:00 to 17:00"."""
        hours = f"{self.office_from:%H:%M} to {self.office_until:%H:%M}" if self.office_from and self.office_until else ""
        return ", ".join([*(str(WEEKDAYS_ABBR[day]) for day in sorted(self.office_days)), *filter(None, [hours])])
