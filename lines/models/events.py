"""What gateways told us, stored once before it is answered and applied afterwards."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from lines.models.line import Line
from workspaces.owned import Owned, OwnedManager


class InboundEvent(Owned):
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="events")
    dedupe_key = models.CharField(max_length=200, help_text="The gateway's identity of this event.")
    kind = models.CharField(max_length=20, help_text="message, status, reaction or line")
    vendor_message_id = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(help_text="The typed event; lines.gateways.base.event_from_json reads it.")
    received_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(default=timezone.now, help_text="Not looked at again before this.")
    tries = models.PositiveSmallIntegerField(default=0)
    parked_at = models.DateTimeField(null=True, help_text="Set aside after too many tries; visible to ops.")
    error = models.TextField(blank=True)

    objects = OwnedManager["InboundEvent"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "dedupe_key"], name="event_stored_once")]
        indexes = [
            models.Index(
                fields=["retry_at", "id"],
                condition=models.Q(applied_at=None, parked_at=None),
                name="event_waiting",
            ),
            models.Index(
                fields=["line", "vendor_message_id"],
                condition=models.Q(applied_at=None),
                name="event_waiting_for_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe_key}"
