from __future__ import annotations

from django.db import models

from conversations.models.conversation import Conversation
from workspaces.ids import ID_LENGTH
from workspaces.owned import Owned, OwnedManager


class FormerConversation(Owned):
    """A conversation that became part of another one: its old URL redirects there.

    Written by `conversations.receiving.linking`.
    """

    public_id = models.CharField(max_length=ID_LENGTH)
    became = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="formers")

    objects = OwnedManager["FormerConversation"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "public_id"], name="former_conversation_public_id")]

    def __str__(self) -> str:
        return f"{self.public_id}, now {self.became_id}"
