"""Rules for sending a failed message once more: it may not get around a rule that held for the first try.

Called by `conversations.sending.retrying` with the message locked.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.utils import timezone

from campaigns.models import Campaign, Execution
from campaigns.vocabulary import ENDED_FOR_GOOD
from conversations.models import Attachment, Conversation, Message, Recipient
from conversations.refusals import Refused
from conversations.vocabulary import Direction, Origin
from leads import optouts
from leads.models import Company, Lead
from workspaces.models import User

AUTOMATED: Final = (Origin.CAMPAIGN, Origin.API, Origin.AUTO, Origin.BATCH, Origin.REMINDER)


def origin_of(message: Message) -> Origin:
    """Who sends it again: what was automated stays so, so that opt-outs, exclusions, hours and limits hold (R4)."""
    return Origin.PERSON if message.origin in ("", Origin.DEVICE) else Origin(message.origin)


def check(message: Message, conversation: Conversation) -> None:
    """Raises Refused where an automated message has lost its reason since it failed. The gate asks once more when it leaves."""
    if message.origin == Origin.CONFIRMATION:
        raise Refused("An opt-out is confirmed at once or not at all. Nothing more is sent about it.")
    if message.origin not in AUTOMATED:
        return
    if whats_wrong := _unwanted(message, conversation):
        raise Refused(whats_wrong)
    theirs = Message.objects.of(conversation.workspace).filter(conversation=conversation, direction=Direction.INCOMING)
    if theirs.filter(at__gt=message.at).exists():
        raise Refused("The contact has written since. Answer in the thread instead.")
    if message.campaign and message.campaign.status == Campaign.Status.PAUSED:
        raise Refused(f"{message.campaign.name} is paused. Resume it, then retry.")
    if message.campaign and message.campaign.status == Campaign.Status.STOPPED:
        raise Refused(f"{message.campaign.name} was stopped. Write to the contact in the thread instead.")
    step = step_of(message)
    if step and step.enrolment.stop_reason in ENDED_FOR_GOOD:
        raise Refused(f"The contact left the campaign: {step.enrolment.get_stop_reason_display().lower()}.")


def _unwanted(message: Message, conversation: Conversation) -> str:
    lead = conversation.lead
    values = {conversation.address, message.address}
    if optouts.has_opted_out(conversation.workspace_id, values, lead):
        return "The contact opted out. Nothing automated is sent to them any more."
    if lead and lead.status == Lead.Status.EXCLUDED:
        return "The contact is excluded. Include them again, then retry."
    if lead and lead.company and lead.company.status == Company.Status.EXCLUDED:
        return "The contact's company is excluded. Include it again, then retry."
    return ""


def step_of(message: Message) -> Execution | None:
    """The campaign step a message is of, also when it sends that step's message again."""
    rows = Message.objects.of(message.workspace).select_related("execution__enrolment", "execution__node", "execution__campaign")
    at: Message | None = rows.get(pk=message.pk)
    while at and not at.execution and at.retry_of_id:
        at = rows.filter(pk=at.retry_of_id).first()
    return at.execution if at else None


def steps_of(messages: Collection[Message]) -> dict[int, int]:
    """{message: the campaign step it is of}, for many; those without one are left out. A query for each round of retries."""
    found = {message.pk: message.execution_id for message in messages if message.execution_id}
    at = {message.pk: message.retry_of_id for message in messages if not message.execution_id and message.retry_of_id}
    while at:
        rows = Message.objects.filter(pk__in=at.values()).values_list("pk", "execution_id", "retry_of_id")
        first = {pk: (execution, earlier) for pk, execution, earlier in rows}
        found |= {pk: step for pk, earlier in at.items() if (step := first.get(earlier, (None, None))[0])}
        at = {pk: more for pk, earlier in at.items() if pk not in found and (more := first.get(earlier, (None, None))[1])}
    return found


def write_to(conversation: Conversation, address: str) -> None:
    """From now on the conversation goes to this address of its contact."""
    Conversation.objects.of(conversation.workspace).filter(pk=conversation.pk).update(address=address)
    conversation.address = address


def with_files(message: Message, copy: Message) -> None:
    """The copy carries the same files."""
    if copy.attachments.exists():
        return
    for part in message.attachments.all():
        Attachment.objects.create(
            workspace_id=part.workspace_id,
            message=copy,
            file=part.file.name,
            filename=part.filename,
            content_type=part.content_type,
            size=part.size,
        )


def in_its_batch(message: Message, copy: Message) -> None:
    """The lead of a batch has the copy now."""
    Recipient.objects.of(message.workspace).filter(message=message).update(message=copy)


def dealt_with(message: Message, *, by: User) -> bool:
    """Nothing more is to be done about this failure; False when that was so already."""
    mine = Message.objects.of(message.workspace).filter(pk=message.pk, handled_at=None)
    return bool(mine.update(handled_at=timezone.now(), handled_by=by))
