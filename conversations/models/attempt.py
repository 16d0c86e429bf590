from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from conversations.models.message import Message
from conversations.vocabulary import AttemptState, Channel
from lines.models import Line
from workspaces.owned import Owned, OwnedManager


class Attempt(Owned):
    """One try to hand a message to a gateway, committed before the network is spoken to.

    A message has at most one attempt whose outcome is open. SMS fallback is attempt n + 1 of the same message.
    """

    OUTSTANDING = (AttemptState.OPEN, AttemptState.UNKNOWN)

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    n = models.PositiveSmallIntegerField()
    line = models.ForeignKey(Line, on_delete=models.SET_NULL, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    client_guid = models.UUIDField(default=uuid.uuid4, help_text="Our key at the gateway; reused until a definite refusal.")
    state = models.CharField(max_length=8, choices=AttemptState, default=AttemptState.OPEN)
    reason = models.CharField(max_length=20, blank=True)
    vendor_code = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    vendor_id = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text="Failed after it had been accepted.")
    look_ups = models.PositiveSmallIntegerField(default=0, help_text="How often the gateway was asked about it.")
    look_up_at = models.DateTimeField(null=True, help_text="When to ask next.")

    objects = OwnedManager["Attempt"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "n"], name="attempt_number"),
            models.UniqueConstraint(fields=["message"], condition=Q(state__in=["open", "unknown"]), name="one_outstanding_attempt"),
            models.UniqueConstraint(fields=["line", "vendor_id"], condition=~Q(vendor_id=""), name="attempt_bound_once"),
        ]
        indexes = [
            models.Index(fields=["client_guid"], name="attempt_by_client_guid"),
            models.Index(fields=["state", "look_up_at"], condition=Q(state__in=["open", "unknown"]), name="attempt_outstanding"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.n} of {self.message_id}"
