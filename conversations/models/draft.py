from __future__ import annotations

from django.db import models
from django.utils import timezone

from conversations.models.conversation import Conversation
from workspaces.models import User
from workspaces.owned import Owned, OwnedManager


class Draft(Owned):
    """What somebody has begun to write in a thread and not sent yet: one per person and conversation.

    It is the text alone, never a message: nothing that looks for messages finds it.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    against = models.BigIntegerField(default=0, help_text="The newest message of the thread that its writer had seen.")
    updated_at = models.DateTimeField(default=timezone.now)

    objects = OwnedManager["Draft"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "conversation", "user"], name="one_draft_per_person_and_conversation")
        ]

    def __str__(self) -> str:
        return f"draft of {self.user}"
