from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.campaign import Campaign
from campaigns.models.workflow import Version
from campaigns.vocabulary import UNDER_WAY, EnrolmentState, Source, StopReason
from leads.models import Lead
from lines.models import Line
from workspaces.ids import ID_LENGTH, new_public_id
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Enrolment(Owned):
    """A lead's way through a campaign. At most one under way per campaign and lead."""

    public_id = models.CharField(max_length=ID_LENGTH, default=new_public_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="enrolments", db_index=False)
    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, null=True, related_name="+", help_text="What it follows; set when its first step begins."
    )
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="enrolments")
    address = models.CharField(max_length=254, blank=True, help_text="Where it writes to; empty: chosen at each message.")
    line = models.ForeignKey(Line, on_delete=models.SET_NULL, null=True, related_name="+", help_text="The line it keeps to.")
    state = models.CharField(max_length=9, choices=EnrolmentState, default=EnrolmentState.ACTIVE)
    stop_reason = models.CharField(max_length=16, choices=StopReason, blank=True)
    stop_detail = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=9, choices=Source)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(
        null=True, help_text="Its first step exists since then; empty: the campaign has yet to take it up."
    )
    replied_at = models.DateTimeField(null=True, help_text="Their reply that the workflow goes on with.")
    resumed_at = models.DateTimeField(null=True, help_text="When it last went on after a pause of its own.")
    at = models.DateTimeField(default=timezone.now, help_text="When its state last changed.")
    ended_at = models.DateTimeField(null=True)

    objects = OwnedManager["Enrolment"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="enrolment_public_id"),
            models.UniqueConstraint(fields=["campaign", "lead"], condition=Q(state__in=UNDER_WAY), name="enrolled_once_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["campaign", "state", "-id"], name="enrolment_by_state"),
            models.Index(fields=["campaign", "-id"], name="enrolment_newest"),
            models.Index(fields=["workspace", "-created_at", "-id"], include=["campaign", "line"], name="enrolment_made"),
            models.Index(
                fields=["campaign", "id"], condition=Q(state=EnrolmentState.ACTIVE, begun_at=None), name="enrolment_to_begin"
            ),
            models.Index(fields=["lead"], condition=Q(state__in=UNDER_WAY), name="enrolment_under_way"),
            models.Index(fields=["resumed_at"], condition=Q(resumed_at__isnull=False), name="enrolment_resumed"),
        ]

    def __str__(self) -> str:
        return f"{self.lead} in {self.campaign}"
