"""From recipients to messages: in chunks of one transaction each, by whichever worker holds the batch.

Each chunk moves the batch's position on with the messages it has made, so a worker that is killed loses only a chunk that
was never committed. And a lead's message has its own key in the batch: made twice, it is the same message.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from conversations.batches import people
from conversations.batches.people import Person
from conversations.models import Batch, Conversation, Message, Recipient
from conversations.sending.choosing import choose_lines
from conversations.sending.compose import Outgoing, compose_all
from conversations.thread import opening
from conversations.thread.opening import Going
from conversations.vocabulary import Origin, SkipReason
from lines.models import Line

State = Batch.State


@transaction.atomic
def chunk(batch_id: int) -> bool:
    """Make the next messages. False when somebody else is at it, or nothing is to be made.

    1. Hold the batch, so that one worker makes it; a pause or an end waits for the chunk.
    2. See who is reached where, as it stands now; the others are marked with the reason.
    3. Choose the lines, open the threads, make the messages, move on.
    """
    held = Batch.objects.filter(pk=batch_id, state=State.MAKING).select_for_update(skip_locked=True, of=("self",))
    batch = held.select_related("workspace", "by", "line").first()
    if batch is None or batch.release_at is None:
        return False
    found = people.some(batch, after=batch.position)
    if not found:
        Batch.objects.filter(pk=batch.pk).update(state=State.MADE)
        return False
    _make(batch, found)
    Batch.objects.filter(pk=batch.pk).update(position=found[-1].recipient.pk)
    return True


def _make(batch: Batch, found: Sequence[Person]) -> None:
    going = [one for one in found if not one.skip]
    lines = choose_lines(batch.workspace, [one.address for one in going], people.ways(batch).lines)
    threads = _threads(batch, [Going(one.lead, one.address, line) for one in going if (line := lines[one.address])])
    has = set(Message.objects.filter(batch=batch, conversation__in=threads.values()).values_list("conversation", flat=True))
    messages: dict[int, Outgoing] = {}
    for one in going:
        line, thread = lines[one.address], threads.get(one.lead.pk)
        if line and thread and thread.pk not in has:
            messages[one.recipient.pk] = _message(batch, one, thread, line)
    made = compose_all(batch.workspace, list(messages.values()))
    for one in found:
        row = one.recipient
        if message := messages.get(row.pk):
            row.message = made[message.dedupe_key]
        else:
            row.skipped = one.skip or (SkipReason.SAME_PERSON if lines[one.address] else SkipReason.NO_LINE)
    Recipient.objects.bulk_update([one.recipient for one in found], ["message", "skipped"])


def _message(batch: Batch, person: Person, thread: Conversation, line: Line) -> Outgoing:
    return Outgoing(
        conversation=thread,
        body=person.body,
        origin=Origin.BATCH,
        dedupe_key=key_of(batch, person.recipient),
        author=batch.by,
        line=line,
        channel=batch.channel,
        scheduled_at=batch.scheduled_at,
        not_before=batch.release_at,
        batch=batch,
    )


def key_of(batch: Batch, recipient: Recipient) -> str:
    return f"batch:{batch.pk}:{recipient.lead_id}"


def _threads(batch: Batch, going: Sequence[Going]) -> dict[int, Conversation]:
    """{lead: their thread}, which goes to the address that was chosen; its line stays, for people who write meanwhile."""
    threads = opening.open_all(batch.workspace, going)
    moved = []
    for one in going:
        thread = threads[one.lead.pk]
        if thread.address != one.address:
            thread.address = one.address
            moved.append(thread)
    Conversation.objects.bulk_update(moved, ["address"])
    return threads
