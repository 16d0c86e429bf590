"""Send to leads: who gets a message, once each; pausing, cancelling and taking back; made again after a kill."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from conversations.batches import gathering, making, people, steering, work, writing
from conversations.batches.launch import launch
from conversations.batches.progress import progress
from conversations.models import Batch, Conversation, Message, Recipient
from conversations.refusals import Refused
from conversations.sending.compose import compose_all
from conversations.vocabulary import CancelReason, Origin, SkipReason, State
from leads import optouts
from leads.actions import add_lead
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.exclusions import exclude
from leads.models import Address, Lead, OptOut
from lines.models import Line
from tests.core import make_conversation, make_line
from workspaces.models import User, Workspace

Reached = Address.Availability


def lead(workspace: Workspace, name: str, *values: str) -> Lead:
    return add_lead(workspace, name=name, addresses=[normalise(value, region="US") for value in values])


def begin(workspace: Workspace, by: User, body: str = "Hello {{ lead.first_name }}", **values: object) -> Batch:
    """A batch to every lead of the workspace."""
    batch = gathering.begin(workspace, Lead.objects.of(workspace), by=by)
    writing.write(batch, body, **{"skip_missing": False, **values})  # type: ignore[arg-type]
    return batch


def sent(workspace: Workspace, by: User, body: str = "Hello {{ lead.first_name }}", **values: object) -> Batch:
    batch = begin(workspace, by, body, **values)
    writing.confirm(batch, by=by)
    work.advance(batch.pk)
    batch.refresh_from_db()
    return batch


def reasons(batch: Batch) -> dict[str, str]:
    return dict(Recipient.objects.filter(batch=batch).exclude(skipped="").values_list("lead__name", "skipped"))


def test_each_lead_gets_it_in_their_own_words_and_once(northwind: Workspace, bob: User, line: Line) -> None:
    for n, name in enumerate(("Priya Raman", "Dana Cole")):
        lead(northwind, name, f"+1202555010{n}")
    batch = sent(northwind, bob)
    messages = Message.objects.filter(batch=batch).order_by("pk")
    assert [one.body for one in messages] == ["Hello Priya", "Hello Dana"]
    assert {(one.origin, one.author, one.line) for one in messages} == {(Origin.BATCH, bob, line)}
    assert batch.release_at is not None
    assert all(one.run_at >= batch.release_at for one in messages)
    assert batch.state == Batch.State.MADE
    with pytest.raises(Refused, match="already"):
        writing.confirm(batch, by=bob)
    work.advance(batch.pk)
    assert Message.objects.count() == 2


def test_whoever_must_not_be_written_to_is_left_out_with_the_reason(northwind: Workspace, bob: User, line: Line) -> None:
    lead(northwind, "Reached", "+12025550100")
    lead(northwind, "Stopped", "+12025550101")
    optouts.opt_out(northwind, "+12025550101", Proof(source=OptOut.Source.KEYWORD))
    exclude(lead(northwind, "Excluded", "+12025550102"), "Competitor", by=bob)
    lead(northwind, "Bare")
    batch = sent(northwind, bob)
    assert reasons(batch) == {"Stopped": "opted_out", "Excluded": "excluded", "Bare": "no_address"}
    assert Message.objects.get().address == "+12025550100"


def test_of_two_who_send_it_at_once_one_does(northwind: Workspace, bob: User, line: Line) -> None:
    lead(northwind, "Priya Raman", "+12025550101")
    mine = begin(northwind, bob, "Hi")
    theirs = writing.batch_of(northwind, mine.public_id)
    writing.confirm(mine, by=bob)
    with pytest.raises(Refused, match="sent already"):
        writing.confirm(theirs, by=bob)
    work.advance(mine.pk)
    assert Message.objects.filter(batch=mine).count() == 1


def test_an_opt_out_after_the_summary_counts(northwind: Workspace, bob: User, line: Line) -> None:
    lead(northwind, "Priya", "+12025550100")
    batch = begin(northwind, bob)
    assert len(launch(batch).plan.sendable) == 1
    optouts.opt_out(northwind, "+12025550100", Proof(source=OptOut.Source.KEYWORD))
    writing.confirm(batch, by=bob)
    work.advance(batch.pk)
    assert not Message.objects.exists()
    assert reasons(batch) == {"Priya": SkipReason.OPTED_OUT}


def test_empty_fields_are_refused_before_anything_is_sent(northwind: Workspace, bob: User, line: Line) -> None:
    lead(northwind, "Priya Raman", "+12025550100")
    batch = begin(northwind, bob, "Hi from {{ company.name }}")
    with pytest.raises(Refused, match="1 lead lacks"):
        writing.confirm(batch, by=bob)
    writing.write(batch, "Hi from {{ company.name }}", skip_missing=True)
    found = launch(batch)
    assert (found.plan.sendable, found.missing.fields) == ([], [("Company", 1)])
    writing.write(batch, "Hi from {{ company.name | your team }}", skip_missing=False)
    writing.confirm(batch, by=bob)
    work.advance(batch.pk)
    assert Message.objects.get().body == "Hi from your team"


@pytest.mark.parametrize("body", ["", "   ", "Hi {{ lead.shoe_size }}", "Hi {{ lead.name", "x" * 5001])
def test_a_text_that_nobody_can_get_is_refused(northwind: Workspace, bob: User, line: Line, body: str) -> None:
    lead(northwind, "Priya Raman", "+12025550100")
    with pytest.raises(Refused):
        writing.confirm(begin(northwind, bob, body), by=bob)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("availability", "channel", "text", "expected"),
    [
        ({"+12025550100": Reached.UNAVAILABLE, "+12025550101": Reached.AVAILABLE}, "", True, "+12025550101"),
        ({}, "", True, "+12025550100"),
        ({"+12025550100": Reached.UNAVAILABLE, "dana@example.com": Reached.AVAILABLE}, "", True, "dana@example.com"),
        (dict.fromkeys(("+12025550100", "+12025550101", "dana@example.com"), Reached.UNAVAILABLE), "", True, "+12025550100"),
        (dict.fromkeys(("+12025550100", "+12025550101", "dana@example.com"), Reached.UNAVAILABLE), "", False, None),
        (dict.fromkeys(("+12025550100", "+12025550101", "dana@example.com"), Reached.UNAVAILABLE), "imessage", True, None),
        ({"+12025550101": Reached.AVAILABLE}, "sms", True, "+12025550100"),
        ({}, "sms", False, None),
    ],
)
def test_imessage_else_sms_for_each_lead(
    northwind: Workspace, availability: dict[str, str], channel: str, text: bool, expected: str | None
) -> None:
    dana = lead(northwind, "Dana", "+12025550100", "+12025550101", "dana@example.com")
    for value, state in availability.items():
        Address.objects.filter(value=value).update(availability=state)
    rows = list(Address.objects.filter(lead=dana).order_by("-kind", "rank"))
    found = people.address_for(rows, None, channel, text=text)
    assert (found.value if found else None) == expected


def test_it_goes_on_where_their_thread_runs(northwind: Workspace, bob: User, line: Line) -> None:
    lead(northwind, "Dana", "+12025550100", "+12025550101")
    thread = make_conversation(line, "+12025550101")
    sent(northwind, bob)
    assert (Message.objects.get().conversation, Message.objects.get().address) == (thread, "+12025550101")


def test_paused_nothing_leaves_and_it_goes_on_where_it_was(northwind: Workspace, bob: User, line: Line) -> None:
    lead(northwind, "Priya", "+12025550100")
    batch = sent(northwind, bob)
    assert steering.pause(batch, by=bob)
    assert not steering.pause(batch, by=bob)
    assert Message.objects.get().hold == "paused"
    assert steering.resume(batch, by=bob)
    message = Message.objects.get()
    assert message.hold == ""
    assert message.run_at <= timezone.now() + timedelta(seconds=11)


def test_cancelled_the_rest_stays_unsent_also_what_was_not_made(
    northwind: Workspace, bob: User, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        lead(northwind, f"Lead {chr(65 + n)}", f"+1202555010{n}")
    monkeypatch.setattr(people, "CHUNK", 2)
    monkeypatch.setattr(people.some, "__kwdefaults__", {"after": 0, "most": 2})
    batch = begin(northwind, bob)
    writing.confirm(batch, by=bob)
    assert making.chunk(batch.pk)
    assert steering.cancel(batch, by=bob)
    assert not steering.cancel(batch, by=bob)
    work.advance(batch.pk)
    states = list(Message.objects.values_list("state", "reason", "reason_detail"))
    assert states == [(State.CANCELLED, CancelReason.USER, "Batch cancelled by Bob Bell")] * 2
    assert set(reasons(batch).values()) == {SkipReason.CANCELLED}
    batch.refresh_from_db()
    assert batch.state == Batch.State.CANCELLED
    assert progress(batch).cancelled == 2


def test_taken_back_in_time_it_is_a_draft_again(northwind: Workspace, bob: User, line: Line) -> None:
    lead(northwind, "Priya", "+12025550100")
    batch = sent(northwind, bob)
    draft = steering.take_back(batch, by=bob)
    assert draft is not None
    work.advance(batch.pk)
    assert Message.objects.get().state == State.CANCELLED
    assert (draft.state, draft.body, progress(draft).total) == (Batch.State.DRAFT, batch.body, 1)
    late = sent(northwind, bob)
    Batch.objects.filter(pk=late.pk).update(release_at=timezone.now())
    late.refresh_from_db()
    assert steering.take_back(late, by=bob) is None


def test_a_worker_that_was_killed_left_whole_chunks_and_nobody_gets_it_twice(
    northwind: Workspace, bob: User, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(6):
        lead(northwind, f"Lead {chr(65 + n)}", f"+1202555010{n}")
    monkeypatch.setattr(people.some, "__kwdefaults__", {"after": 0, "most": 2})
    batch = begin(northwind, bob)
    writing.confirm(batch, by=bob)
    assert making.chunk(batch.pk)

    def killed(*args: object, **values: object) -> object:
        compose_all(*args, **values)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr("conversations.batches.making.compose_all", killed)
    with pytest.raises(KeyboardInterrupt):
        making.chunk(batch.pk)
    monkeypatch.setattr("conversations.batches.making.compose_all", compose_all)
    assert Message.objects.count() == 2
    assert batch.pk in work.at_work()
    work.advance(batch.pk)
    assert Message.objects.count() == 6
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.MAKING, position=0)  # as if it were begun all over
    work.advance(batch.pk)
    assert Message.objects.count() == 6
    assert progress(batch).waiting == 6


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_each_message_once(northwind: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    make_line(northwind)
    for n in range(20):
        lead(northwind, f"Lead {chr(65 + n)}", f"+120255501{n:02}")
    monkeypatch.setattr(people.some, "__kwdefaults__", {"after": 0, "most": 3})
    batch = begin(northwind, bob)
    writing.confirm(batch, by=bob)

    def run() -> None:
        work.advance(batch.pk)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work.advance(batch.pk)
    assert Message.objects.count() == Conversation.objects.count() == 20
    assert progress(batch).waiting == 20


def test_what_failed_is_sent_again_within_the_batch_but_not_what_may_have_arrived(
    northwind: Workspace, bob: User, line: Line
) -> None:
    for n in range(2):
        lead(northwind, f"Lead {chr(65 + n)}", f"+1202555010{n}")
    batch = sent(northwind, bob)
    sure, unsure = Message.objects.order_by("pk")
    Message.objects.filter(pk=sure.pk).update(state=State.FAILED, reason="unreachable")
    Message.objects.filter(pk=unsure.pk).update(state=State.FAILED, reason="outcome_unknown")
    assert steering.send_again(batch, by=bob) == (1, "")
    again = Message.objects.get(retry_of=sure)
    assert (again.batch, again.origin) == (batch, Origin.BATCH)
    assert Recipient.objects.get(lead__name="Lead A").message == again
    assert steering.send_again(batch, by=bob) == (0, "")
    done = progress(batch)
    assert (done.waiting, done.failed) == (1, 1)


def test_the_summary_is_what_happens(northwind: Workspace, bob: User, line: Line) -> None:
    Line.objects.filter(pk=line.pk).update(daily_new_limit=2)
    for n in range(5):
        lead(northwind, f"Lead {chr(65 + n)}", f"+1202555010{n}")
    found = launch(begin(northwind, bob))
    assert (found.total, len(found.plan.sendable), found.plan.new_conversations) == (5, 5, 5)
    assert sum(day.messages for day in found.plan.days) == 5
    assert max(day.new for day in found.plan.days) <= 2
    assert found.plan.finishes is not None


def test_a_selection_is_of_ones_own_leads_and_not_too_large(
    northwind: Workspace, contoso: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = lead(contoso, "Secret", "+12025550100")
    with pytest.raises(Refused, match="at least one"):
        gathering.start(northwind, QueryDict(f"lead={theirs.public_id}"), by=bob)
    for n in range(3):
        lead(northwind, f"Lead {chr(65 + n)}", f"+1202555020{n}")
    batch = gathering.start(northwind, QueryDict("all=matching&q=lead+b&csrfmiddlewaretoken=x"), by=bob)
    assert (batch.query, batch.source) == ("q=lead+b", "All that match “lead b”")
    assert Recipient.objects.get(batch=batch).lead.name == "Lead B"
    monkeypatch.setattr(gathering, "MOST", 2)
    with pytest.raises(Refused, match="More than 2 leads"):
        gathering.start(northwind, QueryDict("all=matching"), by=bob)
