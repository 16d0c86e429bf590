"""What the gate lets through, on real rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Message
from conversations.sending import record, sweeping
from conversations.sending.optout import opt_out_contact
from conversations.thread import deleting
from conversations.vocabulary import CancelReason, FailReason, Hold, Origin, State
from leads import exclusions
from leads.actions import add_lead, edit_lead
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.models import Company, Lead, OptOut
from leads.optouts import opt_out
from lines.gateways.base import Failure, Reason
from lines.models import Line
from tests.conversations.claiming import answer, claim
from tests.core import made_sent, make_conversation, make_line, make_user, make_workspace, say
from workspaces.models import Membership, Role, Workspace


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace(), max_in_flight=100)


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
        exclusions.exclude_company(firm, "Competitor", by=user)
    else:
        exclusions.exclude(lead, "Competitor", by=user)
    sweeping.sweep()
    exclusions.include_company(firm, by=user)
    exclusions.include_all([lead], by=user)
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


def test_an_opt_out_at_another_number_counts_though_the_lead_does_not_say_so(line: Line) -> None:
    """As when an opt-in at one number and an opt-out at the other cross each other."""
    numbers = [normalise(number, region="US") for number in ("+12025550116", "+12025550117")]
    lead = add_lead(line.workspace, name="Two numbers", addresses=numbers)
    queued = say(line, address="+12025550116")
    opt_out(line.workspace, "+12025550117", Proof(source=OptOut.Source.PERSON))
    Lead.objects.filter(pk=lead.pk).update(opted_out_at=None)
    assert claim() == []
    queued.refresh_from_db()
    assert (queued.state, queued.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)


def test_an_opt_out_of_whoever_has_the_number_now_counts_in_the_thread_of_who_had_it(line: Line) -> None:
    """As while two leads are made one: the thread is read before, the address after."""
    had = add_lead(line.workspace, name="Had it", addresses=[normalise("+12025550118", region="US")])
    queued = say(line, address="+12025550118")
    assert queued.conversation.lead == had
    edit_lead(had, addresses=[], by=make_user(line.workspace))
    numbers = [normalise(number, region="US") for number in ("+12025550118", "+12025550119")]
    add_lead(line.workspace, name="Has it now", addresses=numbers)
    opt_out(line.workspace, "+12025550119", Proof(source=OptOut.Source.PERSON))
    assert claim() == []
    queued.refresh_from_db()
    assert (queued.state, queued.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)


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
