"""Load the demo workspace once; a second call only follows the phone network to another port and writes the sign-ins file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from conversations import summary
from conversations.demo import campaigns, team
from conversations.models import Attempt, CannedResponse, Conversation, Message
from conversations.receiving.incoming import conversation_with
from conversations.sending.compose import Outgoing, compose
from conversations.vocabulary import AttemptState, Direction, FailReason, Origin, State
from leads import optouts
from leads.actions import add_lead
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.keywords import is_opt_out
from leads.models import Company, Lead, OptOut
from lines.actions import add_line
from lines.models import Line
from lines.simulator.defaults import DEMO_LINES
from workspaces.models import Membership, Role, User, Workspace

PASSWORD = "northwind demo"  # noqa: S105  a demo on one's own machine; printed at every start
TEAM = [
    ("alice@northwind.example", "Alice Moreau", Role.ADMIN),
    ("bob@northwind.example", "Bob Tanaka", Role.REP),
    ("olga@northwind.example", "Olga Petrova", Role.OPS),
    ("rita@northwind.example", "Rita Lindqvist", Role.VIEWER),
]
LINE_NAMES = ["Line 1 · DC", "Line 2 · SF"]


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not Workspace.objects.filter(slug="northwind").exists():
            load()
        follow_phone_network()
        write_sign_ins()


@transaction.atomic
def load() -> None:
    workspace = Workspace.objects.create(slug="northwind", name="Northwind GTM", time_zone="America/New_York")
    password = make_password(PASSWORD)  # a third of a second for each user, and it is the same one
    for email, name, role in TEAM:
        user = User.objects.create(email=email, name=name, password=password)
        Membership.objects.create(workspace=workspace, user=user, role=role)
    bob = User.objects.get(email="bob@northwind.example")
    lines = [
        add_line(
            workspace,
            name=name,
            address=spec.address,
            server_url=f"{settings.SIMULATOR_URL}/line{n}",
            secret=spec.password,
            by=None,
        )
        for n, (name, spec) in enumerate(zip(LINE_NAMES, DEMO_LINES, strict=True), start=1)
    ]
    people = _people(workspace)
    for n, person in enumerate(team.PEOPLE):
        if person.said:
            _tell(lines[n % 2], person.number, person.said, bob, people[person.number], person.intent)
    number, said = team.UNKNOWN
    _tell(lines[0], number, said, bob, None, ("neutral", "", 41))
    _elsewhere(workspace, bob, people)
    for name, text in team.CANNED:
        CannedResponse.objects.create(workspace=workspace, name=name, body=text, by=bob)
    campaigns.load(workspace, lines, people, alice=User.objects.get(email="alice@northwind.example"), bob=bob)
    for number, text in team.FIRST_SENDS:
        conversation = conversation_with(lines[0], number)
        key = f"demo:{number}"
        compose(Outgoing(conversation=conversation, body=text, origin=Origin.PERSON, dedupe_key=key, author=bob, line=lines[0]))


def follow_phone_network() -> None:
    """Started on another port, the simulated phones answer elsewhere: so do the demo's lines."""
    if not settings.SIMULATOR_URL:
        return
    lines = Line.objects.filter(workspace__slug="northwind", server_url__regex=r"^(http://127\.0\.0\.1:\d+)?/line\d+$")
    for line in lines:
        line.server_url = f"{settings.SIMULATOR_URL}/{line.server_url.rsplit('/', 1)[1]}"
        line.save(update_fields=["server_url"])


def _elsewhere(workspace: Workspace, author: User, people: dict[str, Lead]) -> None:
    """What happened over other channels."""
    for number, family, address, said in team.ELSEWHERE:
        lead = people[number]
        conversation = Conversation.objects.create(
            workspace=workspace, family=family, address=address, lead=lead, company=lead.company, contact_name=lead.name
        )
        for item in said:
            _say(conversation, None, item, author)
        summary.refresh([conversation.pk])


def _people(workspace: Workspace) -> dict[str, Lead]:
    firms = {
        firm.name: Company.objects.create(
            workspace=workspace,
            name=firm.name,
            website=firm.website,
            industry=firm.industry,
            icp=firm.icp,
            icp_match=firm.icp_match,
        )
        for firm in team.FIRMS
    }
    return {
        person.number: add_lead(
            workspace,
            name=person.name,
            addresses=[normalise(person.number, region="US")],
            company=firms[person.company],
            title=person.title,
            persona=person.persona,
            persona_match=person.persona_match,
        )
        for person in team.PEOPLE
    }


def _tell(
    line: Line, number: str, said: list[team.Said], author: User, lead: Lead | None, intent: tuple[str, str, int] | None
) -> None:
    """Write a conversation as it would stand had it happened."""
    conversation = conversation_with(line, number)
    for item in said:
        _say(conversation, line, item, author)
    if intent:
        status, reason, score = intent
        Conversation.objects.filter(pk=conversation.pk).update(intent_status=status, intent_reason=reason, intent_score=score)
    last = conversation.messages.order_by("-at").first()
    if last and last.direction == Direction.INCOMING and is_opt_out(last.body):
        optouts.hold_alone([(conversation.workspace_id, number)])
        optouts.opt_out(conversation.workspace, number, Proof(source=OptOut.Source.KEYWORD, text=last.body, asked_at=last.at))
        Conversation.objects.filter(pk=conversation.pk).update(handled_through=last.pk)  # obeying it was the answer
    summary.refresh([conversation.pk])


def _say(conversation: Conversation, line: Line | None, item: team.Said, author: User) -> None:
    at = timezone.now() - timedelta(minutes=item.ago)
    common = {
        "workspace_id": conversation.workspace_id,
        "conversation": conversation,
        "line": line,
        "address": conversation.address,
        "body": item.text,
        "channel": item.channel,
        "at": at,
        "created_at": at,
    }
    if item.by == "them":
        Message.objects.create(direction=Direction.INCOMING, state=State.RECEIVED, **common)
        earlier = conversation.messages.filter(direction=Direction.OUTGOING, sent_at__lt=at)
        newest = earlier.order_by("-sent_at").values("pk")[:1]
        Message.objects.filter(pk__in=newest, replied_at=None).update(replied_at=at)
        return
    failed = item.status in FailReason
    seconds = timedelta(seconds=2)
    message = Message.objects.create(
        direction=Direction.OUTGOING,
        origin=Origin.PERSON,
        author=author,
        state=State.FAILED if failed else State.SENT,
        reason=item.status if failed else "",
        reason_detail=item.detail,
        attempt_count=1,
        sent_at=None if failed else at,
        delivered_at=at + seconds if item.status in ("delivered", "read") else None,
        read_at=at + 30 * seconds if item.status == "read" else None,
        **common,
    )
    Attempt.objects.create(
        workspace_id=message.workspace_id,
        message=message,
        n=1,
        line=line,
        channel=item.channel,
        state=AttemptState.REJECTED if failed else AttemptState.ACCEPTED,
        reason=message.reason,
        detail=item.detail,
        started_at=at,
        finished_at=at,
        delivered_at=message.delivered_at,
        read_at=message.read_at,
    )


def write_sign_ins() -> None:
    """What the console prints when it is ready."""
    rows = [f"{email:28} {name} ({role.label})" for email, name, role in TEAM]
    text = "\n".join(["Sign in with any of these; the password is the same for all:", *rows, f"password: {PASSWORD}"])
    (settings.DATA_DIR / "sign-ins.txt").write_text(text + "\n")
