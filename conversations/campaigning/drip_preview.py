"""What applying a drip would come to (S2-25): its messages in their words, and when each leaves, as far as that is known.

The dates are those that the hours, the holidays and the limits of the line let pass, asked of what the gate asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from campaigns.drips import Planned
from campaigns.models import Campaign
from conversations.campaigning import step_messages
from conversations.campaigning.dripping import planned, unsaved, writing
from conversations.campaigning.planned_lines import Openings, planned_lines
from conversations.campaigning.step_messages import Unwritten, Written
from conversations.models import Conversation
from conversations.sending import hours
from conversations.sending.new_conversations import new_among
from conversations.sending.scheduling import where_they_are
from conversations.vocabulary import Hold
from leads import quiet
from leads.windows import Window, closed
from lines import quota
from lines.models import Line
from lines.planned import Job
from lines.simulation import simulate

AT_ONCE: Final = timedelta(minutes=1)
"""What leaves within this leaves when it is due."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One message as it would go. `due`: what its interval says; `at`: when it leaves, None for never under today's rules.

    `why` it leaves later than it is due. `problem`: why it cannot be written, such as an empty field; then nothing is applied.
    """

    name: str
    body: str
    due: datetime
    at: datetime | None
    there: str  # what the lead's clock says then
    why: str = ""
    problem: str = ""


Going = tuple[Planned, Written]


def preview(conversation: Conversation, campaign: Campaign, now: datetime | None = None) -> list[Preview]:
    """The drip's messages as this contact would get them if it were applied now."""
    enrolment, now = unsaved(conversation, campaign), now or timezone.now()
    steps = planned(enrolment, now)
    answers = step_messages.written_for(campaign, [writing(enrolment, one, now) for one in steps])
    windows = hours.windows_of_sender(campaign.workspace, campaign.sender_id, campaign)
    going = [(one, written) for one, written in zip(steps, answers, strict=True) if isinstance(written, Written)]
    leaves = {one.node.pk: at for (one, _), at in zip(going, _leave(conversation, going, windows, now), strict=True)}
    return [
        _preview(conversation, one, written, leaves.get(one.node.pk), windows) for one, written in zip(steps, answers, strict=True)
    ]


def _leave(conversation: Conversation, going: Sequence[Going], windows: list[Window], now: datetime) -> list[datetime | None]:
    """When each leaves, behind what waits on its line already."""
    workspace = conversation.workspace
    lines = {written.line.pk: written.line for _, written in going}
    openings, number = Openings(workspace, windows), _number(conversation)
    jobs: list[Job] = []
    by_line: dict[int, list[Job]] = {pk: [] for pk in lines}
    new = new_among(((turn, written.line, written.address, 0) for turn, (_, written) in enumerate(going)), now)
    known: set[tuple[int, str]] = set()
    for turn, (one, written) in enumerate(going):  # by their times: the first to an address is the one that begins with it
        opens = openings.of(written.address, _zone(conversation), number)
        first = turn in new and (written.line.pk, written.address) not in known
        known.add((written.line.pk, written.address))
        jobs.append(Job(max(one.at, now), turn, opens, first))
        by_line[written.line.pk].append(jobs[-1])
    simulate(planned_lines(list(lines.values()), now), by_line, quota.plan_of(workspace), quota.plan_use_of(workspace, now), now)
    return [job.left_at for job in jobs]


def _preview(
    conversation: Conversation, one: Planned, written: Written | Unwritten, at: datetime | None, windows: list[Window]
) -> Preview:
    if not isinstance(written, Written):
        return Preview(one.node.name, "", one.at, one.at, where_they_are(conversation, one.at), problem=f"{written}.")
    why = _why(conversation, one, written, at, windows)
    at = at if why else one.at
    return Preview(one.node.name, written.body, one.at, at, where_they_are(conversation, at) if at else "", why)


def _why(conversation: Conversation, one: Planned, written: Written, at: datetime | None, windows: list[Window]) -> str:
    """What keeps it when it is due; empty where it leaves then."""
    if at is None:
        return "No time comes for it under today’s hours and limits"
    if at < one.at + AT_ONCE:
        return ""
    workspace = conversation.workspace
    found = closed(
        windows, quiet.zones_of(written.address, _zone(conversation), workspace, _number(conversation)), workspace.zone, one.at
    )
    if found and at < found.until + AT_ONCE:
        return str(Hold(found.name).label)
    return _limited(written.line, one.at)


def _limited(line: Line, due: datetime) -> str:
    if line.rest_until and line.rest_until > due:
        return f"{line.name} rests from automated messages"
    return f"The limits of {line.name}, or of the workspace, have no room sooner"


def _zone(conversation: Conversation) -> str:
    return conversation.lead.time_zone if conversation.lead else ""


def _number(conversation: Conversation) -> str:
    """The lead's first number, for who is written to at an email address."""
    return quiet.numbers_of([conversation.lead_id]).get(conversation.lead_id, "") if conversation.lead_id else ""
