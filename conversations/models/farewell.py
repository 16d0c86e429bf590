from __future__ import annotations

from django.db import models

from conversations.models.message import Message
from workspaces.owned import Owned, OwnedManager


class Farewell(Owned):
    """The last message before a contact opted out, as it was known when they did: reports count it.

    Written by the database in the transaction of the opt-out (migration 0014); lifting an opt-out does not unsay it.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="+")

    objects = OwnedManager["Farewell"]()

    def __str__(self) -> str:
        return f"before an opt-out: {self.message_id}"
