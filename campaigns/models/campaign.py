from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from campaigns.vocabulary import Overlap
from lines.models import Line
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Campaign(Owned):
    """Outreach to many leads under one name. Conversations say which one they came of."""

    class Kind(models.TextChoices):
        WORKFLOW = "workflow", "Workflow"
        DRIP = "drip", "Drip"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        FINISHED = "finished", "Finished"  # everybody is through; it runs again as soon as somebody is in it
        STOPPED = "stopped", "Stopped"  # by a person, for good

    UNDER_WAY = (Status.RUNNING, Status.PAUSED)

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.WORKFLOW)
    name = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    status_at = models.DateTimeField(default=timezone.now)
    sender = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", help_text="In whose name it writes; merge fields name them."
    )
    version = models.ForeignKey(
        "campaigns.Version", on_delete=models.SET_NULL, null=True, related_name="+", help_text="The one that new enrolments follow."
    )
    overlap = models.CharField(max_length=5, choices=Overlap, default=Overlap.SKIP)
    send_from = models.TimeField(null=True, blank=True, help_text="Empty: the workspace's hours. Where the lead is.")
    send_until = models.TimeField(null=True, blank=True)
    send_days = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="1 Monday to 7 Sunday; empty: the workspace's days."
    )
    approval_asked_at = models.DateTimeField(null=True)
    approval_asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)

    objects = OwnedManager["Campaign"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="campaign_public_id")]
        indexes = [models.Index(fields=["workspace", "-created_at", "-id"], name="campaign_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_drip(self) -> bool:
        return self.kind == self.Kind.DRIP


class CampaignLine(Owned):
    """A line that a campaign may send over. With none, every line of the workspace that sends."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="line_choices")
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="+")

    objects = OwnedManager["CampaignLine"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "line"], name="campaign_has_line_once")]

    def __str__(self) -> str:
        return f"{self.campaign} over {self.line}"
