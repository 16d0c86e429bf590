"""Two conversations that turn out to be with one person: nothing lost, nothing twice, nothing unread taken for read."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.test import Client
from django.utils import timezone

from conversations.models import Batch, BulkAction, BulkItem, Conversation, ConversationTag, Draft, Message, Recipient, Tag
from conversations.receiving import linking, recognising
from conversations.sending import consents
from conversations.views.merging import merge_people
from conversations.vocabulary import CancelReason, Direction, Origin, State
from leads import merge, optouts, removals
from leads.actions import add_lead
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.models import Address, Company, Lead, LeadEvent, OptOut
from lines.models import Line
from tests.cast import SignIn
from tests.core import make_conversation, make_line, say, somebody_waits
from tests.threads import in_background, wait_for
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(northwind: Workspace) -> Line:
    return make_line(northwind)


def lead(workspace: Workspace, name: str, *values: str) -> Lead:
    return add_lead(workspace, name=name, addresses=[normalise(value, region="US") for value in values])


def wrote(conversation: Conversation, text: str) -> Message:
    return Message.objects.create(
        workspace=conversation.workspace, conversation=conversation, direction=Direction.INCOMING, state=State.RECEIVED,
        line=conversation.line, address=conversation.address, body=text, vendor_id=text,
    )  # fmt: skip


def test_an_unknown_number_becomes_a_lead(northwind: Workspace, line: Line, bob: User) -> None:
    unknown = make_conversation(line, "+12025550109")
    dana = lead(northwind, "Dana")
    kept = linking.link(unknown, dana, by=bob)
    assert (kept.pk, kept.lead, kept.contact_name) == (unknown.pk, dana, "Dana")
    assert dana.addresses.get().value == "+12025550109"
    assert LeadEvent.objects.get(lead=dana).kind == "linked"


def test_a_second_number_joins_the_persons_conversation(northwind: Workspace, line: Line, bob: User) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    known = make_conversation(line, "+12025550101")
    unknown = make_conversation(line, "+12025550109")
    first, second, third = wrote(known, "one"), wrote(unknown, "two"), wrote(known, "three")
    Conversation.objects.filter(pk=known.pk).update(seen_through=third.pk, handled_through=third.pk)
    Conversation.objects.filter(pk=unknown.pk).update(archived_at=timezone.now())
    kept = linking.link(unknown, dana, by=bob)
    assert kept.pk == known.pk
    assert list(kept.messages.order_by("at").values_list("pk", flat=True)) == [first.pk, second.pk, third.pk]
    assert not Conversation.objects.filter(pk=unknown.pk).exists()
    assert kept.unread == 2, "the unread one, and what came after it"
    assert kept.waiting_since == second.at
    assert kept.archived_at is None


def test_who_opted_out_at_the_number_has_opted_out(northwind: Workspace, line: Line, bob: User) -> None:
    OptOut.objects.create(workspace=northwind, value="+12025550109", source=OptOut.Source.KEYWORD)
    dana = lead(northwind, "Dana", "+12025550101")
    linking.link(make_conversation(line, "+12025550109"), dana, by=bob)
    dana.refresh_from_db()
    assert dana.opted_out_at is not None


def test_a_lead_without_room_is_refused(northwind: Workspace, line: Line, bob: User) -> None:
    dana = lead(northwind, "Dana", *(f"+1202555010{n}" for n in range(1, 5)))
    with pytest.raises(linking.CannotLink, match="has 4 addresses of this kind"):
        linking.link(make_conversation(line, "+12025550109"), dana, by=bob)


def test_who_is_entered_or_imported_later_is_recognised(northwind: Workspace, contoso: Workspace, line: Line) -> None:
    unknown, nobody = make_conversation(line, "+12025550109"), make_conversation(line, "+12025550110")
    theirs = make_conversation(make_line(contoso), "+12025550109")
    dana = lead(northwind, "Dana", "+12025550109")
    lead(contoso, "Somebody else", "+12025550110")
    assert recognising.recognise() == 1
    unknown.refresh_from_db()
    assert (unknown.lead, unknown.contact_name) == (dana, "Dana")
    assert recognising.recognise() == 0, "each once"
    assert list(Conversation.objects.filter(lead=None).order_by("pk")) == [nobody, theirs]


def test_who_is_recognised_has_one_conversation(northwind: Workspace, line: Line) -> None:
    unknown = make_conversation(line, "+12025550109")
    said = wrote(unknown, "who is this?")
    dana = lead(northwind, "Dana", "+12025550101", "+12025550109")
    known = make_conversation(line, "+12025550101")
    assert recognising.recognise() == 1
    assert list(Conversation.objects.filter(lead=dana)) == [known]
    assert known.messages.get() == said


def test_merging_two_leads_joins_their_conversations(northwind: Workspace, line: Line, bob: User) -> None:
    keep, drop = lead(northwind, "Dana", "+12025550101"), lead(northwind, "Dana W", "+12025550102")
    ours, theirs = make_conversation(line, "+12025550101"), make_conversation(line, "+12025550102")
    wrote(ours, "one")
    newest = wrote(theirs, "two")
    Conversation.objects.filter(pk=theirs.pk).update(last_at=newest.at)
    merge_people(northwind, keep, drop, {"name": drop}, bob)
    kept = Conversation.objects.get()
    assert (kept.lead_id, kept.contact_name, kept.messages.count()) == (keep.pk, "Dana W", 2)
    assert kept.address == "+12025550102", "answers go where they last wrote from"
    assert Address.objects.filter(lead=keep).count() == 2


def test_what_both_had_is_there_once_and_what_they_asked_for_stays(northwind: Workspace, line: Line, bob: User) -> None:
    keep, drop = lead(northwind, "Dana", "+12025550101"), lead(northwind, "Dana W", "+12025550102")
    ours, theirs = make_conversation(line, "+12025550101"), make_conversation(line, "+12025550102")
    tag = Tag.objects.create(workspace=northwind, name="Warm")
    action = BulkAction.objects.create(workspace=northwind, kind=BulkAction.Kind.ARCHIVE, by=bob)
    mine = {"workspace": northwind}
    for one, words in ((ours, "Hello Dana"), (theirs, "Hello Mrs W")):
        ConversationTag.objects.create(**mine, conversation=one, tag=tag)
        BulkItem.objects.create(**mine, action=action, conversation=one)
        Draft.objects.create(**mine, conversation=one, user=bob, body=words)
    removals.ask_removal(
        northwind,
        "+12025550102",
        Proof(source=OptOut.Source.REQUEST, text="leave me alone", rule="phrase", asked_at=timezone.now()),
    )
    consent = say(line, "We are Northwind.", "+12025550102", origin=Origin.CONSENT)
    Message.objects.filter(pk=consent.pk).update(dedupe_key=consents.key(theirs), state=State.SENT)
    merge_people(northwind, keep, drop, {}, bob)
    kept = Conversation.objects.get()
    assert ConversationTag.objects.filter(conversation=kept).count() == BulkItem.objects.filter(conversation=kept).count() == 1
    assert Draft.objects.get(conversation=kept).body == "Hello Dana\n\nHello Mrs W"
    assert [one.value for one in removals.open_requests(northwind.pk, [], [keep.pk])] == ["+12025550102"]
    assert Message.objects.get(pk=consent.pk).dedupe_key == consents.key(kept), "it is not sent again"


def test_who_opted_out_as_one_of_the_two_has_nothing_waiting_as_either(northwind: Workspace, line: Line, bob: User) -> None:
    keep, drop = lead(northwind, "Dana", "+12025550101"), lead(northwind, "Dana W", "+12025550102")
    waiting = say(line, "Tomorrow", "+12025550101", scheduled_at=timezone.now() + timedelta(days=1))
    optouts.opt_out(northwind, "+12025550102", Proof(source=OptOut.Source.KEYWORD))
    merge_people(northwind, keep, Lead.objects.get(pk=drop.pk), {}, bob)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)


@pytest.mark.parametrize("left", ["neither", "ours", "theirs"])
def test_a_batch_with_both_writes_to_the_person_once(northwind: Workspace, line: Line, bob: User, left: str) -> None:
    keep, drop = lead(northwind, "Dana", "+12025550101"), lead(northwind, "Dana W", "+12025550102")
    batch = Batch.objects.create(workspace=northwind, by=bob, body="Hello")
    made = {}
    for which, one, number in (("ours", keep, "+12025550101"), ("theirs", drop, "+12025550102")):
        message = made[which] = say(line, "Hello", number, origin=Origin.BATCH)
        Message.objects.filter(pk=message.pk).update(batch=batch, state=State.SENT if left == which else State.QUEUED)
        Recipient.objects.create(workspace=northwind, batch=batch, lead=one, message=message)
    merge_people(northwind, keep, drop, {}, bob)
    stands, other = ("theirs", "ours") if left == "theirs" else ("ours", "theirs")
    assert Recipient.objects.get(lead=keep).message == made[stands]
    assert Message.objects.get(pk=made[other].pk).state == State.CANCELLED


def test_a_merge_that_is_refused_changes_nothing(northwind: Workspace, line: Line, bob: User) -> None:
    keep = lead(northwind, "Dana", *(f"+1202555010{n}" for n in range(1, 5)))
    drop = lead(northwind, "Dana W", "+12025550109")
    make_conversation(line, "+12025550101")
    make_conversation(line, "+12025550109")
    with pytest.raises(merge.CannotMerge):
        merge_people(northwind, keep, drop, {}, bob)
    assert (Lead.objects.count(), Conversation.objects.count()) == (2, 2)


def test_the_pages_merge_and_save(northwind: Workspace, line: Line, bob: User, sign_in: SignIn) -> None:
    bobs = sign_in(bob)
    keep, drop = lead(northwind, "Dana", "+12025550101"), lead(northwind, "Dana W", "+12025550102")
    page = f"/w/northwind/leads/{keep.public_id}/merge/"
    assert "Dana W" in bobs.get(f"{page}?q=dana").content.decode()
    assert "becomes part of it" in bobs.get(f"{page}?with={drop.public_id}").content.decode()
    ours, theirs = make_conversation(line, "+12025550101"), make_conversation(line, "+12025550102")
    bobs.post(page, {"with": drop.public_id, "name": drop.public_id})
    keep.refresh_from_db()
    assert (keep.name, Lead.objects.count()) == ("Dana W", 1)
    led_on = bobs.get(f"/w/northwind/overview/{theirs.public_id}/?direction=in")
    assert led_on.headers["Location"] == f"/w/northwind/overview/{ours.public_id}/?direction=in"
    unknown = make_conversation(line, "+12025550109")
    save = f"/w/northwind/imessages/{unknown.public_id}/save/"
    assert "Somebody new" in bobs.get(save).content.decode()
    bobs.post(save, {"name": "Noor", "company": "Ledgerline"})
    unknown.refresh_from_db()
    assert unknown.lead
    assert (unknown.lead.name, unknown.company_name) == ("Noor", "Ledgerline")


@pytest.mark.django_db(transaction=True)
def test_a_merge_that_meets_somebody_elses_locks_is_tried_again(
    northwind: Workspace, line: Line, bob: User, sign_in: SignIn
) -> None:
    """Somebody has the lead and then wants a message of theirs: the database ends one of the two, and nobody sees an error."""
    bobs = sign_in(bob)
    keep, drop = lead(northwind, "Dana", "+12025550101"), lead(northwind, "Dana W", "+12025550102")
    say(line)

    def press() -> None:
        bobs.post(f"/w/northwind/leads/{keep.public_id}/merge/", {"with": drop.public_id})

    with contextlib.suppress(OperationalError), transaction.atomic():  # most often the merge is ended, which waited first
        Lead.objects.select_for_update().get(pk=keep.pk)
        pressed = in_background(press, 1)
        wait_for(somebody_waits)
        list(Message.objects.select_for_update())
    pressed()
    assert Lead.objects.get() == keep


def test_another_workspaces_lead_is_not_merged_nor_linked(
    northwind: Workspace, contoso: Workspace, line: Line, bob: User, sign_in: SignIn
) -> None:
    bobs: Client = sign_in(bob)
    theirs, ours = lead(contoso, "Theirs", "+12025550101"), lead(northwind, "Ours", "+12025550102")
    assert bobs.get(f"/w/northwind/leads/{ours.public_id}/merge/?with={theirs.public_id}").status_code == 404
    unknown = make_conversation(line, "+12025550109")
    assert bobs.post(f"/w/northwind/imessages/{unknown.public_id}/save/", {"lead": theirs.public_id}).status_code == 404


def test_names_follow_whoever_writes_them(northwind: Workspace, line: Line) -> None:
    dana = lead(northwind, "Dana", "+12025550101")
    conversation = make_conversation(line, "+12025550101")
    firm = Company.objects.create(workspace=northwind, name="Ledgerline")
    Lead.objects.filter(pk=dana.pk).update(name="Dana Whitfield", company=firm)
    conversation.refresh_from_db()
    assert (conversation.contact_name, conversation.company_name, conversation.company) == ("Dana Whitfield", "Ledgerline", firm)
    Company.objects.filter(pk=firm.pk).update(name="Ledgerline, Inc.")
    conversation.refresh_from_db()
    assert conversation.company_name == "Ledgerline, Inc."
