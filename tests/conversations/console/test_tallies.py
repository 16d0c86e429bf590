"""Tallies are those of the messages, whatever happens to these, and whenever entries are added up."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.functions import Coalesce, Least
from django.http import QueryDict
from django.utils import timezone

from campaigns.models import Campaign
from conversations.models import Conversation, Message, Tally, TallyEntry
from conversations.reports import asked as asking
from conversations.reports import numbers, tallies
from conversations.vocabulary import State
from lines.models import Line
from tests.factories_console import enrolled, failed_step, message_of, step
from tests.factories_conversations import known, we_said
from workspaces.models import Workspace


def counts(workspace: Workspace, query: str = "range=all") -> dict[str, int]:
    return numbers.total(numbers.parts(asking.read(QueryDict(query), workspace))).counts


def happens(message: Message, chance: random.Random) -> None:
    """Something that may happen to a message that was handed over, late or early."""
    at = timezone.now() - timedelta(hours=chance.randint(0, 90))
    mine = Message.objects.filter(pk=message.pk)
    fact = chance.choice(["sent_at", "delivered_at", "read_at", "replied_at", "failed", "moved", "lead", "gone", "nothing"])
    changes: dict[str, dict[str, Any]] = {
        "failed": {"state": State.FAILED, "reason": "unreachable"},
        "moved": {"line": None},
        "lead": {"persona": chance.choice(["Founder", ""])},
        "nothing": {"body": "Edited", "lease_until": at},
    }
    if fact == "gone":
        mine.delete()
    elif fact in changes:
        mine.update(**changes[fact])
    else:
        mine.update(**{fact: Least(Coalesce(fact, at), at)})


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_counted_twice_or_missed_whatever_comes_late(campaign: Campaign, line: Line, seed: int) -> None:
    chance = random.Random(seed)
    made = [
        message_of(step(enrolled(campaign, line, f"Lead {n}", address=f"+1628555010{n}")), ago=chance.randint(0, 5_000))
        for n in range(6)
    ]
    for _ in range(40):
        happens(chance.choice(made), chance)
        if chance.random() < 0.2:
            tallies.fold()
    assert tallies.drift() == []
    before = counts(campaign.workspace)
    tallies.fold()
    assert (tallies.drift(), counts(campaign.workspace)) == ([], before)
    assert not TallyEntry.objects.exists()
    sent = Message.objects.filter(sent_at__isnull=False).exclude(status="not_delivered")
    assert (before["sent"], before["read"]) == (sent.count(), sent.exclude(read_at=None).count())


def test_what_changes_no_number_writes_nothing(campaign: Campaign, line: Line) -> None:
    message = message_of(step(enrolled(campaign, line)))
    before = TallyEntry.objects.count()
    Message.objects.filter(pk=message.pk).update(body="Edited", vendor_thread="x", handled_at=timezone.now())
    assert TallyEntry.objects.count() == before


def test_an_answer_read_anew_counts_anew(campaign: Campaign, line: Line) -> None:
    message = message_of(step(enrolled(campaign, line)))
    Message.objects.filter(pk=message.pk).update(replied_at=timezone.now())
    tallies.fold()
    for status, expected in (("positive", 1), ("negative", 0)):
        Conversation.objects.filter(pk=message.conversation_id).update(intent_status=status)
        assert counts(campaign.workspace)["positive"] == expected


def test_a_campaign_that_is_deleted_leaves_its_messages_to_none(campaign: Campaign, line: Line) -> None:
    message_of(step(enrolled(campaign, line)))
    tallies.fold()
    campaign.delete()
    (part,) = numbers.parts(asking.read(QueryDict("by=step"), line.workspace))
    assert (part.label, part.counts["sent"], tallies.drift()) == ("No campaign step", 1, [])


def test_days_move_with_the_time_zone(northwind: Workspace, line: Line) -> None:
    we_said(known(line), "Hi", ago=30)
    tallies.fold()
    northwind.time_zone = "Pacific/Kiritimati"
    northwind.save()
    today = (timezone.now() - timedelta(minutes=30)).astimezone(northwind.zone).date()
    that_day = f"from={today}&to={today}"
    assert counts(northwind, that_day)["sent"] == 1, "counted from the messages until the days are added up anew"
    tallies.fold()
    assert counts(northwind, that_day)["sent"] == 1
    assert set(Tally.objects.of(northwind).values_list("day", flat=True)) == {today}


def test_what_is_sent_again_twice_is_still_of_its_step(campaign: Campaign, line: Line) -> None:
    first = failed_step(campaign, line)
    for _ in range(2):
        first = Message.objects.create(
            workspace=first.workspace, conversation=first.conversation, direction="out", line=line, address=first.address,
            state=State.QUEUED, retry_of=first,
        )  # fmt: skip
    first.refresh_from_db()
    assert first.step
    assert first.campaign == campaign


def test_nobody_waits_while_somebody_counts_a_workspace_anew(campaign: Campaign, line: Line) -> None:
    message_of(step(enrolled(campaign, line)))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended('tallies', 0))")
            assert tallies.fold() == 0
            assert TallyEntry.objects.exists()
            # Let go here: of a connection that closes, the server may learn later.
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('tallies', 0))")
    finally:
        other.close()
    tallies.fold()
    assert not TallyEntry.objects.exists()


def test_a_difference_is_told_and_repaired(campaign: Campaign, line: Line) -> None:
    message_of(step(enrolled(campaign, line)))
    tallies.fold()
    Tally.objects.filter(by="persona", campaign=Tally.ALL).update(sent=5)
    with pytest.raises(CommandError, match="--repair"):
        call_command("check_facets")
    call_command("check_facets", repair=True)
    assert tallies.drift() == []


def test_a_workspace_that_is_gone_leaves_nothing_behind(contoso: Workspace, northwind: Workspace, line: Line) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_tallyentry (workspace_id, at, campaign, line, persona, icp, step, variant, sent, delivered,"
            " read, replied, failed) VALUES (987654321, now(), -1, -1, '', '', '', '', -1, 0, 0, 0, 0)"
        )
    assert tallies.fold() == 1
    assert not Tally.objects.exists()
