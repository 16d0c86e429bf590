from __future__ import annotations

from django.db import models

from conversations.models.message import Message
from workspaces.owned import Owned, OwnedManager


class Farewell(Owned):
    """Marks the last message that a contact was sent before opting out; reports count it against its campaign and step.

    A trigger writes it in the transaction of the opt-out (migration 0014). It stays when the opt-out is lifted.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="+")

    objects = OwnedManager["Farewell"]()

    def __str__(self) -> str:
        return f"before an opt-out: {self.message_id}"
