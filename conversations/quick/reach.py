"""How what somebody types would be reached: the circle, its words, and whether Send is on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils import timezone

from conversations.models import Conversation
from conversations.quick.asking import NO_REGION, newest_check, start
from conversations.refusals import Refused
from conversations.sending import channels
from conversations.sending.advising import may_reply
from conversations.sending.channels import Choice
from conversations.sending.scheduling import clock_at
from conversations.thread import starting
from conversations.vocabulary import Channel
from leads import availability
from leads.addresses import BadAddress, normalise
from leads.checks import answers
from leads.models import Address, CheckItem
from lines.models import Line
from workspaces.models import Membership, User, Workspace

State = Address.Availability

PATIENCE: Final = 20.0
"""Seconds a page asks for the answer of a check before it says that it did not come."""

NO_EMAIL_LINE: Final = "this workspace has no email line"
CHECK_AGAIN: Final = "Choose Automatic or SMS, or check again."


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the open form."""

    text: str
    channel: str = ""
    line_id: str = ""
    item_id: int = 0  # the check that the page follows


@dataclass(frozen=True, slots=True)
class Reach:
    """How what was typed would be reached now. `look` names the circle: imessage, other, checking, none or unknown."""

    text: str
    value: str = ""  # in its stored form; empty while it is no whole address
    hint: str = ""
    look: str = "none"
    says: str = ""
    why_not: str = ""  # Send is off, and what helps
    warning: str = ""
    channels: tuple[Choice, ...] = ()
    lines: tuple[Choice, ...] = ()
    there: str = ""
    who: str = ""  # the lead behind the address
    item: int = 0  # the check that runs
    again: bool = False  # checking again is worth while


def empty(workspace: Workspace) -> Reach:
    """Before anything is typed."""
    nobody = Conversation(workspace=workspace, address="")
    return Reach(
        "",
        hint="Availability is checked automatically, half a second after the last key.",
        channels=(Choice("", "Automatic"), Choice(Channel.IMESSAGE, "iMessage"), Choice(Channel.SMS, "SMS"), _email()),
        lines=_lines(nobody, starting.line_for(workspace, "")),
    )


def reach(membership: Membership, typed: Typed, *, asking: User | None = None) -> Reach:
    """What the form says. An address that is not known yet is checked in the name of `asking`, by a worker."""
    workspace = membership.workspace
    try:
        value = normalise(typed.text, region=NO_REGION).value
    except BadAddress as bad:
        return replace(empty(workspace), text=typed.text, hint=str(bad) if typed.text.strip() else "")
    if typed.item_id:
        item = CheckItem.objects.of(workspace).filter(pk=typed.item_id, value=value).first()
    else:
        item = newest_check(workspace, value) or (start(workspace, value, by=asking) if asking else None)
    return _reach(membership, typed, value, item)


def _reach(membership: Membership, typed: Typed, value: str, item: CheckItem | None) -> Reach:
    workspace = membership.workspace
    thread = starting.prospect(workspace, value)
    advice = may_reply(thread, membership)
    line = _line(thread, typed.line_id) or advice.line
    state = _state(workspace, value, item)
    lead = thread.lead
    found = Reach(
        typed.text,
        value=value,
        there=clock_at(value, lead.time_zone if lead else "", workspace, timezone.now()),
        who=lead.name if lead else "",
        warning=advice.warning,
        channels=_channels(thread, line),
        lines=_lines(thread, line),
        item=item.pk if item and item.pk and state == State.CHECKING else 0,
        again=state in (State.ERROR, State.UNAVAILABLE, State.NO_ACTIVE_LINE),
    )
    if not advice.allowed:
        return replace(found, look="none", says="Cannot be sent", why_not=advice.reason, item=0)
    return _judged(found, thread, line, state, typed.channel, item)


def _state(workspace: Workspace, value: str, item: CheckItem | None) -> State:
    """What is known of the address, where a check of it that runs or has ended badly is newer than that."""
    if item is None:
        return answers.known(workspace, value)
    if item.state in CheckItem.OPEN:
        waited = (timezone.now() - item.created_at).total_seconds()
        return State.CHECKING if waited < PATIENCE else State.ERROR
    return State(item.outcome) if item.outcome else State.UNCHECKED


def _judged(found: Reach, thread: Conversation, line: Line | None, state: State, channel: str, item: CheckItem | None) -> Reach:
    """The circle and its words, and whether Send is on (R16)."""
    text_works = not channels.why_no_sms(thread, line)
    if channel == Channel.EMAIL:
        return replace(found, look="other", says="Email", why_not=f"It cannot go as email: {NO_EMAIL_LINE}. Choose another type.")
    if channel == Channel.SMS:
        why = channels.why_no_sms(thread, line)
        off = f"It cannot go as SMS: {why}. Choose Automatic or another line." if why else ""
        return replace(found, look="other", says="Will send as SMS", why_not=off)
    match state:
        case State.CHECKING:
            return replace(found, look="checking", says="Checking for iMessage…")
        case State.AVAILABLE:
            if line and line.kind == Line.Kind.SMS:
                return replace(found, look="other", says=f"Has iMessage, but {line.name} sends SMS")
            return replace(found, look="imessage", says="iMessage available")
        case State.UNAVAILABLE if channel == Channel.IMESSAGE:
            off = f"This {_thing(thread)} has no iMessage, and the type is iMessage. {CHECK_AGAIN}"
            return replace(found, look="other", says="No iMessage", why_not=off)
        case State.UNAVAILABLE if text_works:
            return replace(found, look="other", says="No iMessage: will send as SMS")
        case State.UNAVAILABLE:
            off = f"This {_thing(thread)} has no iMessage, and {_no_other_way(thread, line)}"
            return replace(found, look="other", says="No iMessage", why_not=off)
    word = {
        State.ERROR: f"Could not be checked: {(item.reason if item and item.reason else availability.HANGS_HELP)}",
        State.NO_ACTIVE_LINE: "Not checked: no active iMessage line",
    }.get(state, "Not checked yet")
    tail = " It is tried as iMessage first, then as SMS." if text_works and channel == "" else ""
    return replace(found, look="unknown", says=f"{word.rstrip('.')}.{tail}")


def _thing(thread: Conversation) -> str:
    return "address" if "@" in thread.address else "number"


def _no_other_way(thread: Conversation, line: Line | None) -> str:
    if "@" in thread.address:
        return f"{NO_EMAIL_LINE}. Use a phone number instead."
    return f"{channels.why_no_sms(thread, line)}. Choose a line that sends SMS, or add a fallback line under Lines."


def _line(thread: Conversation, line_id: str) -> Line | None:
    try:
        return channels.line_of(thread, line_id)
    except Refused:
        return None


def _channels(thread: Conversation, line: Line | None) -> tuple[Choice, ...]:
    return (*channels.channels(thread, line), _email())


def _email() -> Choice:
    return Choice(Channel.EMAIL, "Email", NO_EMAIL_LINE)


def _lines(thread: Conversation, line: Line | None) -> tuple[Choice, ...]:
    return tuple(channels.lines(thread, line))


def when_there(workspace: Workspace, text: str, moment: datetime) -> str:
    """What their clock says at `moment`; empty when nothing tells."""
    try:
        value = normalise(text, region=NO_REGION).value
    except BadAddress:
        return ""
    lead = starting.prospect(workspace, value).lead
    return clock_at(value, lead.time_zone if lead else "", workspace, moment)
