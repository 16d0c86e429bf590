"""The fixes of a message that was not delivered: each sends at most once and keeps the rules (S0-71 to S0-76)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign
from conversations.models import Message, Repair
from conversations.refusals import Refused
from conversations.sending import outbox, retrying
from conversations.vocabulary import CancelReason, Origin, State
from conversations.workbench import fixes
from conversations.workbench.wanted import open_failures
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import Address, Lead, OptOut
from lines.gateways.base import FallbackWhen
from lines.models import Line
from tests.core import made_sent, say
from tests.factories_console import failed_step
from tests.factories_conversations import they_said, we_said
from workspaces.models import User, Workspace

BENCH = "/w/northwind/console/not-delivered/"
Fix = Repair.Fix


def retry_of(message: Message) -> Message:
    return Message.objects.get(retry_of=message)


def second_number(message: Message, value: str = "+16285550199") -> Address:
    lead = message.conversation.lead
    assert lead
    return Address.objects.create(workspace=message.workspace, lead=lead, kind="phone", rank=1, value=value)


def fresh(message: Message) -> Message:
    rows = Message.objects.select_related("workspace", "line", "conversation__workspace", "conversation__lead__company")
    return rows.get(pk=message.pk)


def test_a_retry_stays_a_campaigns_message_and_goes_once(olga: User, failure: Message) -> None:
    fixes.apply(failure, Fix.RETRY, by=olga)
    copy = retry_of(failure)
    assert (copy.origin, copy.campaign, copy.cancel_on_reply) == (Origin.CAMPAIGN, failure.campaign, True)
    failure.refresh_from_db()
    assert failure.handled_by == olga
    with pytest.raises(Refused, match="Olga Orlov has already dealt with it"):
        fixes.apply(failure, Fix.RETRY, by=olga)
    assert retrying.retry(failure, author=olga) == copy
    assert Message.objects.filter(retry_of=failure).count() == 1


@pytest.mark.parametrize("fix", [Fix.RETRY, Fix.EXCLUDE, Fix.HANDLED])
def test_of_two_who_press_the_same_the_second_is_told_who_was_first(olga: User, bob: User, failure: Message, fix: str) -> None:
    olgas_page, bobs_page = fresh(failure), fresh(failure)
    fixes.apply(olgas_page, fix, by=olga)
    with pytest.raises(Refused, match="Olga Orlov has already dealt with it: nothing more was done"):
        fixes.apply(bobs_page, fix, by=bob)
    failure.refresh_from_db()
    assert failure.handled_by == olga


def test_a_retry_of_automation_does_not_pass_an_opt_out(olga: User, failure: Message, northwind: Workspace) -> None:
    northwind.reply_to_opted_out = True  # lets people write, not campaigns
    northwind.save()
    failure.refresh_from_db()
    optouts.opt_out(northwind, failure.address, Proof(source=OptOut.Source.PERSON))
    with pytest.raises(Refused, match="opted out"):
        fixes.apply(fresh(failure), Fix.RETRY, by=olga)
    assert not Message.objects.filter(retry_of=failure).exists()


def test_an_opt_out_after_the_retry_stops_it_at_the_gate(olga: User, failure: Message, northwind: Workspace) -> None:
    northwind.reply_to_opted_out = True
    northwind.save()
    fixes.apply(fresh(failure), Fix.RETRY, by=olga)
    optouts.opt_out(northwind, failure.address, Proof(source=OptOut.Source.PERSON))
    outbox.claim(1, room=5)
    copy = retry_of(failure)
    assert (copy.state, copy.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)


def test_no_retry_to_who_is_excluded_has_answered_or_whose_campaign_is_paused(olga: User, campaign: Campaign, line: Line) -> None:
    one, two, three = (failed_step(campaign, line, f"Lead {n}", address=f"+1628555020{n}", ago=5) for n in range(3))
    assert one.conversation.lead
    Lead.objects.filter(pk=one.conversation.lead.pk).update(status=Lead.Status.EXCLUDED)
    they_said(two.conversation, "Who is this?")
    for message, why in ((one, "excluded"), (two, "has written since")):
        with pytest.raises(Refused, match=why):
            fixes.apply(fresh(message), Fix.RETRY, by=olga)
    Campaign.objects.filter(pk=campaign.pk).update(status=Campaign.Status.PAUSED)
    with pytest.raises(Refused, match="is paused"):
        fixes.apply(fresh(three), Fix.RETRY, by=olga)
    assert not Message.objects.exclude(retry_of=None).exists()


def test_the_next_address_is_one_that_was_not_tried(olga: User, olgas: Client, failure: Message) -> None:
    assert "Try next address" not in olgas.get(f"{BENCH}{failure.public_id}/").content.decode()
    with pytest.raises(Refused, match="no other number"):
        fixes.apply(failure, Fix.NEXT_ADDRESS, by=olga)
    second_number(failure)
    assert "Try next address" in olgas.get(f"{BENCH}{failure.public_id}/").content.decode()
    fixes.apply(fresh(failure), Fix.NEXT_ADDRESS, by=olga)
    copy = retry_of(failure)
    assert copy.address == "+16285550199"
    Message.objects.filter(pk=copy.pk).update(state=State.SENDING)
    Message.objects.filter(pk=copy.pk).update(state=State.FAILED, reason="unreachable")
    with pytest.raises(Refused, match="no other number"):
        fixes.apply(fresh(copy), Fix.NEXT_ADDRESS, by=olga)


def test_another_line(olga: User, failure: Message, line: Line, other_line: Line) -> None:
    with pytest.raises(Refused, match="is the line it failed on"):
        fixes.apply(failure, Fix.OTHER_LINE, by=olga, line=line)
    fixes.apply(failure, Fix.OTHER_LINE, by=olga, line=other_line)
    assert retry_of(failure).line == other_line


def test_as_sms_and_with_the_fallback_on(olga: User, campaign: Campaign, line: Line) -> None:
    one, two = (failed_step(campaign, line, f"Lead {n}", address=f"+1628555030{n}", reason="imessage_issue") for n in range(2))
    Message.objects.filter(pk__in=[one.pk, two.pk]).update(fallback=[])
    fixes.apply(fresh(one), Fix.SMS, by=olga)
    assert retry_of(one).requested_channel == "sms"
    fixes.apply(fresh(two), Fix.FALLBACK, by=olga)
    assert retry_of(two).fallback == [when.value for when in FallbackWhen]


def test_the_number_is_corrected_and_the_message_goes_there(olgas: Client, failure: Message) -> None:
    url = f"{BENCH}{failure.public_id}/fix/"
    for wrong, why in (
        ("12", "too few or too many digits"),
        (failure.address, "the number it failed at"),
        ("a@b.example", "phone number"),
    ):
        response = olgas.post(url, {"number": wrong})
        assert response.status_code == 422
        assert why in response.content.decode()
        assert f'value="{wrong}"' in response.content.decode(), "what was typed stays"
    assert olgas.post(url, {"number": "(628) 555-0177"}).status_code == 302
    assert retry_of(failure).address == "+16285550177"
    assert list(Address.objects.values_list("value", flat=True)) == ["+16285550177"]


def test_a_number_of_somebody_else_is_refused(olgas: Client, failure: Message, campaign: Campaign, line: Line) -> None:
    failed_step(campaign, line, "Sam Okafor", address="+16285550155")
    text = olgas.post(f"{BENCH}{failure.public_id}/fix/", {"number": "+16285550155"}).content.decode()
    assert "belongs to Sam Okafor" in text
    assert not Message.objects.exclude(retry_of=None).exists()


def test_what_a_person_wrote_is_sent_again_as_a_persons(bob: User, line: Line, failure: Message) -> None:
    message = we_said(failure.conversation, "Hello again", state=State.FAILED, reason="carrier_issue", author=bob)
    fixes.apply(fresh(message), Fix.RETRY, by=bob)
    assert retry_of(message).origin == Origin.PERSON


def test_late_news_takes_a_message_off_the_list(olga: User, failure: Message) -> None:
    Message.objects.filter(pk=failure.pk).update(delivered_at=timezone.now())
    assert open_failures(failure.workspace).count() == 0
    with pytest.raises(Refused, match="delivered in the meantime"):
        fixes.apply(fresh(failure), Fix.RETRY, by=olga)


def test_consent_that_failed_is_sent_again_and_then_what_waited_for_it(olga: User, northwind: Workspace, line: Line) -> None:
    northwind.consent_required, northwind.consent_text = True, "Northwind here. Reply STOP to opt out."
    northwind.save()
    hello = say(line, "Hello", "+16285550901")
    outbox.claim(1, room=5)
    consent = Message.objects.get(origin=Origin.CONSENT)
    Message.objects.filter(pk=consent.pk).update(state=State.SENDING)
    Message.objects.filter(pk=consent.pk).update(state=State.FAILED, reason="carrier_issue")
    Message.objects.filter(pk=hello.pk).update(run_at=timezone.now())
    outbox.claim(1, room=5)
    hello.refresh_from_db()
    assert hello.reason == "consent_failed"
    fixes.apply(fresh(consent), Fix.RETRY, by=olga)
    assert retry_of(consent).origin == Origin.CONSENT
    made_sent(retry_of(consent))
    fixes.apply(fresh(hello), Fix.RETRY, by=olga)
    outbox.claim(1, room=5)
    assert retry_of(hello).state == State.SENDING
