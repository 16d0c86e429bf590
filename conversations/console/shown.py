"""What a row of the Console says about an execution: its state, why, until when, and where the cause is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone

from campaigns.models import Execution
from campaigns.vocabulary import ExecutionState
from conversations.models import Attempt, Message
from conversations.vocabulary import Channel, Hold, MessageStatus, State
from conversations.wording import holds, reasons, statuses

TONES: Final = {
    ExecutionState.EXECUTED: "pos",
    ExecutionState.FAILED: "neg",
    ExecutionState.PENDING: "acc",
}
_WHERE: Final[dict[str, str]] = {
    **holds.WHERE,
    Hold.LINE_INACTIVE: "line",
    Hold.INBOX_BEHIND: "line",
    Hold.CAMPAIGN_PAUSED: "campaign",
    Hold.NO_LINE: "lines",
    **dict.fromkeys((Hold.REMOVAL, Hold.CONSENT, Hold.ORDER), "thread"),
}
"""Where what holds a message is found: where it is set, or the line, campaign or thread that it waits for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where what holds or stopped a step is found."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """An execution as a line of a list. `until` is when what waits goes on, `place` leads to what holds it."""

    execution: Execution
    state: str
    tone: str
    why: str
    until: datetime | None = None
    place: Place | None = None
    thread: str = ""
    failure: str = ""

    @property
    def url(self) -> str:
        return reverse("execution", args=[self.execution.workspace.slug, self.execution.public_id])


def row(execution: Execution) -> Row:
    """Loads nothing that `executions.page` has not loaded."""
    message = message_of(execution)
    state = ExecutionState(execution.state)
    why, until, place = execution.why, None, None
    if message:
        why, until, place = _of_message(execution, message)
    elif state in (ExecutionState.WAITING, ExecutionState.PENDING):
        until = execution.due_at if execution.due_at > timezone.now() else None
        why = why or ("Waits for its time" if until else "Due, and taken up in a moment")
    failed = message is not None and message.status == MessageStatus.NOT_DELIVERED
    return Row(
        execution,
        str(state.label),
        TONES.get(state, ""),
        why,
        until,
        place,
        thread=message.get_absolute_url() if message else "",
        failure=reverse("failure", args=[message.workspace.slug, message.public_id]) if message and failed else "",
    )


def message_of(execution: Execution) -> Message | None:
    """The message of a step; None for nodes that send nothing, and while it is not written yet."""
    found: Message | None = getattr(execution, "message", None)
    if found:
        found.campaign = execution.campaign
    return found


def _of_message(execution: Execution, message: Message) -> tuple[str, datetime | None, Place | None]:
    """(why, until, where) by what became of the step's message."""
    said = statuses.said_of(message)
    if message.state == State.QUEUED and message.hold:
        return said.why, said.until, place_of(message)
    if message.state == State.QUEUED:
        waits = message.run_at > timezone.now()
        return ("Waits for its time" if waits else "Leaves in a moment"), message.run_at if waits else None, None
    if message.state == State.SENDING:
        return "Being handed to the line", None, None
    if message.status == MessageStatus.NOT_DELIVERED:
        failed = _failed(message)
        after_all = execution.state == ExecutionState.EXECUTED
        return (f"{execution.why}; at first: {failed}" if after_all else failed), None, None
    if message.state in (State.CANCELLED, State.DISCARDED):
        detail = f". {message.reason_detail}" if message.reason_detail else ""
        return f"Cancelled: {reasons.reason_of(message)}{detail}", None, None
    return _sent(message), None, None


def _sent(message: Message) -> str:
    took = _seconds(message)
    how = f"Sent as {_channel(message)}" + (f" in {took}" if took else "")
    how += f": {statuses.fallback_of(message)[:1].lower()}{statuses.fallback_of(message)[1:]}" if message.fallback_cause else ""
    return how + (f" · {MessageStatus(message.status).label}" if message.status != MessageStatus.SENT else "")


def _channel(message: Message) -> str:
    return str(Channel(statuses.channel_of(message)).label)


def _last_attempt(message: Message) -> Attempt | None:
    """Of those that were loaded with the message."""
    return max(message.attempts.all(), key=lambda one: one.n, default=None)


def _seconds(message: Message) -> str:
    """How long the gateway took, where it was quick."""
    last = _last_attempt(message)
    if last is None or last.finished_at is None:
        return ""
    seconds = (last.finished_at - last.started_at).total_seconds()
    return f"{seconds:.1f} s" if 0 <= seconds < 60 else ""


def _failed(message: Message) -> str:
    last = _last_attempt(message)
    code = f" ({last.vendor_code})" if last and last.vendor_code else ""
    fell = "SMS fallback refused: " if message.fallback_cause else ""
    after = " · Sent again" if message.retries.all() else " · Handled" if message.handled_at else ""
    return f"{fell}{reasons.reason_of(message)}{code}{after}"


def place_of(message: Message) -> Place | None:
    """Where the limit or rule that holds a message is found (S0-107, S0-120)."""
    slug, line, campaign = message.workspace.slug, message.line, message.campaign
    match _WHERE.get(message.hold):
        case "line" if line:
            return Place(f"Limits of {line.name}", reverse("line", args=[slug, line.public_id]))
        case "plan":
            return Place("Limits of the workspace", reverse("limits", args=[slug]))
        case "hours":
            return Place("Hours of the workspace", reverse("consent_settings", args=[slug]))
        case "campaign" if campaign:
            return Place(campaign.name, reverse("campaign", args=[slug, campaign.public_id]))
        case "member":
            return Place("Working hours", reverse("working_hours", args=[slug]))
        case "lines":
            return Place("Lines", reverse("lines", args=[slug]))
        case "thread":
            return Place("Thread", reverse("overview_conversation", args=[slug, message.conversation.public_id]))
    return None
