"""The seven checks tell what holds now, not what held when the message failed (S0-74, S0-141)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from campaigns.models import Campaign
from conversations.models import Message
from conversations.thread import diagnosis
from conversations.vocabulary import FailReason
from conversations.wording.reasons import cause_of
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import Company, Lead, OptOut
from lines.models import Line
from tests.factories_console import failed_step
from workspaces.models import Workspace


def answers(message: Message) -> dict[str, diagnosis.Check]:
    rows = Message.objects.select_related(
        "workspace", "line__workspace", "campaign", "conversation__lead__company", "conversation__campaign"
    )
    return {check.question: check for check in diagnosis.checks(rows.get(pk=message.pk))}


def change(model: Any, **values: Any) -> Callable[[Message], None]:
    return lambda message: model.objects.of(message.workspace).update(**values)


def opt_out(message: Message) -> None:
    optouts.opt_out(message.workspace, message.address, Proof(source=OptOut.Source.PERSON))


def plan_of_none(message: Message) -> None:
    Workspace.objects.filter(pk=message.workspace_id).update(plan_new_a_day=0)


@pytest.mark.parametrize(
    ("question", "happens", "words"),
    [
        ("Is the phone number valid?", change(Message, address="+1555"), "nobody can have this number"),
        ("Is the line connected?", change(Line, status="disconnected", status_detail="No answer"), "disconnected: No answer"),
        ("How does its campaign stand?", change(Campaign, status="paused"), "is paused"),
        (
            "Is there room in the line's daily limit?",
            change(Line, daily_new_limit=0),
            "0 of 0 new conversations are left today",
        ),
        (
            "Is there room in the line's daily limit?",
            change(Line, hourly_new_limit=0),
            "0 of 0 new conversations are left of any",
        ),
        ("Is there room in the line's daily limit?", change(Line, daily_total_limit=0), "0 of 0 messages are left today"),
        ("Is there room in the line's daily limit?", plan_of_none, "for the whole workspace; more"),
        ("How does the contact stand?", change(Lead, status="excluded"), "excluded"),
        ("Is anybody excluded or opted out?", change(Company, status="excluded"), "The company is excluded"),
        ("Is anybody excluded or opted out?", opt_out, "The contact opted out"),
    ],
)
def test_a_check_turns_when_the_world_does(
    campaign: Campaign, line: Line, question: str, happens: Callable[[Message], None], words: str
) -> None:
    message = failed_step(campaign, line)
    assert answers(message)[question].good, "fine at first"
    happens(message)
    after = answers(message)[question]
    assert after.good is False
    assert words in after.answer


def test_the_gateways_own_words_come_last(campaign: Campaign, line: Line) -> None:
    check = list(answers(failed_step(campaign, line)).values())[-1]
    assert check.question == "What did the gateway say?"
    assert "Unreachable number (30003): Unreachable destination handset" in check.answer


def test_every_reason_has_one_of_three_causes() -> None:
    found = {cause_of(reason) for reason in FailReason.values}
    assert found == {"Recipient address invalid", "Line not active or misconfigured", "Server connection issue"}
