"""Campaigns for tests of the engine: a running one with leads for whom it is noon, and the workers that take its steps."""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from campaigns import actions, making, node_settings
from campaigns import tree as trees
from campaigns.models import Campaign, Enrolment, Execution
from campaigns.tree import Step, Tree
from campaigns.vocabulary import NodeKind, Source
from conversations.campaigning import steps
from conversations.models import Message
from conversations.receiving import ingest
from conversations.sending import outbox, record
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Address, Lead
from lines import inbox
from lines.gateways.base import SendResult, Service
from lines.gateways.base import State as GatewayState
from lines.models import Line
from tests.core import heard, make_line, make_user, make_workspace
from workspaces.models import Workspace

_numbers = itertools.count(1)

INTRO = "Hi {{ lead.first_name | there }}, Bob at Northwind."
FOLLOW_UP = "Did you have a look?"


def step(kind: NodeKind, name: str = "", *, yes: Tree | None = None, no: Tree | None = None, **settings: Any) -> Step:
    """A step of the editor's tree, with the defaults of its kind."""
    made = {**node_settings.default(kind), **settings}
    return Step(trees.new_key(), kind, name or kind.label, made, yes or [], no or [])


def text(body: str, **settings: Any) -> Step:
    """An iMessage, else SMS, with one text."""
    return step(NodeKind.IMESSAGE, body[:20], texts=[{"letter": "A", "body": body}], **settings)


def wait(**settings: Any) -> Step:
    return step(NodeKind.WAIT, **{"mode": "time", "days": 0, **settings})


def drafted(workspace: Workspace, tree: Sequence[Step], *, kind: str = "workflow", **values: Any) -> Campaign:
    user = make_user(workspace)
    campaign = making.make(workspace, kind=kind, name="Q4 Fintech", steps=list(tree), by=user)
    if values:
        Campaign.objects.filter(pk=campaign.pk).update(**values)
        campaign.refresh_from_db()
    return campaign


def running(workspace: Workspace, tree: Sequence[Step], **values: Any) -> Campaign:
    campaign = drafted(workspace, tree, **values)
    assert campaign.sender
    return actions.start(campaign, by=campaign.sender)


def house(**values: Any) -> tuple[Workspace, Line]:
    """A workspace that may write at any hour of the law, with one line that has room."""
    workspace = make_workspace(**values)
    return workspace, make_line(workspace, max_in_flight=100, daily_new_limit=10_000)


def lead(workspace: Workspace, name: str = "Priya Raman", *addresses: str, **values: Any) -> Lead:
    """A lead for whom it is noon."""
    values_of = addresses or (f"+1202556{next(_numbers):04d}",)
    made = add_lead(workspace, name=name, addresses=[normalise(one, region="US") for one in values_of])
    hour = timezone.now().hour
    Lead.objects.filter(pk=made.pk).update(time_zone=f"Etc/GMT{hour - 12:+d}", **values)  # the sign is turned round
    made.refresh_from_db()
    return made


def enrol(campaign: Campaign, *leads: Lead) -> list[Enrolment]:
    actions.enrol(campaign, [one.pk for one in leads], source=Source.SELECTION)
    return [Enrolment.objects.get(campaign=campaign, lead=one) for one in leads]


def number_of(one: Lead) -> str:
    return Address.objects.filter(lead=one).order_by("-kind", "rank").values_list("value", flat=True)[0]


def send_all() -> None:
    """A sender: what may leave now is sent."""
    while True:
        claims, examined = outbox.claim(random.getrandbits(30), room=50)
        for claim in claims:
            record.accepted(claim.attempt_id, SendResult(uuid.uuid4().hex, GatewayState.SENT, Service.IMESSAGE))
        if not examined:
            return


def go() -> None:
    """Take every due step and send what may leave, until nothing moves."""
    while steps.drain() or _due():
        send_all()
    send_all()


def _due() -> bool:
    ready = Message.objects.filter(state="queued", run_at__lte=timezone.now(), hold="")
    return ready.exists()


def hear(line: Line, one: Lead, words: str = "Tell me more", **values: Any) -> None:
    """The lead writes, and the inbox is applied."""
    inbox.store(line, [heard(words, number_of(one), **values)])
    ingest.apply_waiting()


def later(**span: float) -> None:
    """As if this time had passed: what waits for a time is due so much sooner."""
    span_ = timedelta(**span)
    open_ = Execution.objects.filter(state__in=["waiting", "pending"], handed_at=None)
    open_.update(due_at=F("due_at") - span_, created_at=F("created_at") - span_)
    Execution.objects.exclude(state__in=["waiting", "pending"]).update(at=F("at") - span_)


def said(one: Lead) -> list[tuple[str, str]]:
    """What was written to the lead, in order: (words, state)."""
    rows = Message.objects.filter(conversation__lead=one, direction="out").order_by("pk")
    return list(rows.values_list("body", "state"))


def steps_of(enrolment: Enrolment) -> list[tuple[str, str]]:
    """The visits in order: (name of the node, state)."""
    return list(Execution.objects.filter(enrolment=enrolment).order_by("pk").values_list("node__name", "state"))


def state_of(enrolment: Enrolment) -> tuple[str, str]:
    enrolment.refresh_from_db()
    return enrolment.state, enrolment.stop_reason
