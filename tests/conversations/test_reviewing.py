"""What people say of readings: the queue to review, the sample's agreement, corrections that leave without names."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from conversations.models import Conversation, IntentReading, Message
from conversations.readings import intent_breakdown, relabelling, reviewing
from intent.examples import load
from intent.vocabulary import Layer, OptOut, Pair, Reason, Status
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import Lead, RemovalRequest
from leads.models import OptOut as OptOutRow
from lines.models import Line
from tests.cast import SignIn
from tests.core import make_line, make_user, make_workspace
from tests.factories_console import make_campaign
from tests.factories_conversations import known, they_said, they_said_all, we_said
from workspaces.models import AuditEntry, Role


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace(name="Northwind"))


@pytest.fixture
def thread(line: Line) -> Conversation:
    return known(line, "Priya Raman", company="Ledgerline")


def read(message: Message, **values: Any) -> IntentReading:
    usual = {"status": Status.NEUTRAL, "score": 45, "confidence": 0.4, "layer": Layer.MODEL, "model_version": "1-test"}
    return IntentReading.objects.create(
        workspace=message.workspace, conversation=message.conversation, message=message, **usual | values
    )


PRICING = Pair(Status.POSITIVE, Reason.PRICING)


def test_unsure_readings_wait_until_a_person_has_judged_them(line: Line, thread: Conversation) -> None:
    unsure, sure = they_said(thread, "hm", ago=2), they_said(thread, "how much?", ago=1)
    read(unsure)
    read(sure, confidence=0.97)
    [item] = reviewing.waiting(line.workspace, "uncertain")
    assert (item.reading.message, item.words) == (unsure, "Neutral")
    relabelling.label(unsure, PRICING, by=make_user(line.workspace))
    assert not reviewing.waiting(line.workspace, "uncertain")


def test_a_later_reading_takes_the_place_of_an_unsure_one(line: Line, thread: Conversation) -> None:
    message = they_said(thread, "hm")
    read(message, at=timezone.now() - timedelta(minutes=5))
    read(message, confidence=0.9)
    assert not reviewing.waiting(line.workspace, "uncertain")


def test_the_sample_holds_what_nobody_doubts_and_tells_how_often_it_is_right(line: Line, thread: Conversation) -> None:
    bob = make_user(line.workspace)
    messages = they_said_all((thread, f"how much for {number}?", 0) for number in range(2 * reviewing.ONE_IN))
    for message in messages:
        read(message, status=PRICING.status, reason=PRICING.reason, confidence=0.9)
    sampled = [item.reading.message for item in reviewing.waiting(line.workspace, "sample")]
    assert len(sampled) == 2
    relabelling.label(sampled[0], PRICING, by=bob)
    relabelling.label(sampled[1], Pair(Status.NEUTRAL, None), by=bob)
    unsampled = next(message for message in messages if message not in sampled)
    relabelling.label(unsampled, PRICING, by=bob)
    assert reviewing.agreement(line.workspace) == reviewing.Agreement(judged=2, right=1)


def test_a_rep_judges_from_the_queue_a_viewer_reads_it_and_a_stranger_sees_nothing(
    line: Line, thread: Conversation, sign_in: SignIn
) -> None:
    message = they_said(thread, "hm, the Tuesday thing?")
    read(message)
    queue = f"/w/{line.workspace.slug}/intent/review/"
    bob, rita = make_user(line.workspace), make_user(line.workspace, Role.VIEWER)
    assert "the Tuesday thing" in sign_in(rita).get(queue).content.decode()
    assert sign_in(rita).post(f"{queue}{message.public_id}/", {"pair": "positive:meeting"}).status_code == 403
    stranger = make_user(make_workspace())
    assert sign_in(stranger).post(f"{queue}{message.public_id}/", {"pair": "positive:meeting"}).status_code == 404
    after = sign_in(bob).post(f"{queue}{message.public_id}/", {"pair": "positive:meeting", "of": "uncertain"}, follow=True)
    assert "Labelled Positive · Meeting" in after.content.decode()
    assert message.intent_readings.get(layer=Layer.PERSON).by == bob


def test_calling_a_reply_a_removal_request_holds_automation_at_once(line: Line, thread: Conversation) -> None:
    message = they_said(thread, "mute")
    relabelling.label(message, Pair(Status.NEGATIVE, Reason.REQUESTED_REMOVE), by=make_user(line.workspace))
    assert RemovalRequest.objects.get().value == message.address


def test_a_suspect_is_judged_from_the_tasks(line: Line, thread: Conversation, sign_in: SignIn) -> None:
    message = they_said(thread, "mute yourself")
    relabelling.label(message, Pair(Status.NEGATIVE, Reason.REQUESTED_REMOVE), by=make_user(line.workspace))
    bob = sign_in(make_user(line.workspace))
    assert "mute yourself" in bob.get(f"/w/{line.workspace.slug}/tasks/").content.decode()
    decided = bob.post(
        f"/w/{line.workspace.slug}/imessages/{thread.public_id}/removal/", {"decision": "contact", "next": "tasks"}, follow=True
    )
    assert "mute yourself" not in decided.content.decode()
    assert optouts.standing(line.workspace_id, [message.address])


def test_corrections_leave_masked_for_admins_and_ops_and_are_audited(
    line: Line, thread: Conversation, sign_in: SignIn, tmp_path: Path
) -> None:
    bob, olga = make_user(line.workspace), make_user(line.workspace, Role.OPS)
    we_said(thread, "Hi Priya, Bob at Northwind. A call at +1 202 555 0188?", ago=9)
    message = they_said(
        thread, "priya here, ask Wanda at wanda@ledgerline.example or see https://x.example/p/12, 1800 euros is too much"
    )
    read(message)
    relabelling.label(message, Pair(Status.NEGATIVE, Reason.BUDGET), by=bob)
    relabelling.label(message, Pair(Status.POSITIVE, Reason.REFERRAL), by=bob)
    address = f"/w/{line.workspace.slug}/intent/corrections/"
    assert sign_in(bob).post(address).status_code == 403
    taken = b"".join(sign_in(olga).post(address).streaming_content).decode()  # type: ignore[attr-defined]
    for secret in ("Priya", "priya", "Wanda", "wanda", "Northwind", "Ledgerline", "0188", "1800", "x.example"):
        assert secret not in taken
    [row] = [json.loads(one) for one in taken.splitlines()]
    assert (row["status"], row["reason"], row["read_as"]) == ("Positive", "Referral", "Neutral/none")
    assert "is too much" in row["thread"][-1]["text"]
    (tmp_path / "c.jsonl").write_text(taken, "utf-8")
    assert load([tmp_path / "c.jsonl"])[0].pair == Pair(Status.POSITIVE, Reason.REFERRAL), "it trains and measures as it is"
    assert AuditEntry.objects.get(action="corrections.exported").detail == {"replies": 1}


def test_intent_is_broken_down_by_persona_in_one_query(line: Line, thread: Conversation, django_assert_num_queries: Any) -> None:
    Lead.objects.update(persona="Owner")
    Conversation.objects.update(intent_status=Status.POSITIVE, intent_reason=Reason.MEETING)
    with django_assert_num_queries(1):
        [row] = intent_breakdown.rows(line.workspace, "persona")
    assert (row.title, row.total, row.positive_share, row.meetings, row.removals) == ("Owner", 1, 100, 1, 0)


def test_intent_is_broken_down_by_the_text_that_was_answered_last(line: Line, thread: Conversation, sign_in: SignIn) -> None:
    campaign = make_campaign(line.workspace, "Spring")
    for ago, variant in ((9, "A"), (5, "B"), (1, "C")):
        we_said(thread, "hi", ago=ago, campaign=campaign, variant=variant, replied_at=None if variant == "C" else timezone.now())
    Conversation.objects.update(intent_status=Status.NEGATIVE, intent_reason=Reason.REQUESTED_REMOVE)
    other = known(make_line(make_workspace(name="Elsewhere")), "Omar Reyes")
    we_said(other, "hi", variant="B", replied_at=timezone.now())
    [row] = intent_breakdown.rows(line.workspace, "variant")
    assert (row.title, row.total, row.negative, row.removal_share) == ("Spring · text B", 1, 1, 100)
    page = sign_in(make_user(line.workspace)).get(f"/w/{line.workspace.slug}/intent/?by=variant").content.decode()
    assert "Spring · text B" in page
    assert "By the text they answered last, of the newest 10" in page
    Message.objects.update(variant="")
    [row] = intent_breakdown.rows(line.workspace, "variant")
    assert row.title == "One text only"


def test_intent_is_broken_down_by_the_campaign_that_was_answered_not_by_one_that_waits(line: Line, thread: Conversation) -> None:
    answered, waiting = make_campaign(line.workspace, "Spring"), make_campaign(line.workspace, "Autumn")
    we_said(thread, "hi", ago=9, campaign=answered, replied_at=timezone.now())
    we_said(thread, "by hand", ago=5, replied_at=timezone.now())
    they_said(known(line, "Omar Reyes"), "who is this?", ago=3)
    Conversation.objects.update(intent_status=Status.POSITIVE, campaign=waiting)
    assert [(row.title, row.total) for row in intent_breakdown.rows(line.workspace, "campaign")] == [
        ("No campaign", 1),
        ("Spring", 1),
    ]


def test_an_old_wish_for_silence_counts_but_not_after_they_came_back(line: Line, thread: Conversation) -> None:
    from conversations.readings import verdicts
    from intent.vocabulary import Verdict

    wish, later = they_said(thread, "take me off", ago=2), they_said(thread, "thanks", ago=1)
    sure = Verdict(Status.NEGATIVE, Reason.REQUESTED_REMOVE, OptOut.SURE, 0, 0.9, (), "1-test")
    verdicts.keep(wish, sure)
    assert optouts.standing(line.workspace_id, [later.address])
    OptOutRow.objects.update(source=OptOutRow.Source.KEYWORD)
    optouts.opt_in(line.workspace, later.address, Proof(source="keyword"))
    verdicts.keep(wish, sure)
    assert not optouts.standing(line.workspace_id, [later.address])
