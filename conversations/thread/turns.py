"""A part of a thread prepared for the template: day lines, the NEW line, messages grouped into runs, and the words for each."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from django.utils import timezone

from conversations.models import Attachment, Attempt, Conversation, Message, Reaction
from conversations.thread.asides import Aside
from conversations.thread.files import Shown, shown_as
from conversations.thread.reading import Log
from conversations.vocabulary import Channel, Direction, MessageStatus, Origin, State
from conversations.wording import statuses

RUN: Final = timedelta(minutes=5)
"""Incoming messages this close together share one visible status line."""


@dataclass(frozen=True, slots=True)
class Part:
    attachment: Attachment
    shown: Shown


@dataclass(frozen=True, slots=True)
class Turn:
    message: Message
    channel: str
    channel_name: str
    day: str  # a day line stands before it
    is_new: bool  # the NEW line stands before it
    ends_run: bool
    said: statuses.Said | None  # outgoing only
    meaning: str
    fallback: str
    origin: str
    parts: list[Part]
    reactions: list[Reaction]
    our_tapbacks: set[str]
    attempts: list[tuple[Attempt, str]]
    can_retry: bool
    can_cancel: bool
    can_react: bool
    read_unavailable: bool
    other_line: bool  # it used another line than the conversation's
    gone: str  # why it is out of the thread, behind a disclosure; empty for what stands in it (R2)

    @property
    def at(self) -> datetime:
        return self.message.at

    @property
    def aside(self) -> bool:
        return False

    @property
    def outgoing(self) -> bool:
        return self.message.direction == Direction.OUTGOING

    @property
    def css(self) -> str:
        """What it looks like: side by direction, colour by the channel it went as (R5)."""
        if not self.outgoing:
            return "in"
        state = {
            State.FAILED: "failed" if self.message.status == MessageStatus.NOT_DELIVERED else "",
            State.CANCELLED: "stopped",
            State.DISCARDED: "stopped",
            State.QUEUED: "waits",
        }.get(State(self.message.state), "")
        return f"out {self.channel} {state}".strip()


@dataclass(frozen=True, slots=True)
class Drawn:
    turns: list[Turn | Aside]
    pending: list[Turn]
    new: str  # public id of the message under the NEW line


def draw(log: Log, conversation: Conversation, *, new: str, may_write: bool, may_answer: bool) -> Drawn:
    """`new` is the public id of the first message the reader has not seen; the line goes once somebody answered."""
    zone = conversation.workspace.zone
    new = "" if _answered_since(log.messages, new) else new
    ends = _run_ends(log.messages)
    turns = [
        _turn(
            message,
            conversation,
            is_new=message.public_id == new,
            ends_run=ends_run,
            may_write=may_write,
            may_answer=may_answer,
        )
        for message, ends_run in zip(log.messages, ends, strict=True)
    ]
    pending = [
        _turn(message, conversation, is_new=False, ends_run=True, may_write=may_write, may_answer=may_answer)
        for message in log.pending
    ]
    mixed: list[Turn | Aside] = sorted([*turns, *log.asides], key=lambda one: one.at)
    return Drawn(_with_days(mixed, zone), pending, new)


def _with_days(mixed: list[Turn | Aside], zone: zoneinfo.ZoneInfo) -> list[Turn | Aside]:
    """The first of each day carries its day line."""
    days = [one.at.astimezone(zone).date() for one in mixed]
    starts = [True, *(earlier != later for earlier, later in pairwise(days))][: len(days)]  # of nothing, nothing starts
    return [
        replace(one, day=_day_line(day, zone)) if starts_day else one
        for one, day, starts_day in zip(mixed, days, starts, strict=True)
    ]


def _turn(message: Message, conversation: Conversation, *, is_new: bool, ends_run: bool, may_write: bool, may_answer: bool) -> Turn:
    outgoing = message.direction == Direction.OUTGOING
    channel = statuses.channel_of(message) if outgoing else message.channel or Channel.IMESSAGE
    reactions = list(message.reactions.all())
    arrived = message.state in (State.SENT, State.RECEIVED)
    return Turn(
        message=message,
        channel=channel,
        channel_name=statuses.UNDECIDED if outgoing and statuses.undecided(message) else Channel(channel).label,
        day="",
        is_new=is_new,
        ends_run=ends_run,
        said=statuses.said_of(message) if outgoing else None,
        meaning=statuses.MEANING.get(message.status, "") if outgoing else "",
        fallback=statuses.fallback_of(message),
        origin=statuses.origin_of(message),
        parts=[Part(one, shown_as(one)) for one in message.attachments.all()] if message.has_media else [],
        reactions=reactions,
        our_tapbacks={one.tapback for one in reactions if one.from_us},
        attempts=[(one, statuses.attempt_outcome(one.state, one.reason)) for one in _attempts(message)],
        can_retry=may_write and message.status == MessageStatus.NOT_DELIVERED and not message.retries.all(),
        can_cancel=may_write and outgoing and message.state == State.QUEUED,
        can_react=may_answer and arrived and channel == Channel.IMESSAGE and _known_there(message),
        read_unavailable=message.status in (MessageStatus.SENT, MessageStatus.DELIVERED)
        or (message.status == MessageStatus.REPLIED and message.read_at is None),
        other_line=bool(message.line_id and conversation.line_id and message.line_id != conversation.line_id),
        gone=statuses.gone(message),
    )


def _known_there(message: Message) -> bool:
    """Whether the gateway has a name for the message: without one there is nothing to put a tapback on."""
    return bool(message.vendor_id) or any(attempt.vendor_id for attempt in _attempts(message))


def _attempts(message: Message) -> Iterable[Attempt]:
    return message.attempts.all() if message.direction == Direction.OUTGOING else ()


def _answered_since(messages: Iterable[Message], new: str) -> bool:
    """Whether a person wrote after the first unseen message came in: then everything above was read."""
    seen_new = False
    for message in messages:
        seen_new = seen_new or message.public_id == new
        if seen_new and message.direction == Direction.OUTGOING and message.origin in (Origin.PERSON, Origin.DEVICE):
            return True
    return False


def _run_ends(messages: list[Message]) -> list[bool]:
    """For each message whether the next one is not of its run: other side, other channel, or minutes later."""
    same = [
        earlier.direction == later.direction == Direction.INCOMING
        and earlier.channel == later.channel
        and later.at - earlier.at <= RUN
        for earlier, later in pairwise(messages)
    ]
    return [not one for one in same] + ([True] if messages else [])


def _day_line(day: date, zone: zoneinfo.ZoneInfo) -> str:
    today = timezone.now().astimezone(zone).date()
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%B}{year}"
