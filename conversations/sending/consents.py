"""Which of a claim's messages need the consent message before them, and what became of it (S2-36, S2-38)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conversations.models import Conversation, Message
from conversations.vocabulary import Origin, State
from leads.models import ConsentEvent
from workspaces.models import Membership


@dataclass(frozen=True, slots=True)
class Consents:
    """`first`: messages that need one before them. `had`: messages to contacts who had it already, in a deleted conversation."""

    first: frozenset[int] = frozenset()
    had: frozenset[int] = frozenset()
    sent: dict[tuple[int, str], Message] = field(default_factory=dict)  # (workspace, dedupe key): the consent messages


def key(conversation: Conversation) -> str:
    return f"consent:{conversation.pk}"


def read(messages: Sequence[Message]) -> Consents:
    """By the workspace, or by the switch of the message's author. In up to three queries."""
    asking = [
        message
        for message in messages
        if message.workspace.consent_text and message.origin not in (Origin.CONSENT, Origin.CONFIRMATION)
    ]
    own = _own_switches(asking)
    asking = [
        message for message in asking if own.get((message.workspace_id, message.author_id or 0), message.workspace.consent_required)
    ]
    if not asking:
        return Consents()
    workspaces = {message.workspace_id for message in asking}
    made = Message.objects.filter(workspace__in=workspaces, dedupe_key__in={key(message.conversation) for message in asking})
    sent = {(message.workspace_id, message.dedupe_key): message for message in made} | _sent_again(made)
    unasked = [message for message in asking if (message.workspace_id, key(message.conversation)) not in sent]
    return Consents(frozenset(message.pk for message in asking), _had(unasked), sent)


def _sent_again(made: Iterable[Message]) -> dict[tuple[int, str], Message]:
    """The newest consent messages of conversations whose first one did not arrive."""
    lost = {message.conversation_id for message in made if message.state in (State.FAILED, State.CANCELLED)}
    rows = Message.objects.filter(conversation__in=lost, origin=Origin.CONSENT).order_by("pk") if lost else []
    return {(message.workspace_id, f"consent:{message.conversation_id}"): message for message in rows}


def _own_switches(messages: Sequence[Message]) -> dict[tuple[int, int], bool]:
    """{(workspace, user): whether consent goes first} of members for whom it is otherwise than the workspace says."""
    authors = {message.author_id for message in messages if message.author_id}
    if not authors:
        return {}
    members = Membership.objects.filter(workspace__in={message.workspace_id for message in messages}, user__in=authors)
    own = members.filter(consent_required__isnull=False).values_list("workspace_id", "user_id", "consent_required")
    return {(workspace, user): bool(required) for workspace, user, required in own}


def _had(messages: Sequence[Message]) -> frozenset[int]:
    """The ledger outlives the conversation (R11), so nobody is asked twice because somebody tidied up."""
    if not messages:
        return frozenset()
    told = ConsentEvent.objects.filter(
        workspace__in={message.workspace_id for message in messages},
        value__in={message.address for message in messages},
        kind=ConsentEvent.Kind.CONSENT_SENT,
    )
    known = set(told.values_list("workspace_id", "value"))
    return frozenset(message.pk for message in messages if (message.workspace_id, message.address) in known)


def had_consent(conversation: Conversation) -> bool:
    """Whether the ledger says that the contact had the consent message, also in a conversation that was deleted."""
    told = ConsentEvent.objects.of(conversation.workspace).filter(value=conversation.address, kind=ConsentEvent.Kind.CONSENT_SENT)
    return told.exists()
