"""Steps of a campaign that write no message: tasks for people, tags, and who looks after the conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models.functions import Lower

from campaigns.models import Enrolment, Node
from campaigns.nodes import Assign, Email, LinkedIn, Notify, Settings, Tag
from conversations.campaigning.step_words import filled, words_for
from conversations.changes import announce
from conversations.models import Conversation, ConversationTag, Task, ThreadEvent
from conversations.models import Tag as TagRow
from conversations.refusals import CannotWrite
from conversations.thread.handing import WITHIN
from leads.models import Address
from workspaces.models import User
from workspaces.queries import writers

TITLE: Final = 200


def do(enrolment: Enrolment, node: Node, settings: Settings, now: datetime) -> str:
    """Do what the step says; what was done, in words. Raises CannotWrite."""
    match settings:
        case Email():
            return _email(enrolment, node, settings, now)
        case LinkedIn(text=text, to=to):
            return _task(enrolment, "LinkedIn", filled(text, enrolment.lead, enrolment), to, now)
        case Notify(text=text, to=to):
            return _task(enrolment, "", filled(text, enrolment.lead, enrolment), to, now)
        case Tag(tag=name):
            return _tag(enrolment, name)
        case Assign(to=to):
            return _assign(enrolment, to)
        case _:
            raise CannotWrite("This kind of step is not known here")


def _email(enrolment: Enrolment, node: Node, settings: Email, now: datetime) -> str:
    """No gateway here sends email: a person does, with everything they need in the task."""
    emails = Address.objects.filter(lead=enrolment.lead, kind=Address.Kind.EMAIL).order_by("rank")
    address = emails.values_list("value", flat=True).first()
    if not address:
        raise CannotWrite("They have no email address")
    subject = filled(settings.subject, enrolment.lead, enrolment)
    _, body = words_for(enrolment, node, settings.texts)
    return _task(enrolment, "Email", f"{subject}\n\nTo: {address}\n\n{body}", settings.to, now)


def _task(enrolment: Enrolment, what: str, text: str, to: str, now: datetime) -> str:
    """A task due now; its title names the lead, its text says the rest."""
    conversation = thread_of(enrolment)
    person = member(enrolment, to) or (conversation.assignee if conversation else None) or enrolment.campaign.sender
    company = f", {enrolment.lead.company}" if enrolment.lead.company else ""
    first = text.partition("\n")[0]
    title = f"{f'{what} · ' if what else ''}{enrolment.lead}{company}: {first}"
    Task.objects.create(
        workspace_id=enrolment.workspace_id,
        title=title[:TITLE],
        text=text if len(title) > TITLE or text != first else "",
        assignee=person,
        conversation=conversation,
        due_at=now + WITHIN,
    )
    return f"Task for {person}" if person else "Task for whoever takes it"


def _tag(enrolment: Enrolment, name: str) -> str:
    conversation = _needed(enrolment)
    known = TagRow.objects.of(enrolment.workspace).alias(low=Lower("name")).filter(low=name.lower()).first()
    tag = known or TagRow.objects.create(workspace_id=enrolment.workspace_id, name=name)
    _, made = ConversationTag.objects.get_or_create(
        conversation=conversation, tag=tag, defaults={"workspace_id": enrolment.workspace_id}
    )
    announce(enrolment.workspace_id, [conversation.pk])
    return f"Tagged {tag}" if made else f"Tagged {tag} already"


def _assign(enrolment: Enrolment, to: str) -> str:
    conversation, person = _needed(enrolment), member(enrolment, to)
    if person is None:
        raise CannotWrite("The person chosen is no longer in this workspace, or may not write to contacts")
    Conversation.objects.of(enrolment.workspace).filter(pk=conversation.pk).update(assignee=person)
    ThreadEvent.objects.create(
        workspace_id=enrolment.workspace_id,
        conversation=conversation,
        kind=ThreadEvent.Kind.ASSIGNED,
        text=f"to {person} by the campaign {enrolment.campaign}"[:300],
    )
    announce(enrolment.workspace_id, [conversation.pk])
    return f"Assigned to {person}"


def member(enrolment: Enrolment, public_id: str) -> User | None:
    """The user behind a membership's id, if they may write to contacts."""
    found = writers(enrolment.workspace).filter(public_id=public_id).first() if public_id else None
    return found.user if found else None


def thread_of(enrolment: Enrolment) -> Conversation | None:
    """The lead's conversation, the phone's before others."""
    rows = Conversation.objects.of(enrolment.workspace).filter(lead=enrolment.lead).select_related("assignee")
    return rows.order_by("-family", "pk").first()


def _needed(enrolment: Enrolment) -> Conversation:
    found = thread_of(enrolment)
    if found is None:
        raise CannotWrite("There is no conversation with them yet. Put this step behind the first message")
    return found
