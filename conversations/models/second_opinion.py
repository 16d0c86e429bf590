from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.message import Message
from workspaces.owned import Owned, OwnedManager


class SecondOpinion(Owned):
    """A reply that a language model is to be asked about, because the workspace wants that and the reader was unsure.

    Asked at most once. What comes of it is an IntentReading; where nothing comes, the first reading stands.
    """

    class State(models.TextChoices):
        DUE = "due", "To be asked"
        ASKED = "asked", "Asked"
        ANSWERED = "answered", "Answered"
        FAILED = "failed", "No answer"

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="second_opinion")
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    why = models.CharField(max_length=200, blank=True, help_text="Why there is no answer.")
    at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True)

    objects = OwnedManager["SecondOpinion"]()

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="second_opinion_due", condition=models.Q(state="due")),
            models.Index(fields=["workspace", "-asked_at"], name="second_opinion_asked"),
        ]
