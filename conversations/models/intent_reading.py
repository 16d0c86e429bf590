from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.conversation import Conversation
from conversations.models.message import Message
from intent import vocabulary as intent
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class IntentReading(Owned):
    """What a reply was taken to mean, by the classifier or by a person. Only ever added to; the newest by a person
    outranks every reading of the same message by a machine."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="intent_readings")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="intent_readings")
    status = models.CharField(max_length=8, choices=intent.Status)
    reason = models.CharField(max_length=16, choices=intent.Reason, blank=True)
    opt_out = models.CharField(max_length=7, choices=intent.OptOut, default=intent.OptOut.NONE)
    score = models.PositiveSmallIntegerField(help_text="0 to 100")
    confidence = models.FloatField(null=True, help_text="0 to 1, that status and reason are both right; empty: a person's word.")
    layer = models.CharField(max_length=7, choices=intent.Layer)
    evidence = models.CharField(max_length=300, blank=True, help_text="The words that decided.")
    model_version = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["IntentReading"]()

    class Meta:
        indexes = [
            models.Index(fields=["message", "-at"], name="intent_reading_of_message"),
            models.Index(fields=["workspace", "-at"], name="intent_reading_by_machine", condition=~models.Q(layer="person")),
            models.Index(fields=["workspace", "-at"], name="intent_reading_by_person", condition=models.Q(layer="person")),
        ]

    @property
    def uncertain(self) -> bool:
        """Whether a person should look (S0-88)."""
        return self.confidence is not None and self.confidence < intent.REVIEW_BELOW

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.get_status_display(), self.get_reason_display())))
