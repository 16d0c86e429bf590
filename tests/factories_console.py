"""Rows of campaigns for tests of the Console and of reports: steps in any state, without an engine."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign, Enrolment, Execution, Node, Version
from campaigns.vocabulary import EnrolmentState, ExecutionState, NodeKind, Source
from conversations import summary
from conversations.models import Conversation, Message
from conversations.vocabulary import Channel, Direction, FailReason, Origin, State
from lines.models import Line
from tests.factories_conversations import BY_DATABASE, AttemptFactory, known
from workspaces.models import Workspace

_keys = itertools.count()


def make_campaign(workspace: Workspace, name: str = "Q4 Fintech founders", **values: Any) -> Campaign:
    """A running campaign with one published version and one iMessage node."""
    campaign = Campaign.objects.create(workspace=workspace, name=name, status=Campaign.Status.RUNNING, **values)
    version = Version.objects.create(workspace=workspace, campaign=campaign, number=1, published_at=timezone.now())
    Campaign.objects.filter(pk=campaign.pk).update(version=version)
    campaign.refresh_from_db()
    make_node(campaign)
    return campaign


def make_node(campaign: Campaign, name: str = "Intro iMessage", kind: str = NodeKind.IMESSAGE) -> Node:
    assert campaign.version
    return Node.objects.create(
        workspace=campaign.workspace, version=campaign.version, key=f"n{next(_keys)}", kind=kind, name=name, position=next(_keys)
    )


def enrolled(campaign: Campaign, line: Line, name: str = "Elif Kaya", *, ago: int = 0, **values: Any) -> Enrolment:
    """A known lead with a conversation, enrolled `ago` minutes ago."""
    conversation = known(line, name, **values)
    assert conversation.lead
    assert campaign.version
    return Enrolment.objects.create(
        workspace=campaign.workspace,
        campaign=campaign,
        version=campaign.version,
        lead=conversation.lead,
        line=line,
        state=EnrolmentState.ACTIVE,
        source=Source.SELECTION,
        created_at=timezone.now() - timedelta(minutes=ago),
    )


def step(
    enrolment: Enrolment, state: str = ExecutionState.EXECUTED, *, node: Node | None = None, ago: int = 0, **values: Any
) -> Execution:
    """One execution, of the campaign's first node unless another is named."""
    assert enrolment.campaign.version
    at = timezone.now() - timedelta(minutes=ago)
    return Execution.objects.create(
        **{
            "workspace": enrolment.workspace,
            "enrolment": enrolment,
            "campaign": enrolment.campaign,
            "node": node or enrolment.campaign.version.nodes.order_by("position")[0],
            "state": state,
            "due_at": at,
            "at": at,
            "created_at": at,
            **values,
        }
    )


def conversation_of(enrolment: Enrolment) -> Conversation:
    return Conversation.objects.of(enrolment.workspace).get(lead=enrolment.lead)


def message_of(execution: Execution, *, ago: int = 0, **values: Any) -> Message:
    """The message of a step; sent unless `values` say otherwise."""
    conversation = conversation_of(execution.enrolment)
    at = timezone.now() - timedelta(minutes=ago)
    sent = {"state": State.SENT, "sent_at": at, "channel": Channel.IMESSAGE} if "state" not in values else {}
    message = Message.objects.create(
        **{
            "workspace": execution.workspace,
            "conversation": conversation,
            "direction": Direction.OUTGOING,
            "origin": Origin.CAMPAIGN,
            "line": conversation.line,
            "address": conversation.address,
            "body": "Worth 15 minutes?",
            "at": at,
            "created_at": at,
            "execution": execution,
            **sent,
            **values,
        }
    )
    summary.refresh([conversation.pk])
    message.refresh_from_db(fields=BY_DATABASE)
    execution.refresh_from_db()
    return message


def failed_step(
    campaign: Campaign, line: Line, name: str = "Jin Park", *, reason: str = FailReason.UNREACHABLE, ago: int = 0, **values: Any
) -> Message:
    """A step whose message was not delivered, with the gateway's words."""
    execution = step(enrolled(campaign, line, name, **values), ExecutionState.FAILED, ago=ago)
    message = message_of(execution, ago=ago, state=State.FAILED, reason=reason, reason_detail="Unreachable destination handset")
    AttemptFactory.create(
        message=message, state="rejected", reason=reason, vendor_code="30003", detail="Unreachable destination handset"
    )
    return message
