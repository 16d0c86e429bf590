"""A workspace filled for measuring agrees with itself: counts, columns and messages."""

from __future__ import annotations

from collections import Counter

from django.test import Client

from conversations import summary
from conversations.benches import scaling
from conversations.inbox import upkeep
from conversations.models import Conversation, Message
from tests.conversations.views.pages import names_of
from workspaces.models import Workspace


def test_its_columns_say_what_its_messages_say(northwind: Workspace, bobs: Client) -> None:
    scaling.fill(northwind, 300, 3)
    assert Conversation.objects.of(northwind).count() == 300
    assert Message.objects.of(northwind).count() == 900
    assert not upkeep.drift()
    before = Counter(Conversation.objects.of(northwind).values_list("last_direction", "status", "preview"))
    sent = Conversation.objects.of(northwind).exclude(status__in=["draft", "scheduled"])
    summary.refresh(sent.values_list("pk", flat=True))
    assert Counter(Conversation.objects.of(northwind).values_list("last_direction", "status", "preview")) == before
    assert len(names_of(bobs.get("/w/northwind/imessages/"))) == 50
    assert names_of(bobs.get("/w/northwind/imessages/", {"q": "meeting"}))
