from __future__ import annotations

from django.test import Client

from conversations.models import Conversation, ThreadEvent
from conversations.thread import archiving
from tests.conversations.work.conftest import Heard
from workspaces.models import AuditEntry, User


def test_archiving_takes_it_out_of_the_list_and_a_reply_brings_it_back(bobs: Client, wrote: Heard) -> None:
    one = wrote(text="Send me prices")
    url = f"/w/northwind/imessages/{one.public_id}/archive/"
    assert bobs.post(url).status_code == 302
    row = f'id="c-{one.public_id}"'
    assert row not in bobs.get("/w/northwind/imessages/").content.decode()
    assert row in bobs.get("/w/northwind/imessages/?record=archived").content.decode()
    wrote(text="Are you there?")
    one.refresh_from_db()
    assert one.archived_at is None


def test_the_second_to_archive_changes_nothing(bob: User, alice: User, wrote: Heard) -> None:
    one = wrote()
    assert archiving.archive(one, by=bob)
    at = Conversation.objects.get(pk=one.pk).archived_at
    assert not archiving.archive(one, by=alice)
    assert Conversation.objects.get(pk=one.pk).archived_at == at
    assert ThreadEvent.objects.filter(conversation=one, kind=ThreadEvent.Kind.ARCHIVED).count() == 1
    assert AuditEntry.objects.filter(action="conversation.archived").count() == 1


def test_archiving_says_how_it_is_undone_with_scripts_and_without(bobs: Client, wrote: Heard) -> None:
    url = f"/w/northwind/imessages/{wrote().public_id}/"
    said = bobs.post(f"{url}archive/", headers={"HX-Request": "true"})["HX-Trigger"]
    assert f'"action": {{"label": "Undo", "url": "{url}unarchive/"}}' in said
    assert f'action="{url}unarchive/"' in bobs.post(f"{url}archive/", follow=True).content.decode().partition('id="toasts"')[2]


def test_whoever_archives_stays_in_the_filtered_list(bobs: Client, wrote: Heard) -> None:
    one = wrote()
    for page, beside in (("imessages/", "imessages"), (f"imessages/{one.public_id}/", "imessages"), ("overview/", "overview")):
        came = {"Referer": f"http://testserver/w/northwind/{page}?waiting=1&sort=icp"}
        response = bobs.post(f"/w/northwind/imessages/{one.public_id}/archive/", headers=came)
        assert response["Location"] == f"/w/northwind/{beside}/{one.public_id}/?waiting=1&sort=icp"


def test_unarchiving(bobs: Client, bob: User, wrote: Heard) -> None:
    one = wrote()
    archiving.archive(one, by=bob)
    bobs.post(f"/w/northwind/imessages/{one.public_id}/unarchive/")
    one.refresh_from_db()
    assert one.archived_at is None
