"""Nobody is messaged against their will: opting out and in, other words, exclusion, hours, consent first, the ledger."""

from __future__ import annotations

import uuid
import zoneinfo
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from conversations.models import Attempt, Conversation, Message
from conversations.receiving import ingest
from conversations.sending import facts, gate, optout, outbox, record, sweeping
from conversations.vocabulary import CancelReason, FailReason, Hold, Origin, State
from leads import consent, consent_ledger, optouts, quiet
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Address, Company, ConsentEvent, Lead, OptOut, RemovalRequest
from lines import inbox
from lines.gateways.base import SendResult, Service
from lines.gateways.base import State as GatewayState
from lines.models import InboundEvent, Line
from tests.cast import SignIn
from tests.core import heard, made_sent, make_conversation, make_line, make_user, make_workspace, say
from workspaces.models import AuditEntry, Role, User, Workspace
from workspaces.refused import Refused

Kind = ConsentEvent.Kind
NUMBER, OTHER = "+12025550101", "+12025550102"


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace(), max_in_flight=100)


@pytest.fixture
def rep(line: Line) -> User:
    return make_user(line.workspace)


@pytest.fixture
def admin(line: Line) -> User:
    return make_user(line.workspace, Role.ADMIN)


def lead_at(line: Line, *values: str, company: Company | None = None, awake: bool = True) -> Lead:
    """A lead; `awake`: it is noon where they are, else midnight."""
    lead = add_lead(line.workspace, name="Priya Raman", addresses=[normalise(one, region="US") for one in values], company=company)
    Lead.objects.filter(pk=lead.pk).update(time_zone=where_it_is(12 if awake else 0))
    lead.refresh_from_db()
    return lead


def where_it_is(hour: int) -> str:
    """A zone whose clock shows that hour now."""
    now = timezone.now()
    names = (f"Etc/GMT{shift:+d}" for shift in range(-14, 13))
    return next(name for name in names if now.astimezone(zoneinfo.ZoneInfo(name)).hour == hour)


def tell(line: Line, text: str, sender: str = NUMBER, at: datetime | None = None) -> None:
    inbox.store(line, [heard(text, sender, **({"occurred_at": at} if at else {}))])
    InboundEvent.objects.filter(applied_at=None).update(retry_at=timezone.now())
    ingest.apply_batch()
    assert not InboundEvent.objects.exclude(error="").exists()


def claim() -> list[Message]:
    claims, _ = outbox.claim(1, room=32)
    return [Attempt.objects.get(pk=one.attempt_id).message for one in claims]


def send(*messages: Message) -> None:
    for message in messages:
        attempt = message.attempts.get()
        record.accepted(attempt.pk, SendResult(uuid.uuid4().hex, GatewayState.SENT, Service.IMESSAGE))


def ledger(workspace: Workspace) -> list[tuple[str, str, str, str]]:
    rows = ConsentEvent.objects.of(workspace).order_by("pk")
    return [(row.kind, row.value, row.source, row.rule) for row in rows]


