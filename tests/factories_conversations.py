"""Rows of lines, leads and threads for tests of pages: in any state, without sending anything."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from conversations import summary
from conversations.models import Attachment, Attempt, Conversation, Message, Reaction
from conversations.vocabulary import AttemptState, Channel, Direction, Origin, State
from leads.models import Address, Company, Lead
from lines.models import Line
from tests.core import make_line
from tests.factories import WorkspaceFactory

SUMMARY = [
    *("last_at", "last_direction", "last_channel", "last_status", "last_reason", "preview", "status", "fell_back", "unread"),
    *("waiting_since", "contact_name", "company_name", "icp_match", "campaign_name", "cell", "searched"),
]
"""The columns of a conversation that `summary.refresh` writes, and what the database makes of them."""

BY_DATABASE = ["campaign_id", "step", "variant", "persona", "icp", "ended_at", "status"]
"""The columns of a message that the database fills in."""


class LineFactory(DjangoModelFactory[Line]):
    class Meta:
        model = Line

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"Line {n}")

    @classmethod
    def _create(cls, model_class: type[Line], *args: Any, **values: Any) -> Line:
        """An active line whose inbox is current."""
        return make_line(values.pop("workspace"), **values)


class CompanyFactory(DjangoModelFactory[Company]):
    class Meta:
        model = Company

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"Company {n:03}")


class LeadFactory(DjangoModelFactory[Lead]):
    class Meta:
        model = Lead

    workspace = SubFactory(WorkspaceFactory)
    name = Sequence(lambda n: f"Lead {n:03}")


class AddressFactory(DjangoModelFactory[Address]):
    class Meta:
        model = Address

    lead = SubFactory(LeadFactory)
    workspace = SelfAttribute("lead.workspace")
    kind = Address.Kind.PHONE
    value = Sequence(lambda n: f"+1415555{n % 10_000:04}")


class ConversationFactory(DjangoModelFactory[Conversation]):
    class Meta:
        model = Conversation

    line = SubFactory(LineFactory)
    workspace = SelfAttribute("line.workspace")
    address = Sequence(lambda n: f"+1628555{n % 10_000:04}")
    contact_name = LazyAttribute(lambda one: one.lead.name if one.lead else "")
    company_name = LazyAttribute(lambda one: one.company.name if one.company else "")
    lead = None
    company = None


class AttemptFactory(DjangoModelFactory[Attempt]):
    class Meta:
        model = Attempt

    workspace = SelfAttribute("message.workspace")
    line = SelfAttribute("message.line")
    n = 1
    channel = Channel.IMESSAGE
    state = AttemptState.ACCEPTED


class ReactionFactory(DjangoModelFactory[Reaction]):
    class Meta:
        model = Reaction

    workspace = SelfAttribute("message.workspace")
    from_us = False
    tapback = "like"


class AttachmentFactory(DjangoModelFactory[Attachment]):
    class Meta:
        model = Attachment

    workspace = SelfAttribute("message.workspace")
    filename = "photo.png"
    content_type = "image/png"
    size = 8


def known(line: Line, name: str = "Priya Raman", *, company: str = "Ledgerline", **values: Any) -> Conversation:
    """A conversation with somebody who is known: lead, address and company."""
    firm = CompanyFactory.create(workspace=line.workspace, name=company, icp="Fintech 50–500", icp_match=True)
    lead = LeadFactory.create(
        workspace=line.workspace, name=name, company=firm, title="VP Finance", persona="Finance leader", persona_match=True
    )
    conversation: Conversation = ConversationFactory.create(line=line, lead=lead, company=firm, **values)
    AddressFactory.create(lead=lead, value=conversation.address)
    return conversation


def they_said(conversation: Conversation, body: str, *, ago: int = 0, **values: Any) -> Message:
    """An incoming message, `ago` minutes ago, with the conversation's row brought up to date."""
    return _kept(_theirs(conversation, body, ago, **values))


def we_said(conversation: Conversation, body: str, *, ago: int = 0, **values: Any) -> Message:
    """An outgoing message, sent `ago` minutes ago unless `values` say otherwise."""
    return _kept(_ours(conversation, body, ago, **values))


Told = tuple[Conversation, str, int]
"""Who wrote or was written to, what, and how many minutes ago."""


def they_said_all(told: Iterable[Told]) -> list[Message]:
    """Incoming messages as of `they_said`, in one go: for threads and lists of many."""
    return _kept_all([_theirs(*one) for one in told])


def we_said_all(told: Iterable[Told], **values: Any) -> list[Message]:
    return _kept_all([_ours(*one, **values) for one in told])


def _theirs(conversation: Conversation, body: str, ago: int, **values: Any) -> Message:
    told = {"state": State.RECEIVED, "channel": Channel.IMESSAGE, "vendor_id": uuid.uuid4().hex}
    return _row(conversation, body, Direction.INCOMING, ago, {**told, **values})


def _ours(conversation: Conversation, body: str, ago: int, **values: Any) -> Message:
    at = timezone.now() - timedelta(minutes=ago)
    sent = {"state": State.SENT, "sent_at": at, "channel": Channel.IMESSAGE}
    defaults = {} if values.get("state", State.SENT) != State.SENT else sent
    return _row(conversation, body, Direction.OUTGOING, ago, {"origin": Origin.PERSON, **defaults, **values})


def _row(conversation: Conversation, body: str, direction: Direction, ago: int, values: dict[str, Any]) -> Message:
    at: datetime = timezone.now() - timedelta(minutes=ago)
    return Message(
        **{
            "workspace": conversation.workspace,
            "conversation": conversation,
            "direction": direction,
            "line": conversation.line,
            "address": conversation.address,
            "body": body,
            "at": at,
            "created_at": at,
            **values,
        }
    )


def _kept(message: Message) -> Message:
    message.save(force_insert=True)
    summary.refresh([message.conversation_id])
    message.conversation.refresh_from_db(fields=SUMMARY)
    return _unread(message)


def _unread(message: Message) -> Message:
    """What the database has filled in is read when a test looks at it; hardly any does."""
    for name in BY_DATABASE:
        message.__dict__.pop(name, None)
    return message


def _kept_all(messages: list[Message]) -> list[Message]:
    conversations = {message.conversation_id: message.conversation for message in messages}
    Message.objects.bulk_create(messages)
    summary.refresh(conversations)
    for conversation in conversations.values():
        conversation.refresh_from_db(fields=SUMMARY)
    return [_unread(message) for message in messages]
