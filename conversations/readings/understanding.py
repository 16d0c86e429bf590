"""What replies mean, read on this machine as they come in, and what follows at once.

A sure opt-out suppresses the person; a suspected one holds automation until somebody has judged it; everything else is
shown. What a person says about a reply stands: a machine's reading of the same reply never replaces it.
"""

from __future__ import annotations

from typing import Final

import structlog
from django.db import transaction

from conversations.changes import announce
from conversations.models import Message
from conversations.readings import second_opinions, verdicts
from intent import classifier
from intent.vocabulary import OptOut, Verdict
from leads import optouts

log = structlog.get_logger(__name__)

BATCH: Final = 50


def read_waiting() -> int:
    """Read all replies that wait for it; how many."""
    read = 0
    while batch := read_batch():
        read += batch
    return read


@transaction.atomic
def read_batch() -> int:
    """One batch: take unread replies, read each in its thread, then act under the people's locks."""
    rows = list(
        Message.objects.select_related("conversation", "workspace", "line")
        .filter(intent_due=True)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .order_by("pk")[:BATCH]
    )
    read = {message: verdict for message in rows if (verdict := _read(message))}
    flagged = [message for message, verdict in read.items() if verdict.opt_out != OptOut.NONE]
    optouts.hold_alone((message.workspace_id, message.address) for message in flagged)
    for message, verdict in read.items():
        verdicts.keep(message, verdict)
    second_opinions.want(read)
    Message.objects.filter(pk__in=[message.pk for message in rows]).update(intent_due=False)
    for message in read:
        announce(message.workspace_id, [message.conversation_id])
    return len(rows)


def _read(message: Message) -> Verdict | None:
    """The verdict on one reply; None where there is nothing to read or the model cannot."""
    try:
        return classifier.read(verdicts.turns_of(message))
    except Exception:  # a reply that cannot be read stays unclassified; it must not hold up the others
        log.exception("reply_not_read", message=message.public_id)
        return None