def held(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.hold


class TestWordedRequests:
    def test_hold_automation_and_nothing_else_until_somebody_decides(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER, OTHER)
        tell(line, "please remove me.")
        automated, by_person = say(line, origin=Origin.CAMPAIGN), say(line, "A person answers")
        assert claim() == [by_person]
        made_sent(by_person)
        assert claim() == []
        assert held(automated) == (State.QUEUED, Hold.REMOVAL)
        request = RemovalRequest.objects.get()
        assert (request.lead, request.value, request.rule) == (lead, NUMBER, "remove me")
        assert ledger(line.workspace) == [(Kind.REMOVAL_ASKED, NUMBER, "request", "remove me")]
        assert not OptOut.objects.exists()

    def test_hold_also_what_goes_to_their_other_number(self, line: Line) -> None:
        lead_at(line, NUMBER, OTHER)
        tell(line, "remove me")
        automated = say(line, origin=Origin.CAMPAIGN)
        Message.objects.filter(pk=automated.pk).update(address=OTHER)
        assert claim() == []
        assert held(automated) == (State.QUEUED, Hold.REMOVAL)

    def test_confirmed_the_contact_is_opted_out_and_excluded(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER)
        tell(line, "remove me")
        automated = say(line, origin=Origin.CAMPAIGN)
        assert optout.confirm_removal(automated.conversation, company=False, by=rep)
        assert not optout.confirm_removal(automated.conversation, company=False, by=rep)
        lead.refresh_from_db()
        automated.refresh_from_db()
        assert (lead.status, bool(lead.opted_out_at)) == (Lead.Status.EXCLUDED, True)
        assert (automated.state, automated.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)
        stood = OptOut.objects.get()
        assert (stood.source, stood.text, stood.by) == (OptOut.Source.REQUEST, "remove me", rep)
        assert RemovalRequest.objects.get().decision == RemovalRequest.Decision.CONTACT

    def test_confirmed_for_the_company_nobody_there_gets_automated_messages(self, line: Line, rep: User) -> None:
        firm = Company.objects.create(workspace=line.workspace, name="Ledgerline")
        lead_at(line, NUMBER, company=firm)
        lead_at(line, OTHER, company=firm)
        colleague = say(line, address=OTHER, origin=Origin.CAMPAIGN)
        tell(line, "take me off your list")
        assert optout.confirm_removal(make_conversation(line), company=True, by=rep)
        firm.refresh_from_db()
        colleague.refresh_from_db()
        assert firm.status == Company.Status.EXCLUDED
        assert (colleague.state, colleague.reason) == (State.CANCELLED, CancelReason.EXCLUDED)

    def test_dismissed_automation_goes_on(self, line: Line, rep: User) -> None:
        lead_at(line, NUMBER)
        tell(line, "remove me")
        automated = say(line, origin=Origin.CAMPAIGN)
        claim()
        assert optout.dismiss_removal(automated.conversation, by=rep)
        assert claim() == [automated]
        assert [row[0] for row in ledger(line.workspace)] == [Kind.REMOVAL_ASKED, Kind.REMOVAL_DISMISSED]

    def test_a_keyword_settles_a_request(self, line: Line) -> None:
        tell(line, "remove me")
        tell(line, "STOP")
        assert RemovalRequest.objects.get().decision == RemovalRequest.Decision.OPTED_OUT

    def test_asking_twice_is_one_request(self, line: Line) -> None:
        tell(line, "remove me")
        tell(line, "I said remove me")
        tell(line, "Please stop texting me")
        assert RemovalRequest.objects.count() == 1

    def test_an_unknown_contact_is_opted_out(self, line: Line, rep: User) -> None:
        tell(line, "remove me")
        assert optout.confirm_removal(make_conversation(line), company=True, by=rep)
        assert OptOut.objects.get().value == NUMBER


class TestWhatWasReadAsAnOptOut:
    """Suppressed at once, and flagged for a person to confirm or undo (gateways.md 9, rule 2)."""

    @pytest.fixture
    def read(self, line: Line) -> Conversation:
        lead_at(line, NUMBER)
        with transaction.atomic():
            optouts.hold_alone([(line.workspace_id, NUMBER)])
            source = OptOut.Source.REQUEST
            optouts.opt_out(line.workspace, NUMBER, source=source, text="kindly lose my details", rule="read as Requested Remove")
        return make_conversation(line)

    def test_confirmed_it_also_excludes(self, read: Conversation, rep: User) -> None:
        assert optout.confirm_removal(read, company=False, by=rep)
        assert not optout.confirm_removal(read, company=False, by=rep)
        assert not optout.dismiss_removal(read, by=rep)
        assert Lead.objects.get().status == Lead.Status.EXCLUDED
        assert OptOut.objects.get().by == rep

    def test_dismissed_with_a_note_it_is_lifted_by_any_colleague(self, read: Conversation, line: Line, rep: User) -> None:
        with pytest.raises(Refused, match="why"):
            optout.dismiss_removal(read, by=rep, note=" ")
        assert optouts.standing(line.workspace_id, [NUMBER])
        assert optout.dismiss_removal(read, by=rep, note="They meant the order, not us")
        assert not optouts.standing(line.workspace_id, [NUMBER])
        assert Lead.objects.get().opted_out_at is None
        assert [row[0] for row in ledger(line.workspace)] == [Kind.OPTED_OUT, Kind.OPTED_IN, Kind.REMOVAL_DISMISSED]
        automated = say(line, origin=Origin.CAMPAIGN)
        assert claim() == [automated]

    def test_a_keyword_is_never_dismissed_so(self, line: Line, rep: User) -> None:
        tell(line, "STOP")
        assert not optout.dismiss_removal(make_conversation(line), by=rep)
        assert optouts.standing(line.workspace_id, [NUMBER])


class TestExclusion:
    def test_from_the_thread_cancels_what_automation_has_queued(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER)
        automated, by_person = say(line, origin=Origin.CAMPAIGN), say(line)
        assert optout.exclude_contact(automated.conversation, company=False, by=rep)
        assert held(automated)[0] == State.CANCELLED
        assert held(by_person)[0] == State.QUEUED
        lead.refresh_from_db()
        assert lead.status == Lead.Status.EXCLUDED

    def test_start_lifts_the_opt_out_and_never_the_exclusion(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER)
        tell(line, "stop")
        optout.exclude_contact(make_conversation(line), company=False, by=rep)
        tell(line, "START")
        lead.refresh_from_db()
        assert (lead.opted_out_at, lead.status) == (None, Lead.Status.EXCLUDED)


class TestOptedOutBox:
    def test_holds_for_every_address_and_cancels_what_waits(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER, OTHER)
        waits, later = say(line), say(line, scheduled_at=timezone.now() + timedelta(days=3))
        assert consent.set_opted_out(lead, True, by=rep)
        assert not consent.set_opted_out(lead, True, by=rep)
        assert set(OptOut.objects.values_list("value", flat=True)) == {NUMBER, OTHER}
        sweeping.sweep()
        for message in (waits, later):
            message.refresh_from_db()
            assert (message.state, message.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)
        assert OptOut.objects.filter(settled_at=None).count() == 0

    def test_a_person_takes_back_what_a_person_entered(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER)
        consent.set_opted_out(lead, True, by=rep)
        assert consent.set_opted_out(lead, False, by=rep)
        lead.refresh_from_db()
        assert lead.opted_out_at is None
        assert not consent.set_opted_out(lead, False, by=rep)

    def test_what_the_contact_asked_for_an_admin_alone_lifts_and_says_why(self, line: Line, rep: User, admin: User) -> None:
        lead = lead_at(line, NUMBER)
        tell(line, "STOP")
        for who, note in ((rep, "They called"), (admin, " ")):
            with pytest.raises(Refused):
                consent.set_opted_out(lead, False, by=who, note=note)
        assert consent.set_opted_out(lead, False, by=admin, note="They called on Monday and asked for it")
        row = ConsentEvent.objects.get(kind=Kind.OPTED_IN)
        assert (row.by, row.note) == (admin, "They called on Monday and asked for it")
        assert AuditEntry.objects.of(line.workspace).filter(action="contact.opted_in").exists()

    def test_a_lead_without_an_address_stays_opted_out_when_it_gets_one(self, line: Line, rep: User) -> None:
        lead = lead_at(line)
        assert consent.set_opted_out(lead, True, by=rep)
        Address.objects.create(workspace=line.workspace, lead=lead, kind=Address.Kind.PHONE, value=NUMBER)
        message = say(line)
        assert claim() == []
        assert held(message)[0] == State.CANCELLED


class TestConfirmation:
    @pytest.fixture(autouse=True)
    def wanted(self, line: Line) -> None:
        Workspace.objects.filter(pk=line.workspace_id).update(confirm_opt_out=True, confirm_opt_out_text="You are out.")

    def sent(self) -> list[str]:
        return list(Message.objects.filter(origin=Origin.CONFIRMATION).values_list("body", flat=True))

    def test_answers_an_opt_out_once_and_nothing_follows(self, line: Line) -> None:
        tell(line, "STOP")
        tell(line, "stop")
        (confirmation,) = claim()
        assert (confirmation.body, confirmation.address) == ("You are out.", NUMBER)
        send(confirmation)
        say(line, origin=Origin.CAMPAIGN)
        assert claim() == []
        assert self.sent() == ["You are out."]
        assert [row[0] for row in ledger(line.workspace)] == [Kind.OPTED_OUT, Kind.CONFIRMATION_SENT]

    def test_goes_where_they_wrote_from(self, line: Line) -> None:
        lead_at(line, NUMBER, OTHER)
        make_conversation(line, NUMBER)
        tell(line, "STOP", OTHER)
        assert [message.address for message in claim()] == [OTHER]

    def test_a_new_opt_out_has_a_confirmation_of_its_own(self, line: Line) -> None:
        for text in ("STOP", "START", "STOP"):
            tell(line, text)
            send(*claim())
        assert len(self.sent()) == 2

    def test_is_not_sent_when_they_came_back_meanwhile(self, line: Line) -> None:
        tell(line, "STOP")
        tell(line, "START")
        assert claim() == []
        message = Message.objects.get(origin=Origin.CONFIRMATION)
        assert (message.state, message.reason) == (State.CANCELLED, CancelReason.NOT_NEEDED)

    def test_is_not_sent_later_than_five_minutes(self, line: Line) -> None:
        tell(line, "STOP", at=timezone.now() - timedelta(minutes=6))
        assert self.sent() == []
        tell(line, "STOP", OTHER)
        message = Message.objects.get(origin=Origin.CONFIRMATION)
        assert message.expires_at
        assert message.expires_at <= timezone.now() + timedelta(minutes=5)
        Message.objects.filter(pk=message.pk).update(expires_at=timezone.now())
        assert claim() == []
        message.refresh_from_db()
        assert message.reason == FailReason.EXPIRED

    def test_waits_for_no_consent_and_no_hour(self, line: Line) -> None:
        Workspace.objects.filter(pk=line.workspace_id).update(consent_required=True, consent_text="We are Northwind")
        lead_at(line, NUMBER, awake=False)
        tell(line, "STOP")
        assert [message.origin for message in claim()] == [Origin.CONFIRMATION]

    def test_is_off_unless_the_workspace_wants_it(self, line: Line) -> None:
        Workspace.objects.filter(pk=line.workspace_id).update(confirm_opt_out=False)
        tell(line, "STOP")
        assert self.sent() == []


class TestHours:
    def test_an_automated_message_waits_for_morning_where_the_contact_is(self, line: Line) -> None:
        lead = lead_at(line, NUMBER, awake=False)
        automated = say(line, origin=Origin.CAMPAIGN)
        assert claim() == []
        assert held(automated) == (State.QUEUED, Hold.QUIET_HOURS)
        local = automated.run_at.astimezone(zoneinfo.ZoneInfo(lead.time_zone))
        assert (local.hour, local.minute) == (9, 0)
        assert automated.expires_at
        assert automated.expires_at > automated.run_at

    def test_by_day_it_goes_and_a_person_writes_at_any_hour(self, line: Line) -> None:
        lead_at(line, NUMBER)
        lead_at(line, OTHER, awake=False)
        automated, by_person = say(line, origin=Origin.CAMPAIGN), say(line, address=OTHER)
        assert set(claim()) == {automated, by_person}

    def test_who_wrote_within_a_day_is_answered_but_a_campaign_waits(self, line: Line) -> None:
        lead_at(line, NUMBER, awake=False)
        tell(line, "Are you there?")
        campaign, answer = say(line, origin=Origin.CAMPAIGN), say(line, origin=Origin.API)
        assert claim() == [answer]
        made_sent(answer)
        assert claim() == []
        assert held(campaign) == (State.QUEUED, Hold.QUIET_HOURS)

    def test_who_wrote_longer_ago_is_not_woken(self, line: Line) -> None:
        lead_at(line, NUMBER, awake=False)
        tell(line, "Are you there?", at=timezone.now() - timedelta(hours=25))
        answer = say(line, origin=Origin.API)
        assert claim() == []
        assert held(answer) == (State.QUEUED, Hold.QUIET_HOURS)

    def test_no_attempt_begins_outside_the_hours(self, line: Line) -> None:
        for n in range(24):
            lead = lead_at(line, f"+120255502{n:02d}")
            Lead.objects.filter(pk=lead.pk).update(time_zone=where_it_is(n))
            say(line, address=f"+120255502{n:02d}", origin=Origin.CAMPAIGN)
        sent = claim()
        assert len(sent) == 11, "from 9 to 20"
        for message in sent:
            known = Lead.objects.get(addresses__value=message.address).time_zone
            assert quiet.opening(message.address, known, line.workspace, timezone.now()) <= timezone.now()


class TestConsentFirst:
    def test_the_ledger_says_what_was_sent_when_and_over_which_line(self, line: Line) -> None:
        Workspace.objects.filter(pk=line.workspace_id).update(consent_required=True, consent_text="We are Northwind.")
        say(line)
        claim()
        send(*claim())
        row = ConsentEvent.objects.get()
        assert (row.kind, row.value, row.text, row.line, row.channel) == (
            Kind.CONSENT_SENT, NUMBER, "We are Northwind.", line.address, "imessage",
        )  # fmt: skip


class TestLedger:
    def test_cannot_be_changed_or_deleted(self, line: Line) -> None:
        tell(line, "STOP")
        row = ConsentEvent.objects.get()
        for change in (lambda: row.save(), lambda: row.delete(), lambda: ConsentEvent.objects.update(text="")):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        assert ConsentEvent.objects.get().text == "STOP"

    def test_also_its_owner_cannot(self, line: Line) -> None:
        """The trigger refuses whoever asks; the app's role lacks the right as well."""
        with connection.cursor() as cursor:
            cursor.execute("select has_table_privilege(current_user, 'leads_consentevent', 'update, delete')")
            assert cursor.fetchone() == (False,)
            cursor.execute("select count(*) from pg_trigger where tgname = 'consent_append_only'")
            assert cursor.fetchone() == (1,)

    def test_outlives_the_lead_and_the_conversation(self, line: Line) -> None:
        lead = lead_at(line, NUMBER)
        tell(line, "STOP")
        Conversation.objects.all().delete()
        lead.delete()
        row = ConsentEvent.objects.get()
        assert (row.name, row.value, row.text, row.rule) == ("Priya Raman", NUMBER, "STOP", "keyword STOP")
        assert optouts.standing(line.workspace_id, [NUMBER]) == {NUMBER}

    def test_is_found_by_address_name_or_words(self, line: Line) -> None:
        lead_at(line, NUMBER)
        tell(line, "STOP")
        tell(line, "unsubscribe", OTHER)
        for text in (NUMBER, "priya", "stop"):
            assert [row.value for row in consent_ledger.found(line.workspace, text=text)] == [NUMBER]


class TestInTheThread:
    """What a rep reads and may decide."""

    @pytest.fixture
    def ours(self, northwind: Workspace) -> Line:
        return make_line(northwind)

    def post(self, browser_of: SignIn, who: User, row: Conversation, what: str, **data: str) -> str:
        url = f"/w/northwind/imessages/{row.public_id}/{what}/"
        return browser_of(who).post(url, data, follow=True).content.decode()

    def test_a_request_offers_its_three_decisions_and_takes_one(self, ours: Line, bob: User, sign_in: SignIn) -> None:
        firm = Company.objects.create(workspace=ours.workspace, name="Ledgerline")
        lead_at(ours, NUMBER, company=firm)
        tell(ours, "please remove me")
        row = make_conversation(ours)
        page = sign_in(bob).get(f"/w/northwind/imessages/{row.public_id}/").content.decode()
        for words in ("Confirm removal", "Exclude contact", "Exclude Ledgerline too", "Not a removal", "please remove me"):
            assert words in page
        page = self.post(sign_in, bob, row, "removal", decision="contact")
        assert "Confirm removal" not in page
        assert "Opted out" in page
        assert "decided about it already" in self.post(sign_in, bob, row, "removal", decision="none")

    def test_nonsense_decides_nothing(self, ours: Line, bob: User, sign_in: SignIn) -> None:
        tell(ours, "please remove me")
        self.post(sign_in, bob, make_conversation(ours), "removal", decision="perhaps")
        assert RemovalRequest.objects.get().decided_at is None

    def test_a_rep_learns_who_can_lift_what_the_contact_asked_for(
        self, ours: Line, bob: User, alice: User, sign_in: SignIn
    ) -> None:
        tell(ours, "STOP")
        row = make_conversation(ours)
        assert "only an admin can opt them in again" in self.post(sign_in, bob, row, "opt-in")
        assert OptOut.objects.filter(lifted_at=None).exists()
        self.post(sign_in, alice, row, "opt-in", note="They called")
        assert not OptOut.objects.filter(lifted_at=None).exists()

    def test_what_an_opt_out_cancelled_is_listed(self, ours: Line, bob: User, sign_in: SignIn) -> None:
        for n in range(3):
            say(ours, f"Step {n}", origin=Origin.CAMPAIGN)
        tell(ours, "STOP")
        row = make_conversation(ours)
        page = sign_in(bob).get(f"/w/northwind/imessages/{row.public_id}/").content.decode()
        assert "3 messages that waited were cancelled" in page
        for n in range(3):
            assert f"Step {n}" in page

    def test_excluding_asks_about_the_company(self, ours: Line, bob: User, sign_in: SignIn) -> None:
        firm = Company.objects.create(workspace=ours.workspace, name="Ledgerline")
        lead = lead_at(ours, NUMBER, company=firm)
        row = make_conversation(ours)
        page = sign_in(bob).get(f"/w/northwind/imessages/{row.public_id}/").content.decode()
        assert "Exclude everyone at Ledgerline too" in page
        self.post(sign_in, bob, row, "exclude", company="1")
        lead.refresh_from_db()
        firm.refresh_from_db()
        assert (lead.status, firm.status) == ("excluded", "excluded")


def test_the_gate_asks_for_removal_before_anything_else(line: Line) -> None:
    """A held message takes no place of the day's limit."""
    tell(line, "remove me")
    message = say(line, origin=Origin.CAMPAIGN)
    assert isinstance(gate.decide(message, line, facts.read([(line, message)], timezone.now())), gate.Wait)
    assert message.quota_day is None
