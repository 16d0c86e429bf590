"""Linking threads whose address has become a lead's since: the lead was entered or imported, or got one more address.

Saving the person from the thread links the two at once (`linking.link`). Changes on the side of leads, which know nothing of
threads, are found here by looking at the rows.
"""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Exists, OuterRef

from conversations.models import Conversation
from conversations.receiving import linking
from leads.models import Address

MOST: Final = 500
"""Threads linked by one call, at most."""


def recognise(most: int = MOST) -> int:
    """Link threads to the lead that their address belongs to by now; how many. May be lost, doubled or killed without harm."""
    theirs = Address.objects.filter(workspace=OuterRef("workspace"), value=OuterRef("address"))
    # Unordered, so that the index of threads without a lead is read, and not all threads in the order of their keys.
    unknown = Conversation.objects.filter(Exists(theirs), lead=None).order_by()
    return sum(map(_link, list(unknown.values_list("pk", flat=True)[:most])))


def _link(conversation_id: int) -> bool:
    """Whether it was linked; not where somebody else was quicker, or is about to. The next call finds what remains."""
    try:
        with transaction.atomic():
            conversation = Conversation.objects.select_related("workspace").filter(pk=conversation_id, lead=None).first()
            if conversation is None:
                return False
            owner = Address.objects.of(conversation.workspace).filter(value=conversation.address).select_related("lead").first()
            if owner is None:
                return False
            linking.link(conversation, owner.lead, by=None)
    except (IntegrityError, OperationalError):
        return False
    return True
