"""The one door every outgoing message passes, whoever wrote it.

It makes a Message row once per `dedupe_key` and rings the outbox. Whether it may leave is decided at the gate, at
the moment of sending; what is refused here is refused early because the answer is already known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaigns.models import Execution
from conversations import drafts, summary
from conversations.changes import announce, ring_outbox
from conversations.models import Attachment, CannedResponse, Conversation, Message
from conversations.refusals import Refused as Refused
from conversations.sending import advising, again, channels, contents
from conversations.sending.compose_many import row_of
from conversations.vocabulary import Direction, MessageStatus, Origin, State
from lines.models import Line
from workspaces.models import Membership, User


class Answered(Refused):
    """Somebody else has answered since the text was begun: `answer` is what they wrote. Nothing was made."""

    def __init__(self, answer: Message) -> None:
        seconds = max(1, int((timezone.now() - answer.created_at).total_seconds()))
        ago = f"{seconds} s" if seconds < 60 else f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"
        who = answer.author.get_short_name() if answer.author else "Somebody at the line's own device"
        super().__init__(f"{who} answered {ago} ago. Your text was not sent: send it anyway?")
        self.answer = answer


def reply(
    conversation: Conversation,
    body: str,
    *,
    author: User,
    nonce: str,
    channel: str = "",
    scheduled_at: datetime | None = None,
    files: Sequence[UploadedFile[bytes]] = (),
    line: Line | None = None,
    cancel_on_reply: bool = False,
    undo: timedelta = timedelta(0),
    against: int | None = None,
) -> Message:
    """A person's message in an open conversation. The same `nonce` gives the same message again.

    `line` and `channel` are what the person chose, else they are chosen by themselves. `undo` is how long it can be
    taken back before it leaves. `against` is the newest message its writer had seen: if somebody else has answered
    since, nothing is made and Answered is raised.

    To somebody the line has never exchanged anything with, a phone opens the chat with words: files then follow as a
    message of their own. Raises Refused.
    """
    body = body.strip()
    contents.check(body, files)
    membership = Membership.objects.of(conversation.workspace).get(user=author)
    advice = advising.may_reply(conversation, membership)
    if not advice.allowed:
        raise Refused(advice.reason)
    if scheduled_at and scheduled_at <= timezone.now():
        raise Refused("Choose a time that is still to come.", field="scheduled_at")
    line = channels.chosen(conversation, line or advice.line, channel)
    first_contact = bool(files) and not _has_chat(conversation, line)
    if first_contact and not body:
        raise Refused("This is the first message to this contact: write a few words, and the file follows them.")

    def write(text: str, key: str, parts: Sequence[UploadedFile[bytes]]) -> Message:
        return compose(
            conversation,
            text,
            origin=Origin.PERSON,
            dedupe_key=key,
            author=author,
            line=line,
            channel=channel,
            scheduled_at=scheduled_at,
            files=parts,
            wait=undo,
            cancel_on_reply=bool(scheduled_at) and cancel_on_reply,
        )

    key = drafts.key(author, nonce)
    with transaction.atomic():
        # Who answers at the same moment waits here, and then sees this answer.
        Conversation.objects.of(conversation.workspace).select_for_update(no_key=True).get(pk=conversation.pk)
        first = not drafts.sent(conversation, author, nonce)
        if against is not None and first and (answer := drafts.answer_since(conversation, against, than=author)):
            raise Answered(answer)
        drafts.drop(conversation, author)
        message = write(body, key, () if first_contact else files)
        if first_contact:
            write("", f"{key}:files", files)
    return message


def retry(
    message: Message,
    *,
    author: User,
    line: Line | None = None,
    channel: str = "",
    address: str = "",
    fallback: bool = False,
) -> Message:
    """Send what was not delivered once more, as a new message: history is never rewritten. Raises Refused.

    Pressing twice makes one retry; a retry that failed can itself be retried. It stays what it was: the rules for
    automated messages hold for a campaign's also when a person sends it again. `line`, `channel` and `address` are what
    is tried instead; `fallback` lets SMS take over where it was not allowed to. The failure counts as dealt with.
    """
    conversation = message.conversation
    advice = advising.may_reply(conversation, Membership.objects.of(conversation.workspace).get(user=author))
    if not advice.allowed:
        raise Refused(advice.reason)
    with transaction.atomic():
        rows = Message.objects.of(conversation.workspace).select_related("campaign", "workspace")
        held = rows.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
        if held.status != MessageStatus.NOT_DELIVERED:
            raise Refused("Only a message that was not delivered can be retried.")
        if sent := rows.filter(dedupe_key=_retry_key(held)).first():
            return sent
        again.check(held, conversation)
        if address and address != conversation.address:
            again.write_to(conversation, address)
        wanted = channel or ("" if fallback else held.requested_channel)
        copy = compose(
            conversation,
            held.body,
            origin=again.origin_of(held),
            dedupe_key=_retry_key(held),
            author=author,
            line=channels.chosen(conversation, line or advice.line, wanted) if channel or line else advice.line,
            channel=wanted,
            retry_of=held,
            cancel_on_reply=held.cancel_on_reply or held.origin == Origin.CAMPAIGN,
        )
        if not (held.fallback or fallback):
            Message.objects.of(conversation.workspace).filter(pk=copy.pk).update(fallback=[])
        again.with_files(held, copy)
        again.in_its_batch(held, copy)
        again.dealt_with(held, by=author)
    return copy


def _retry_key(message: Message) -> str:
    return f"retry:{message.pk}"


@transaction.atomic
def compose(
    conversation: Conversation,
    body: str,
    *,
    origin: Origin,
    dedupe_key: str,
    author: User | None = None,
    line: Line | None = None,
    channel: str = "",
    scheduled_at: datetime | None = None,
    files: Sequence[UploadedFile[bytes]] = (),
    retry_of: Message | None = None,
    wait: timedelta = timedelta(0),
    cancel_on_reply: bool = False,
    canned: CannedResponse | None = None,
    state: State = State.QUEUED,
    fallback: Sequence[str] | None = None,
    execution: Execution | None = None,
) -> Message:
    """Make the message that `dedupe_key` stands for, or return the one that is there.

    1. Insert it as queued, due now, after `wait`, or at `scheduled_at`; a second caller with the same key inserts nothing.
    2. Bring the conversation's summary up to date.
    3. After commit: tell open pages, ring the outbox.

    With `state` draft it goes nowhere before `conversations.thread.approvals` approves it. `fallback` says when SMS takes over
    from iMessage (FallbackWhen), if not by the channel; `execution` is the campaign step that it is the message of.
    """
    now = timezone.now()
    row = row_of(
        conversation,
        body,
        now,
        origin=origin,
        dedupe_key=dedupe_key,
        author=author,
        line=line or advising.line_for(conversation),
        channel=channel,
        scheduled_at=scheduled_at,
        run_at=scheduled_at or now + wait,
    )
    row.has_media = bool(files) or bool(retry_of and retry_of.has_media)
    row.cancel_on_reply, row.canned, row.retry_of, row.state = cancel_on_reply, canned, retry_of, state
    row.batch_id = retry_of.batch_id if retry_of else None
    row.execution = execution
    if fallback is not None:
        row.fallback = list(fallback)
    Message.objects.bulk_create([row], ignore_conflicts=True)
    message = Message.objects.of(conversation.workspace).get(dedupe_key=dedupe_key)
    if message.public_id != row.public_id:
        return message
    for file in files:
        Attachment.objects.create(
            workspace_id=conversation.workspace_id,
            message=message,
            file=file,
            filename=(file.name or "file")[:200],
            content_type=(file.content_type or "application/octet-stream")[:100],
            size=file.size,
        )
    summary.refresh([conversation.pk])
    announce(conversation.workspace_id, [conversation.pk])
    ring_outbox()
    return message


def _has_chat(conversation: Conversation, line: Line | None) -> bool:
    """Whether anything has gone either way between the line and the contact."""
    went = Q(direction=Direction.INCOMING) | Q(sent_at__isnull=False)
    return Message.objects.filter(went, line=line, address=conversation.address).exists()
