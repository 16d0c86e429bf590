"""Days that a campaign has behind it: each step is taken by the product's own functions, then moved back in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from campaigns import actions, beginning, engine, node_settings, nodes, settling
from campaigns.models import Campaign, Enrolment, Execution
from campaigns.vocabulary import OPEN, ExecutionState, Source
from conversations import summary
from conversations.campaigning import step_taking
from conversations.demo.pasts import Past
from conversations.models import Attempt, Conversation, Message
from conversations.receiving.incoming import conversation_with
from conversations.sending import record
from conversations.vocabulary import Channel, Direction, Origin, State
from leads.models import Lead
from lines.gateways.base import Failure, Reason, SendResult, Service
from lines.gateways.base import State as GatewayState
from lines.models import Line
from workspaces.models import User, Workspace

DAY: Final = timedelta(days=1)

_EXECUTIONS_BACK: Final = """
UPDATE campaigns_execution SET
    due_at = CASE WHEN created_at > %(just_now)s AND state IN ('waiting', 'pending') THEN due_at - %(back)s ELSE due_at END,
    created_at = CASE WHEN created_at > %(just_now)s THEN %(at)s ELSE created_at END,
    at = CASE WHEN at > %(just_now)s THEN %(at)s ELSE at END
WHERE enrolment_id = %(enrolment)s AND (created_at > %(just_now)s OR at > %(just_now)s)
"""
_ENROLMENT_BACK: Final = """
UPDATE campaigns_enrolment SET
    at = CASE WHEN at > %(just_now)s THEN %(at)s ELSE at END,
    ended_at = CASE WHEN ended_at > %(just_now)s THEN %(at)s ELSE ended_at END
