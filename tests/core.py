"""Rows for tests of the sending core: a workspace with one active line and people to write to."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.readings import understanding
from conversations.receiving import ingest
from conversations.receiving.incoming import conversation_with
from conversations.sending.compose import Outgoing, compose, compose_all
from conversations.vocabulary import Direction, Origin, State
from lines import inbox, quota
from lines.actions import add_line
from lines.gateways.base import MessageReceived, Service
from lines.models import InboundEvent, Line
from workspaces.models import Membership, Role, User, Workspace

_numbers = itertools.count()


def make_workspace(**values: Any) -> Workspace:
    slug = f"w{uuid.uuid4().hex[:10]}"
    return Workspace.objects.create(**{"slug": slug, "name": slug, "time_zone": "UTC", **values})


def make_user(workspace: Workspace, role: Role = Role.REP) -> User:
    user = User.objects.create_user(email=f"{uuid.uuid4().hex[:10]}@example.com", name="Bob Tanaka", password="x")
    Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


def make_line(workspace: Workspace, *, server_url: str = "http://127.0.0.1:9", password: str = "pw", **values: Any) -> Line:
    """An active line whose inbox is current, as after its first good check."""
    name = values.pop("name", "Line 1")
    address = values.pop("address", f"+1202555{next(_numbers) % 10_000:04d}")
    line = add_line(workspace, name=name, address=address, server_url=server_url, secret=password, by=None)
    values = {"status": Line.Status.ACTIVE, "status_reason": "", "inbox_current_at": timezone.now(), **values}
    for field, value in values.items():
        setattr(line, field, value)
    line.save(update_fields=values)
    return line


def used_today(line: Line) -> int:
    """New conversations the line has started in its day."""
    return quota.use_of([line], timezone.now())[line.pk].new_today


def make_conversation(line: Line, address: str = "+12025550101") -> Conversation:
    return conversation_with(line, address)


def make_conversations(lines: Sequence[Line], addresses: Iterable[str]) -> list[Conversation]:
    """With strangers, over the lines in turn: all in one statement, for tests that need many."""
    turns = zip(itertools.cycle(lines), addresses, strict=False)
    return Conversation.objects.bulk_create(
        Conversation(workspace=line.workspace, line=line, address=address) for line, address in turns
    )


def say(
    line: Line, text: str = "Hello", address: str = "+12025550101", *, origin: Origin = Origin.PERSON, **values: Any
) -> Message:
    """A queued message from us."""
    conversation = make_conversation(line, address)
    key = f"test:{uuid.uuid4()}"
    return compose(
        Outgoing(**{"conversation": conversation, "body": text, "origin": origin, "dedupe_key": key, "line": line, **values})
    )


def say_in(conversations: Sequence[Conversation], text: str = "Hello", **values: Any) -> list[Message]:
    """A queued message from us in each, over its line: as `say`, in a few statements for all."""
    given = {"body": text, "origin": Origin.PERSON, **values}
    made = compose_all(
        conversations[0].workspace,
        [
            Outgoing(**{"conversation": one, "line": one.line, "dedupe_key": f"test:{uuid.uuid4()}", **given})
            for one in conversations
        ],
    )
    return list(made.values())


def made_sent(message: Message) -> Message:
    """As if it had been sent a moment ago."""
    Message.objects.filter(pk=message.pk).update(state=State.SENDING)
    Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=timezone.now())
    message.refresh_from_db()
    return message


def heard(text: str, sender: str = "+12025550101", **values: Any) -> MessageReceived:
    """An incoming message as a gateway tells of it."""
    guid = uuid.uuid4().hex
    return MessageReceived(
        **{
            "dedupe_key": f"m:{guid}",
            "vendor_message_id": guid,
            "occurred_at": timezone.now(),
            "sender": sender,
            "text": text,
            "service": Service.IMESSAGE,
            **values,
        }
    )


def incoming(conversation: Conversation) -> list[str]:
    rows = conversation.messages.filter(direction=Direction.INCOMING).order_by("at", "pk")
    return list(rows.values_list("body", flat=True))


def outgoing(conversation: Conversation) -> list[str]:
    rows = conversation.messages.filter(direction=Direction.OUTGOING).order_by("pk")
    return list(rows.values_list("body", flat=True))


def reply(line: Line, text: str) -> Conversation:
    """The only contact writes: it is stored, applied and read."""
    inbox.store(line, [heard(text)])
    InboundEvent.objects.filter(applied_at=None).update(retry_at=timezone.now())
    ingest.apply_batch()
    understanding.read_waiting()
    return Conversation.objects.get()


def somebody_waits() -> bool:
    """Whether a transaction on this database waits for another; not from pg_stat_activity, which stands still in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks w JOIN pg_locks h USING (pid) WHERE NOT w.granted"
            " AND h.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])
