"""Claiming and the gate, on real rows and real locks."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from conversations.models import Attempt, Message
from conversations.sending import outbox, people, record, sweeping
from conversations.sending.optout import opt_out_contact
from conversations.sending.upcoming import Upcoming
from conversations.thread import deleting
from conversations.vocabulary import AttemptState, CancelReason, FailReason, Hold, Origin, State
from leads import actions
from leads.actions import add_lead
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.models import Address, Company, Lead, OptOut
from leads.optouts import opt_out
from lines import places, quota
from lines.gateways.base import Failure, Reason, SendResult, Service
from lines.gateways.base import State as GatewayState
from lines.models import Line, LineDay
from tests.core import made_sent, make_conversation, make_line, make_user, make_workspace, say, used_today
from workspaces.models import Membership, Role, Workspace

SENDER = 1


def claim(room: int = 32) -> list[Message]:
    """Claim once; the messages that may go, oldest first."""
    claims, _ = outbox.claim(SENDER, room=room)
    return [Attempt.objects.get(pk=c.attempt_id).message for c in claims]


def in_threads(count: int, work: Callable[[], None]) -> None:
    """Run `work` in `count` threads that start together, each on a connection of its own."""
    barrier = threading.Barrier(count)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            barrier.wait()
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def repeated(times: int, room: int) -> Callable[[], None]:
    """Work for a thread: claim `times` times."""

    def work() -> None:
        for _ in range(times):
            claim(room)

    return work


def answer(vendor_id: str = "guid") -> SendResult:
    return SendResult(vendor_id=vendor_id, state=GatewayState.SENT, service=Service.IMESSAGE)


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace(), max_in_flight=100)


def test_a_claim_writes_the_attempt_before_anything_is_sent(line: Line) -> None:
    message = say(line)
    assert claim() == [message]
    message.refresh_from_db()
    attempt = message.attempts.get()
    assert (message.state, message.attempt_count, message.sender) == (State.SENDING, 1, SENDER)
    assert (attempt.state, attempt.n, attempt.line) == (AttemptState.OPEN, 1, line)
    assert message.lease_until
    assert message.lease_until > timezone.now()
    assert claim() == []


def test_one_message_to_a_person_is_in_flight_at_a_time_and_in_order(line: Line) -> None:
    first, second = say(line, "one"), say(line, "two")
    other = say(line, "three", "+12025550102")
    assert claim() == [first, other]
    assert claim() == []
    record.accepted(first.attempts.get().pk, answer())
    assert claim() == [second]


def test_a_message_that_is_retried_keeps_its_place_before_later_ones(line: Line) -> None:
    first, _ = say(line, "one"), say(line, "two")
    claim()
    record.absent(first.attempts.get().pk, detail="")
    Message.objects.filter(pk=first.pk).update(run_at=timezone.now() + timedelta(minutes=5))
    assert claim() == []


def test_the_room_of_a_line_is_not_passed(line: Line) -> None:
    Line.objects.update(max_in_flight=2)
    for n in range(5):
        say(line, address=f"+1202555010{n}")
    assert len(claim()) == 2
    assert len(claim()) == 0


def test_a_scheduled_message_waits_for_its_time(line: Line) -> None:
    message = say(line, scheduled_at=timezone.now() + timedelta(hours=1))
    assert message.status == "scheduled"
    assert claim() == []
    Message.objects.update(run_at=timezone.now())
    assert claim() == [message]


def test_what_became_due_since_the_last_question_is_due_now_and_told_once(line: Line) -> None:
    upcoming = Upcoming()
    message = say(line, scheduled_at=timezone.now() + timedelta(minutes=1))
    assert upcoming.within(1) is None
    assert 0 < (upcoming.within(90) or 0) <= 60
    Message.objects.filter(pk=message.pk).update(run_at=timezone.now())
    assert upcoming.within(1) == 0, "a claim that ran meanwhile may have begun before"
    assert upcoming.within(1) is None, "it may be one that cannot go"


@pytest.mark.parametrize("status", [Line.Status.PAUSED, Line.Status.DISCONNECTED, Line.Status.PROVISIONING])
def test_a_line_that_does_not_send_holds_its_messages_and_says_so(line: Line, status: str) -> None:
    message = say(line)
    Line.objects.update(status=status)
    sweeping.sweep()
    assert claim() == []
    message.refresh_from_db()
    assert (message.state, message.hold) == (State.QUEUED, Hold.LINE_INACTIVE)
    Line.objects.update(status=Line.Status.ACTIVE)
    assert claim() == [message]


def test_what_could_not_be_sent_in_time_ends_with_the_reason_it_waited_for(line: Line) -> None:
    message = say(line)
    Line.objects.update(status=Line.Status.PAUSED)
    sweeping.sweep()
    Message.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    sweeping.sweep()
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, FailReason.EXPIRED)
    assert message.reason_detail == Hold.LINE_INACTIVE.label
    assert message.conversation.__class__.objects.get().last_status == "not_delivered"


def test_automation_waits_until_the_inbox_has_been_read(line: Line) -> None:
    Line.objects.update(inbox_current_at=timezone.now() - timedelta(hours=1))
    automated = say(line, origin=Origin.CAMPAIGN)
    by_person = say(line, address="+12025550102")
    assert claim() == [by_person]
    automated.refresh_from_db()
    assert automated.hold == Hold.INBOX_BEHIND


def test_an_excluded_contact_or_company_gets_no_automated_message(line: Line) -> None:
    workspace = line.workspace
    firm = Company.objects.create(workspace=workspace, name="Out", status=Company.Status.EXCLUDED)
    for number, company, status in [("+12025550110", firm, "active"), ("+12025550111", None, "excluded")]:
        lead = add_lead(workspace, name="L", addresses=[normalise(number, region="US")], company=company)
        Lead.objects.filter(pk=lead.pk).update(status=status)
        automated = say(line, address=number, origin=Origin.CAMPAIGN)
        assert claim() == []
        automated.refresh_from_db()
        assert (automated.state, automated.reason) == (State.CANCELLED, CancelReason.EXCLUDED)
        assert claim() == []
        assert claim() == []
        by_person = say(line, address=number)
        assert claim() == [by_person]


@pytest.mark.parametrize("whole_company", [False, True])
def test_what_waited_when_somebody_was_excluded_stays_unsent_when_they_are_included_again(line: Line, whole_company: bool) -> None:
    user, firm = make_user(line.workspace), Company.objects.create(workspace=line.workspace, name="Fathom")
    lead = add_lead(line.workspace, name="L", addresses=[normalise("+12025550110", region="US")], company=firm)
    tomorrow = timezone.now() + timedelta(days=1)
    later = [say(line, address="+12025550110", origin=one, scheduled_at=tomorrow) for one in (Origin.REMINDER, Origin.PERSON)]
    if whole_company:
        actions.exclude_company(firm, "Competitor", by=user)
    else:
        actions.exclude(lead, "Competitor", by=user)
    sweeping.sweep()
    actions.include_company(firm, by=user)
    actions.include_all([lead], by=user)
    for message in later:
        message.refresh_from_db()
        assert (message.state, message.reason) == (State.CANCELLED, CancelReason.EXCLUDED)
    again = say(line, address="+12025550110", origin=Origin.REMINDER, scheduled_at=tomorrow)
    sweeping.sweep()
    again.refresh_from_db()
    assert again.state == State.QUEUED


def test_an_opted_out_contact_gets_nothing_unless_people_may_answer(line: Line) -> None:
    user = make_user(line.workspace)
    conversation = make_conversation(line)
    opt_out_contact(conversation, by=user)
    message = say(line)
    assert claim() == []
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)
    line.workspace.reply_to_opted_out = True
    line.workspace.save()
    automated, by_person = say(line, origin=Origin.CAMPAIGN), say(line)
    assert claim() == [by_person]  # what people write is looked at first
    made_sent(by_person)
    assert claim() == []
    automated.refresh_from_db()
    assert automated.state == State.CANCELLED


def test_an_opt_out_counts_for_every_address_of_the_person(line: Line) -> None:
    numbers = [normalise(number, region="US") for number in ("+12025550112", "+12025550113")]
    add_lead(line.workspace, name="Two numbers", addresses=numbers)
    conversation = make_conversation(line, "+12025550112")
    conversation.address = "+12025550113"
    conversation.save()
    queued = say(line, address="+12025550113")
    Message.objects.filter(pk=queued.pk).update(address="+12025550113")
    conversation.address = "+12025550112"
    opt_out_contact(conversation, by=make_user(line.workspace))
    queued.refresh_from_db()
    assert queued.state == State.CANCELLED


@pytest.mark.parametrize("excluded", [False, True])
def test_a_thread_that_does_not_know_its_lead_yet_obeys_what_holds_for_them(line: Line, excluded: bool) -> None:
    queued = say(line, address="+12025550114", origin=Origin.API if excluded else Origin.PERSON)
    numbers = [normalise(number, region="US") for number in ("+12025550114", "+12025550115")]
    lead = add_lead(line.workspace, name="Imported later", addresses=numbers)
    if excluded:
        Lead.objects.filter(pk=lead.pk).update(status=Lead.Status.EXCLUDED)
    else:
        opt_out(line.workspace, "+12025550115", Proof(source=OptOut.Source.PERSON))
    assert queued.conversation.lead is None
    assert claim() == []
    queued.refresh_from_db()
    assert queued.reason == (CancelReason.EXCLUDED if excluded else CancelReason.OPTED_OUT)


def test_what_moves_to_another_line_counts_there_and_no_longer_here(line: Line) -> None:
    sms = make_line(line.workspace, kind=Line.Kind.SMS, daily_total_limit=1, max_in_flight=10)
    Line.objects.filter(pk=line.pk).update(fallback_line=sms)
    add_lead(line.workspace, name="No iMessage", addresses=[normalise("+12025550101", region="US")])
    message = say(line)
    claim()
    record.refused(message.attempts.get().pk, Failure(Reason.IMESSAGE_ISSUE, transient=True))
    Address.objects.update(availability=Address.Availability.UNAVAILABLE)
    Message.objects.update(run_at=timezone.now())
    say(sms, address="+12025550199")
    assert sum(len(claim()) for _ in range(3)) == 1, "one message a day over the SMS line"
    assert used_today(line) == 0
    assert list(LineDay.objects.filter(line=sms).values_list("sent", flat=True)) == [1]


@pytest.mark.parametrize("what", ["secret", "zone"])
def test_what_cannot_be_read_is_put_off_and_holds_up_nobody_else(line: Line, what: str) -> None:
    lead = add_lead(line.workspace, name="Odd", addresses=[normalise("+12025550101", region="US")])
    odd = say(line, origin=Origin.API if what == "zone" else Origin.PERSON)
    fine = say(make_line(make_workspace()), address="+12025550102")
    if what == "secret":
        Line.objects.filter(pk=line.pk).update(sealed_secret="sealed with a key that is gone")
    else:
        Lead.objects.filter(pk=lead.pk).update(time_zone="Mars/Olympus")
    assert claim() == [fine]
    odd.refresh_from_db()
    assert (odd.state, odd.hold, odd.attempt_count) == (State.QUEUED, Hold.RETRY, 0)
    assert odd.run_at > timezone.now()


def test_the_daily_limit_counts_new_conversations_only(line: Line) -> None:
    Line.objects.update(daily_new_limit=1)
    first = say(line, "one", "+12025550101")
    held = say(line, "two", "+12025550102")
    assert claim() == [first]
    held.refresh_from_db()
    assert held.hold == Hold.NEW_LIMIT
    assert held.run_at == quota.clock_of(line).begins(quota.today(line) + timedelta(days=1))
    record.accepted(first.attempts.get().pk, answer())
    follow_up = say(line, "three", "+12025550101")
    assert claim() == [follow_up]
    assert used_today(line) == 1


def test_a_raised_limit_lets_exactly_as_many_go_as_it_has_room_for(line: Line) -> None:
    Line.objects.update(daily_new_limit=1)
    messages = [say(line, address=f"+1202555010{n}") for n in range(4)]
    assert claim() == messages[:1]
    Line.objects.update(daily_new_limit=3, limits_changed_at=timezone.now())
    sweeping.sweep()
    assert claim() == messages[1:3]
    assert used_today(line) == 3


def test_a_message_that_certainly_was_not_sent_gives_its_place_back(line: Line) -> None:
    Line.objects.update(daily_new_limit=1)
    message = say(line)
    claim()
    assert used_today(line) == 1
    record.refused(message.attempts.get().pk, Failure(Reason.INVALID_NUMBER, transient=False))
    assert used_today(line) == 0


def test_consent_goes_first_once_and_lets_the_message_follow(line: Line) -> None:
    line.workspace.consent_required, line.workspace.consent_text = True, "This is Northwind. Reply STOP to opt out."
    line.workspace.save()
    message = say(line, "Hi Priya")
    assert claim() == []
    (consent,) = claim()
    assert (consent.origin, consent.body) == (Origin.CONSENT, line.workspace.consent_text)
    assert claim() == []
    record.accepted(consent.attempts.get().pk, answer("c"))
    assert claim() == [message]
    record.accepted(message.attempts.get().pk, answer("m"))
    again = say(line, "Hi again")
    assert claim() == [again]
    assert Message.objects.filter(origin=Origin.CONSENT).count() == 1


def test_a_contact_whose_conversation_was_deleted_is_not_sent_the_consent_message_again(line: Line) -> None:
    line.workspace.consent_required, line.workspace.consent_text = True, "This is Northwind."
    line.workspace.save()
    message = say(line, "Hi Priya")
    claim()
    (consent,) = claim()
    record.accepted(consent.attempts.get().pk, answer("c"))
    record.accepted(claim()[0].attempts.get().pk, answer("m"))
    deleting.delete(message.conversation, by=make_user(line.workspace, Role.ADMIN))
    again = say(line, "Hi again")
    assert claim() == [again]


@pytest.mark.parametrize(("general", "own", "first"), [(False, True, True), (True, False, False)])
def test_consent_can_be_asked_of_what_one_member_writes(general: bool, own: bool, first: bool, line: Line) -> None:
    Workspace.objects.filter(pk=line.workspace_id).update(consent_required=general, consent_text="This is Northwind.")
    bob = make_user(line.workspace)
    Membership.objects.filter(user=bob).update(consent_required=own)
    message = say(line, "Hi Priya", author=bob)
    assert claim() == ([] if first else [message])
    assert Message.objects.filter(origin=Origin.CONSENT).exists() == first


def test_a_message_whose_consent_was_not_delivered_is_not_sent(line: Line) -> None:
    line.workspace.consent_required, line.workspace.consent_text = True, "Consent"
    line.workspace.save()
    message = say(line)
    claim()
    (consent,) = claim()
    record.refused(consent.attempts.get().pk, Failure(Reason.UNREACHABLE, transient=False))
    assert claim() == []
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, FailReason.CONSENT_FAILED)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_racing_for_the_last_places_take_exactly_those() -> None:
    line = make_line(make_workspace(), max_in_flight=100, daily_new_limit=7)
    for n in range(40):
        say(line, address=f"+12025551{n:03d}")
    in_threads(8, repeated(6, 3))
    while claim():
        pass
    assert Message.objects.filter(state=State.SENDING).count() == 7
    assert used_today(line) == 7
    assert Attempt.objects.count() == 7


@pytest.mark.django_db(transaction=True)
def test_eight_threads_taking_places_get_exactly_the_limit() -> None:
    """The conditional UPDATE holds even without the lock of the line."""
    line = make_line(make_workspace(), daily_new_limit=50)
    taken: list[places.Places] = []

    def take() -> None:
        for _ in range(10):
            till = places.Till([line], timezone.now())
            if not till.full(line, new=True, total=True):
                took = till.take(line, new=True, total=True)
                with contextlib.suppress(places.Overdrawn), transaction.atomic():
                    till.write()
                    taken.append(took)

    in_threads(8, take)
    assert len(taken) == used_today(line) == 50


@pytest.mark.django_db(transaction=True)
def test_eight_workers_never_claim_a_message_twice() -> None:
    line = make_line(make_workspace(), max_in_flight=100, daily_new_limit=1000)
    for n in range(60):
        say(line, address=f"+12025551{n:03d}")
    in_threads(8, repeated(10, 5))
    while claim():
        pass
    assert Attempt.objects.count() == 60
    assert Message.objects.filter(state=State.SENDING).count() == 60


@pytest.mark.django_db(transaction=True)
def test_no_attempt_begins_after_an_opt_out_has_committed() -> None:
    """The gate is open when the opt-out comes: the opt-out waits for it, and what it waits for may still go."""
    workspace = make_workspace()
    line, user = make_line(workspace, max_in_flight=100), make_user(workspace)
    message = say(line)
    conversation = make_conversation(line)
    done = threading.Event()

    def opt_out() -> None:
        opt_out_contact(conversation, by=user)
        done.set()
        connection.close()

    with transaction.atomic():
        people.lock([Message.objects.select_related("conversation").get(pk=message.pk)])
        thread = threading.Thread(target=opt_out)
        thread.start()
        assert not done.wait(0.3), "the opt-out did not wait for the open gate"
    thread.join()
    assert claim() == []
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)


@pytest.mark.django_db(transaction=True)
def test_opt_outs_racing_with_claims_leave_no_attempt_after_them() -> None:
    workspace = make_workspace()
    line, user = make_line(workspace, max_in_flight=500, daily_new_limit=1000), make_user(workspace)
    conversations = [make_conversation(line, f"+12025551{n:03d}") for n in range(30)]
    for conversation in conversations:
        for _ in range(3):
            say(line, address=conversation.address)
    queue = list(conversations)

    def work() -> None:
        while True:
            try:
                conversation = queue.pop()
            except IndexError:
                return
            for claimed in claim(room=4):
                record.accepted(claimed.attempts.get(state="open").pk, answer(f"g{claimed.pk}"))
            opt_out_contact(conversation, by=user)

    in_threads(6, work)
    before = Attempt.objects.count()
    while outbox.claim(SENDER, room=50)[1]:
        pass
    assert Attempt.objects.count() == before
    assert not Message.objects.filter(state=State.QUEUED).exists()


def test_the_database_refuses_a_state_or_a_fact_going_backwards(line: Line) -> None:
    message = made_sent(say(line))
    changes: list[dict[str, object]] = [{"state": State.DRAFT}, {"state": State.SENDING}, {"sent_at": None}]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_a_claim_does_not_wait_for_a_line_that_another_worker_claims_for() -> None:
    workspace = make_workspace()
    busy, free = make_line(workspace), make_line(workspace)
    say(busy)
    say(free, address="+12025550102")
    claimed: list[Message] = []
    with transaction.atomic():
        Line.objects.select_for_update(no_key=True).get(pk=busy.pk)
        in_threads(1, lambda: claimed.extend(claim()))  # would wait for ever: we hold the line until it is done
    assert [message.line for message in claimed] == [free]


def test_what_a_person_scheduled_is_automation_when_it_leaves(line: Line) -> None:
    """R4: who may still be answered by hand is not written to by a message that leaves by itself."""
    user = make_user(line.workspace)
    line.workspace.reply_to_opted_out = True
    line.workspace.save()
    opt_out_contact(make_conversation(line), by=user)
    by_hand, later = say(line), say(line, scheduled_at=timezone.now())
    assert claim() == [by_hand]
    made_sent(by_hand)
    assert claim() == []
    later.refresh_from_db()
    assert (later.state, later.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)
