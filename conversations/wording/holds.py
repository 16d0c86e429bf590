"""Why a message waits, in a sentence, and where what holds it is set."""

from __future__ import annotations

from typing import Final

from conversations.models import Message
from conversations.vocabulary import BY_HOURS, BY_LIMIT, Hold

HELD_UNTIL: Final = (*BY_LIMIT, *BY_HOURS, Hold.RETRY)
"""Holds that end at a time which can be told; the others end when something happens."""

WHERE: Final[dict[str, str]] = {
    **dict.fromkeys((Hold.NEW_LIMIT, Hold.HOUR_LIMIT, Hold.RAMP_LIMIT, Hold.TOTAL_LIMIT, Hold.LINE_RESTS), "line"),
    **dict.fromkeys((Hold.PLAN_NEW, Hold.PLAN_TOTAL), "plan"),
    **dict.fromkeys((Hold.QUIET_HOURS, Hold.DAY_OFF), "hours"),
    Hold.CAMPAIGN_TIME: "campaign",
    Hold.MEMBER_TIME: "member",
}
"""Where what holds a message is set (S0-107); see conversations/held.html."""


def held(message: Message) -> str:
    line = message.line
    name = line.name if line else "The line"
    match message.hold:
        case Hold.LINE_INACTIVE if line:
            return f"{name} is {line.get_status_display().lower()}. It leaves as soon as the line is connected"
        case Hold.NO_LINE:
            return "No line is set up for this channel. An admin can add one under Lines"
        case Hold.INBOX_BEHIND:
            return f"Replies from {name} are not all read yet, and an opt-out among them must be seen first"
        case Hold.NEW_LIMIT if line:
            return f"{name} has started {line.daily_new_limit} of {line.daily_new_limit} new conversations today"
        case Hold.HOUR_LIMIT if line and line.hourly_new_limit is not None:
            return f"{name} has started {line.hourly_new_limit} of {line.hourly_new_limit} new conversations in the last hour"
        case Hold.RAMP_LIMIT:
            return f"{name} is young and may start fewer new conversations a day at first; today's are used up"
        case Hold.TOTAL_LIMIT if line and line.daily_total_limit is not None:
            return f"{name} has sent {line.daily_total_limit} of {line.daily_total_limit} messages today"
        case Hold.PLAN_NEW:
            return f"This workspace has started all of its {message.workspace.plan_new_a_day} new conversations of today"
        case Hold.PLAN_TOTAL:
            return f"This workspace has sent all of its {message.workspace.plan_total_a_day} messages of today"
        case Hold.LINE_RESTS if line:
            return f"{name} rests from automated messages: {lower(line.rest_reason) or 'an admin decides when it goes on'}"
        case Hold.DAY_OFF:
            return "No automated messages leave where the contact is on this day: it is a holiday or a day without sending"
        case Hold.CAMPAIGN_TIME:
            return "It is outside the hours and days of its campaign where the contact is"
        case Hold.MEMBER_TIME:
            return f"{_author(message)} does not work at this hour, and it goes in their name"
        case Hold.CONSENT:
            return "The consent message goes first"
        case Hold.QUIET_HOURS:
            return "It is outside the hours for automated messages where the contact is"
        case Hold.REMOVAL:
            return "The contact asked to be removed. Confirm or dismiss that in the thread"
        case Hold.ORDER:
            return "An earlier message to this contact goes first"
        case Hold.RETRY:
            return "The last try failed and it is tried again"
        case _:
            return Hold(message.hold).label


def _author(message: Message) -> str:
    return message.author.get_short_name() if message.author else "The member"


def lower(words: str) -> str:
    """To go on with in a sentence."""
    return words[:1].lower() + words[1:]
