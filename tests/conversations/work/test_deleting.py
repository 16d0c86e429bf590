from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client

from conversations.models import Attachment, Conversation, Message
from conversations.refusals import Refused
from conversations.thread import deleting
from conversations.vocabulary import Origin, State
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import ConsentEvent, OptOut
from lines import inbox
from lines.models import InboundEvent, Line
from tests.cast import SignIn
from tests.conversations.work.conftest import Heard
from tests.core import heard, made_sent, make_conversation, say
from workspaces.models import AuditEntry, Membership, User, Workspace


@pytest.mark.django_db(transaction=True)
def test_it_asks_with_counts_and_then_everything_but_the_proof_goes(alices: Client, line: Line, wrote: Heard, media: Path) -> None:
    one = wrote(text="Please call me")
    made_sent(say(line, "Consent?", origin=Origin.CONSENT))
    with transaction.atomic():
        optouts.opt_out(line.workspace, one.address, Proof(source=OptOut.Source.PERSON))
    part = Attachment(workspace=line.workspace, message=one.messages.all()[0], filename="a.png", content_type="image/png")
    part.file.save("a.png", ContentFile(b"\x89PNG"))
    name = media / str(part.file.name)
    assert name.exists()
    url = f"/w/northwind/imessages/{one.public_id}/delete/"
    page = alices.get(url).content.decode()
    assert "<b>2</b> messages" in page
    assert "<b>1</b> file<" in page
    assert Conversation.objects.filter(pk=one.pk).exists()

    assert alices.post(url)["Location"] == "/w/northwind/imessages/"

    assert not Conversation.objects.filter(pk=one.pk).exists()
    assert not Message.objects.filter(conversation_id=one.pk).exists()
    assert not name.exists()
    assert OptOut.objects.filter(value=one.address, lifted_at=None).exists()
    assert ConsentEvent.objects.filter(kind="consent_sent", value=one.address).count() == 1
    entry = AuditEntry.objects.get(action="conversation.deleted")
    assert (entry.detail["messages"], entry.detail["files"]) == (2, 1)


def test_the_words_leave_the_gateways_events_and_do_not_come_back(line: Line, alice: User) -> None:
    event = heard("My secret")
    inbox.store(line, [event])
    from conversations.receiving.incoming import receive

    receive(line, event)
    InboundEvent.objects.update(dedupe_key=f"m:{event.vendor_message_id}")
    deleting.delete(make_conversation(line), by=alice)
    assert "My secret" not in str(list(InboundEvent.objects.values_list("payload", flat=True)))
    assert InboundEvent.objects.filter(applied_at__isnull=False).count() == 1


def test_not_while_a_message_is_being_sent(line: Line, alice: User) -> None:
    message = say(line)
    Message.objects.filter(pk=message.pk).update(state=State.SENDING)
    with pytest.raises(Refused, match="being sent"):
        deleting.delete(message.conversation, by=alice)
    assert Message.objects.filter(pk=message.pk).exists()


@pytest.mark.parametrize(
    ("workspace_says", "member_says", "may"), [(False, None, False), (True, False, False), (False, True, True)]
)
def test_an_admin_switches_it_off(
    northwind: Workspace, bob: User, sign_in: SignIn, wrote: Heard, workspace_says: bool, member_says: bool | None, may: bool
) -> None:
    Workspace.objects.filter(pk=northwind.pk).update(delete_enabled=workspace_says)
    Membership.objects.filter(user=bob).update(may_delete=member_says)
    one = wrote()
    url = f"/w/northwind/imessages/{one.public_id}/delete/"
    browser = sign_in(bob)
    assert (url in browser.get(f"/w/northwind/imessages/{one.public_id}/").content.decode()) == may
    assert browser.get(url).status_code == (200 if may else 403)
    assert browser.post(url).status_code == (302 if may else 403)
    assert Conversation.objects.filter(pk=one.pk).exists() != may


def test_alice_sets_it_for_bob(alices: Client, bob: User, rita: User, sign_in: SignIn) -> None:
    mine = Membership.objects.get(user=bob)
    url = f"/w/northwind/settings/members/{mine.public_id}/switches/"
    assert sign_in(bob).post(url, {"may_delete": "yes"}).status_code == 403
    alices.post(url, {"may_delete": "no"})
    mine.refresh_from_db()
    assert mine.may_delete is False
    alices.post(url, {"may_delete": ""})
    mine.refresh_from_db()
    assert mine.may_delete is None
