"""Deleting a conversation for good (S2-49..S2-51, R11).

What goes: messages, files, notes, tasks, and the words in what gateways told us. What stays: opt-outs, exclusions, the
proof of consent, and an entry of the audit log with the counts. The identities of the gateway's events stay too, so that
catching up with the gateway does not bring the messages back.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from conversations.changes import announce
from conversations.models import Attachment, Conversation, Message, Note, Task
from conversations.refusals import Refused
from conversations.sending import stopping
from conversations.vocabulary import Origin, State
from leads.models import ConsentEvent
from lines.models import InboundEvent
from workspaces import audit
from workspaces.audit import Actor
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Loss:
    """What deleting takes away, for the person to read before and for the audit log afterwards."""

    messages: int
    files: int
    notes: int
    tasks: int
    queued: int  # messages that would still have been sent


def loss_of(conversation: Conversation) -> Loss:
    messages = Message.objects.of(conversation.workspace).filter(conversation=conversation)
    return Loss(
        messages=messages.count(),
        files=Attachment.objects.of(conversation.workspace).filter(message__conversation=conversation).count(),
        notes=Note.objects.of(conversation.workspace).filter(conversation=conversation).count(),
        tasks=Task.objects.of(conversation.workspace).filter(conversation=conversation).count(),
        queued=messages.filter(state=State.QUEUED).count(),
    )


@transaction.atomic
def delete(conversation: Conversation, *, by: Actor) -> Loss:
    """Delete it, and say what went. Raises Refused while one of its messages is being sent.

    1. Lock its messages: what waits cannot be claimed by a sender any more, and what was claimed is seen.
    2. Take the contact out of their campaigns; keep the proof of consent where only the message itself has it.
    3. Take the words out of the gateway's events, delete the rows, and after commit the files.
    """
    workspace = conversation.workspace
    messages = Message.objects.of(workspace).filter(conversation=conversation)
    list(messages.filter(state__in=[State.QUEUED, State.SENDING]).select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    if messages.filter(state=State.SENDING).exists():
        raise Refused("A message is being sent at this moment. Try again in a few seconds, when it is known what became of it.")
    loss = loss_of(conversation)
    stopping.stop_for_deletion(conversation)
    _keep_proof(conversation)
    _forget_events(conversation)
    files = Attachment.objects.of(workspace).filter(message__conversation=conversation).exclude(file="")
    names = set(files.values_list("file", flat=True))
    audit.record(by, workspace, "conversation.deleted", target=str(conversation), address=conversation.address, **asdict(loss))
    announce(workspace.pk, [conversation.pk])
    Conversation.objects.of(workspace).filter(pk=conversation.pk).delete()
    transaction.on_commit(lambda: _remove(workspace, names), robust=True)
    return loss


def _keep_proof(conversation: Conversation) -> None:
    sent = Message.objects.of(conversation.workspace).filter(
        conversation=conversation, origin=Origin.CONSENT, sent_at__isnull=False
    )
    written = ConsentEvent.objects.of(conversation.workspace).filter(kind=ConsentEvent.Kind.CONSENT_SENT)
    for message in sent.select_related("line"):
        assert message.sent_at
        if written.filter(value=message.address, asked_at=message.sent_at).exists():
            continue
        ConsentEvent.objects.create(
            workspace_id=conversation.workspace_id,
            asked_at=message.sent_at,
            kind=ConsentEvent.Kind.CONSENT_SENT,
            value=message.address,
            lead_id=conversation.lead_id,
            name=conversation.contact_name,
            source=ConsentEvent.Source.SYSTEM,
            channel=message.channel,
            line=message.line.address if message.line else "",
            text=message.body[:1000],
            note="Kept when the conversation was deleted",
        )


def _forget_events(conversation: Conversation) -> None:
    """The payload goes, the identity stays. One that was edited is found by its message, the others by their key."""
    known = Message.objects.of(conversation.workspace).filter(conversation=conversation).exclude(vendor_id="")
    by_line: dict[int, list[str]] = {}
    edited: dict[int, list[str]] = {}
    for line_id, vendor_id, at, gone in known.values_list("line_id", "vendor_id", "edited_at", "retracted_at"):
        by_line.setdefault(line_id, []).append(f"m:{vendor_id}"[:200])
        if at or gone:
            edited.setdefault(line_id, []).append(vendor_id)
    blank = {"payload": {}, "applied_at": timezone.now()}
    for line_id, keys in by_line.items():
        InboundEvent.objects.of(conversation.workspace).filter(line_id=line_id, dedupe_key__in=keys).update(**blank)
    for line_id, ids in edited.items():
        mine = InboundEvent.objects.of(conversation.workspace).filter(line_id=line_id, vendor_message_id__in=ids, kind="message")
        mine.update(**blank)


def _remove(workspace: Workspace, names: set[str]) -> None:
    """Files that no other message shows; a retry shares those of what it repeats."""
    for name in names - set(Attachment.objects.of(workspace).filter(file__in=names).values_list("file", flat=True)):
        default_storage.delete(name)
