"""Threads with an address that has become a lead's since, who was entered or imported, or has got one more address.

Saving the person from the thread links the two at once (`linking.link`); leads know no threads, so what happens to leads is seen
here, by looking.
"""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Exists, OuterRef

from conversations.models import Conversation
from conversations.receiving import linking
from leads.models import Address

MOST: Final = 500
"""Threads of one look."""


def recognise(most: int = MOST) -> int:
    """Link threads without a lead to the lead whose address theirs is by now; how many. Can be lost, doubled and killed."""
    theirs = Address.objects.filter(workspace=OuterRef("workspace"), value=OuterRef("address"))
    # In no order: then an index of those without a lead is read, and not all threads in the order of their keys.
    unknown = Conversation.objects.filter(Exists(theirs), lead=None).order_by()
    return sum(map(_link, list(unknown.values_list("pk", flat=True)[:most])))


def _link(conversation_id: int) -> bool:
    """Whether it was linked; not where somebody else was quicker, or is about to: the next look sees what remains."""
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
