"""The demo's campaigns, with the weeks behind them: made by the product's own actions, then moved back in time.

Whoever is enrolled last is written to for real when the demo starts, so that phones ring and steps are seen to be taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from campaigns import actions, beginning, engine, making, settling
from campaigns.models import Campaign, CampaignLine, Enrolment, Execution, Version
from campaigns.tree import Step
from campaigns.vocabulary import OPEN, ExecutionState, Source
from conversations import summary
from conversations.campaigning import dripping, step_taking
from conversations.demo import workflows
from conversations.demo.pasts import DRAFTED, FRESH, PASTS, Past
from conversations.models import Attempt, Conversation, Message
from conversations.receiving.incoming import conversation_with
from conversations.sending import record
from conversations.vocabulary import Channel, Direction, Origin, State
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Company, Lead
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


def load(workspace: Workspace, lines: list[Line], people: dict[str, Lead], *, alice: User, bob: User) -> None:
    """Four campaigns with a past, a draft and a drip. In the caller's transaction."""
    mine = Line.objects.of(workspace)
    status = lines[0].status
    mine.update(status=Line.Status.ACTIVE)  # in the past they were connected; today they are checked first
    Demo(workspace, lines, people, alice, bob).load()
    mine.update(status=status)


@dataclass(slots=True)
class Demo:
    workspace: Workspace
    lines: list[Line]
    people: dict[str, Lead]
    alice: User
    bob: User
    numbers: int = 0

    def load(self) -> None:
        founders = self.campaign("Q4 Fintech founders", workflows.founders(), 7)
        for number in ("+12025550101", "+12025550103", "+12025550104"):
            self.adopt(founders, number)
        for past in PASTS:
            self.play(founders, past)
        ops = self.campaign("Ops leaders · EMEA", workflows.ops(), 4)
        for number in ("+12025550102", "+12025550125", "+12025550162"):
            self.adopt(ops, number)
        health = self.campaign(
            "Healthcare RevOps", workflows.short("Hi {{ lead.first_name }}, is intake reporting on your desk?"), 5
        )
        self.adopt(health, "+12025550160")
        actions.pause(health, by=self.alice)
        latam = self.campaign("LATAM finance", workflows.short("Hola {{ lead.first_name }}, ¿cómo cierran el mes?"), 20)
        self.adopt(latam, "+12025550161")
        actions.stop(latam, by=self.alice)
        draft = making.make(self.workspace, kind="workflow", name="January re-engagement", steps=workflows.ops(), by=self.bob)
        self.enrol(draft, [self.lead(*one) for one in DRAFTED])
        self.drip()
        self.enrol(founders, [self.lead(*one) for one in FRESH])

    def campaign(self, name: str, tree: list[Step], days: float) -> Campaign:
        """A running one that started some days ago."""
        campaign = making.make(self.workspace, kind="workflow", name=name, steps=tree, by=self.bob)
        CampaignLine.objects.bulk_create(
            CampaignLine(workspace=self.workspace, campaign=campaign, line=line) for line in self.lines
        )
        campaign = actions.start(campaign, by=self.alice)
        began = timezone.now() - days * DAY
        mine = Campaign.objects.of(self.workspace).filter(pk=campaign.pk)
        mine.update(created_at=began, started_at=began, status_at=began, send_days=[1, 2, 3, 4, 5], overlap="allow")
        Version.objects.filter(campaign=campaign).update(created_at=began, published_at=began)
        campaign.refresh_from_db()
        return campaign

    def drip(self) -> None:
        """Applied to somebody who asked to be called back later."""
        made = making.make(self.workspace, kind="drip", name="Month-end checklist", steps=workflows.drip(), by=self.bob)
        campaign = actions.start(made, by=self.alice)
        tom = conversation_with(self.lines[0], "+12025550104")
        dripping.apply(tom, campaign, by=self.bob)

    def lead(self, name: str, title: str, persona: str, company: str) -> Lead:
        self.numbers += 1
        firm = Company.objects.of(self.workspace).get(name=company)
        number = normalise(f"+1415555{100 + self.numbers:04}", region="US")
        return add_lead(
            self.workspace, name=name, addresses=[number], company=firm, title=title, persona=persona, persona_match=True
        )

    def enrol(self, campaign: Campaign, leads: list[Lead]) -> list[Enrolment]:
        actions.enrol(campaign, [lead.pk for lead in leads], source=Source.SELECTION, by=self.bob)
        mine = Enrolment.objects.filter(campaign=campaign, lead__in=leads)
        return list(mine.select_related("lead", "workspace", "campaign"))

    # -- the past --------------------------------------------------------------------------------------------------------------

    def begin(self, campaign: Campaign, lead: Lead, at: datetime) -> Enrolment:
        (enrolment,) = self.enrol(campaign, [lead])
        beginning.begin(campaign.pk)
        self.at(enrolment, at)
        Enrolment.objects.filter(pk=enrolment.pk).update(created_at=at, begun_at=at)
        return enrolment

    def adopt(self, campaign: Campaign, number: str) -> None:
        """What was written to somebody of the demo becomes the steps of a campaign."""
        conversation = conversation_with(self.lines[0], number)
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
                execution.handed_at, execution.variant, execution.line = message.at, "A", message.line
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

    def play(self, campaign: Campaign, past: Past) -> None:
        """Somebody's way through the campaign, message by message, as it was taken days ago."""
        at = timezone.now() - past.ago * DAY
        lead = self.lead(past.name, past.title, past.persona, past.company)
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
