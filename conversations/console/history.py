"""One execution with its whole history, and all executions of one lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from campaigns.models import Execution
from conversations.console import executions, shown
from conversations.console.shown import Row
from conversations.models import Attempt, Message
from conversations.vocabulary import Channel
from conversations.wording import statuses
from leads.models import Lead
from workspaces.access import no_such_page
from workspaces.models import Workspace

MOST_OF_LEAD: Final = 100
MOST_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Try:
    """One message of a step, the first or one that sends it again, with its attempts in the gateway's own words."""

    message: Message
    said: statuses.Said
    channel: str
    attempts: list[tuple[Attempt, str]]
    thread: str


@dataclass(frozen=True, slots=True)
class History:
    row: Row
    tries: list[Try]
    others: list[Row]  # the other steps of the same enrolment, in their order


def of(workspace: Workspace, public_id: str) -> History:
    """Raises Http404. A fixed number of queries for the first message; one more for each that sends it again."""
    one = Execution.objects.of(workspace).filter(public_id=public_id)[:1]
    found = next(iter(executions.loaded(workspace, one)), None) or no_such_page()
    siblings = Execution.objects.of(workspace).filter(enrolment=found.enrolment).order_by("pk")[:MOST_OF_LEAD]
    return History(
        shown.row(found),
        _tries(found),
        [shown.row(other) for other in executions.loaded(workspace, siblings)],
    )


def _tries(execution: Execution) -> list[Try]:
    found: list[Try] = []
    message = shown.message_of(execution)
    rows = Message.objects.of(execution.workspace).select_related("line", "conversation", "workspace", "author")
    while message and len(found) < MOST_TRIES:
        attempts = Attempt.objects.of(execution.workspace).filter(message=message).select_related("line").order_by("n")
        said = statuses.said_of(message)
        outcomes = [(one, statuses.attempt_outcome(one.state, one.reason)) for one in attempts]
        channel = str(Channel(statuses.channel_of(message)).label)
        found.append(Try(message, said, channel, outcomes, message.get_absolute_url()))
        message = rows.filter(retry_of=message).order_by("pk").first()
    return found


def of_lead(lead: Lead) -> list[Row]:
    """What campaigns did for a lead, newest first; the last hundred steps."""
    rows = Execution.objects.of(lead.workspace).filter(enrolment__lead=lead).order_by("-at", "-pk")[:MOST_OF_LEAD]
    return [shown.row(one) for one in executions.loaded(lead.workspace, rows)]