WHERE id = %(enrolment)s AND at > %(just_now)s
"""


@dataclass(frozen=True, slots=True)
class Replay:
    """What happened in a workspace over one of its lines; `by` enrolled them."""

    workspace: Workspace
    line: Line
    by: User

    def enrol(self, campaign: Campaign, leads: list[Lead]) -> list[Enrolment]:
        actions.enrol(campaign, [lead.pk for lead in leads], source=Source.SELECTION, by=self.by)
        mine = Enrolment.objects.filter(campaign=campaign, lead__in=leads)
        return list(mine.select_related("lead", "workspace", "campaign"))

    def begin(self, campaign: Campaign, lead: Lead, at: datetime) -> Enrolment:
        (enrolment,) = self.enrol(campaign, [lead])
        beginning.begin(campaign.pk)
        self.at(enrolment, at)
        Enrolment.objects.filter(pk=enrolment.pk).update(created_at=at, begun_at=at)
        return enrolment

    def adopt(self, campaign: Campaign, number: str) -> None:
        """What was written to somebody of the demo becomes the steps of a campaign."""
        conversation = conversation_with(self.line, number)
        lead = conversation.lead
        assert lead
        opted_out, theirs = lead.opted_out_at, Lead.objects.of(self.workspace).filter(pk=lead.pk)
        theirs.update(opted_out_at=None)
        Conversation.objects.of(self.workspace).filter(pk=conversation.pk).update(campaign=campaign)
        enrolment = self.begin(campaign, lead, conversation.messages.earliest("at").at)
        for message in conversation.messages.order_by("at", "pk"):
            if message.direction == Direction.INCOMING and opted_out:
                theirs.update(opted_out_at=opted_out)
                settling.stop_for_opt_out(self.workspace, [number])
                self.at(enrolment, message.at)
            elif message.direction == Direction.INCOMING:
                self.replied(enrolment, message)
            elif execution := self.due(enrolment, message.at):
                settings = node_settings.parse(execution.node.kind, execution.node.settings)
                assert isinstance(settings, nodes.Message)
                execution.handed_at, execution.variant, execution.line = message.at, settings.variant("A"), message.line
                execution.save(update_fields=["handed_at", "variant", "line"])
                message.execution, message.origin = execution, Origin.CAMPAIGN
                message.save(update_fields=["execution", "origin"])
                self.settle(enrolment, message)
        summary.refresh([conversation.pk])

    def settle(self, enrolment: Enrolment, message: Message) -> None:
        sent = message.state == State.SENT
        words = f"Sent as {Channel(message.channel).label}" if sent else "Unreachable number"
        outcome = settling.Outcome(ExecutionState.EXECUTED if sent else ExecutionState.FAILED, words, message.at)
        assert message.execution_id
        settling.settle(message.execution_id, outcome)
        if message.read_at:
            settling.note_read(message.execution_id, message.read_at)
        self.at(enrolment, message.at)

    def play(self, campaign: Campaign, lead: Lead, past: Past) -> None:
        """Their way through the campaign, message by message, as it was taken days ago."""
        at = timezone.now() - past.ago * DAY
        enrolment = self.begin(campaign, lead, at)
        for index, became in enumerate(past.became):
            at += (0, 2, 3)[index] * DAY
            if not self.due(enrolment, at) or not step_taking.take(campaign.pk):
                break
            self.became(Message.objects.of(self.workspace).latest("pk"), became, at)
            self.at(enrolment, at)
        if past.said:
            self.answer(enrolment, past, at + timedelta(hours=2))

    def due(self, enrolment: Enrolment, at: datetime) -> Execution | None:
        """Bring the enrolment to its next message as if it were `at`; None where no message follows."""
        for _ in range(3):
            mine = Execution.objects.filter(enrolment=enrolment, state__in=OPEN, handed_at=None)
            if not mine.update(due_at=timezone.now() - DAY):
                return None
            if found := mine.filter(state=ExecutionState.PENDING).first():
                return found
            engine.decide(enrolment.campaign_id, step_taking.intents_of)
            self.at(enrolment, at)
        return None

    def became(self, message: Message, became: str, at: datetime) -> None:
        """The gateway's answer and receipts, at their time."""
        attempt = Attempt.objects.create(
            workspace=self.workspace, message=message, n=1, line=message.line, channel=Channel.IMESSAGE, started_at=at
        )
        mine = Message.objects.of(self.workspace).filter(pk=message.pk)
        mine.update(state=State.SENDING, channel=Channel.IMESSAGE, attempt_count=1, created_at=at, run_at=at, at=at)
        if became == "x":
            record.refused(attempt.pk, Failure(Reason.UNREACHABLE, False, "", "The handset has not answered for three days."))
        else:
            answer = SendResult(vendor_id=uuid4().hex, state=GatewayState.SENT, service=Service.IMESSAGE)
            record.accepted(attempt.pk, answer, at=at)
        Attempt.objects.filter(pk=attempt.pk).update(finished_at=at)
        if became in "dr":
            mine.update(delivered_at=at + timedelta(seconds=2))
        if became == "r" and message.execution_id:
            mine.update(read_at=at + timedelta(minutes=11))
            settling.note_read(message.execution_id, at + timedelta(minutes=11))

    def answer(self, enrolment: Enrolment, past: Past, at: datetime) -> None:
        conversation = Conversation.objects.of(self.workspace).get(lead=enrolment.lead)
        ours = conversation.messages.filter(direction=Direction.OUTGOING, sent_at__isnull=False).latest("pk")
        Message.objects.of(self.workspace).filter(pk=ours.pk).update(replied_at=at)
        message = Message.objects.create(
            workspace=self.workspace, conversation=conversation, direction=Direction.INCOMING, state=State.RECEIVED,
            line=ours.line, address=ours.address, body=past.said, channel=Channel.IMESSAGE, at=at, created_at=at,
        )  # fmt: skip
        if past.intent:
            status, reason, score = past.intent
            mine = Conversation.objects.of(self.workspace).filter(pk=conversation.pk)
            mine.update(intent_status=status, intent_reason=reason, intent_score=score)
        self.replied(enrolment, message)
        summary.refresh([conversation.pk])

    def replied(self, enrolment: Enrolment, message: Message) -> None:
        settling.stop_for_reply(enrolment.lead, message.at)
        while engine.decide(enrolment.campaign_id, step_taking.intents_of) or step_taking.take(enrolment.campaign_id):
            pass
        self.at(enrolment, message.at)

    def at(self, enrolment: Enrolment, at: datetime) -> None:
        """What has just been written down happened at `at`: waits count from then."""
        now = timezone.now()
        values: dict[str, Any] = {"enrolment": enrolment.pk, "at": at, "back": now - at, "just_now": now - timedelta(minutes=2)}
        with connection.cursor() as cursor:
            cursor.execute(_EXECUTIONS_BACK, values)
            cursor.execute(_ENROLMENT_BACK, values)
