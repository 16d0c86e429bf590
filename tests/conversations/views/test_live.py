"""What an open page hears when it asks whether something changed."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as RedisGone

from conversations import live
from conversations.models import Conversation
from lines.models import Line
from tests.conversations.views.pages import html_of, inbox
from tests.factories_conversations import known
from workspaces.secrets import fingerprint, new_token

ASK = "/w/northwind/live/"


@pytest.fixture(autouse=True)
def standing_clock() -> object:
    with time_machine.travel("2026-11-18T15:00:10Z", tick=False) as clock:
        yield clock


def asked(row: Conversation) -> dict[str, str]:
    list_stamp, thread_stamp = live.stamps(row.workspace_id, row.pk)
    return {"list": list_stamp, "thread": thread_stamp, "open": row.public_id}


def test_nothing_is_said_while_nothing_changed(line: Line, bobs: Client) -> None:
    response = bobs.get(ASK, asked(known(line)))
    assert response.status_code == 204
    assert "HX-Trigger" not in response


def test_a_change_in_the_open_thread_has_list_and_thread_reload(line: Line, bobs: Client) -> None:
    row = known(line)
    before = asked(row)
    live.bump(row.workspace_id, [row.pk])
    assert set(bobs.get(ASK, before)["HX-Trigger"].replace('"', "").strip("{}").split(": {}")) & {"list-changed"}
    assert "thread-changed" in bobs.get(ASK, before)["HX-Trigger"]


def test_a_change_elsewhere_leaves_the_open_thread_alone(line: Line, bobs: Client) -> None:
    row, other = known(line), known(line, "Elif Kaya")
    before = asked(row)
    live.bump(row.workspace_id, [other.pk])
    heard = bobs.get(ASK, before)["HX-Trigger"]
    assert "list-changed" in heard
    assert "thread-changed" not in heard


def test_another_workspace_hears_nothing(line: Line, bobs: Client) -> None:
    row = known(line)
    before = asked(row)
    live.bump(row.workspace_id + 1, [row.pk])
    assert "HX-Trigger" not in bobs.get(ASK, before)


def test_the_page_carries_the_stamps_it_was_made_with(line: Line, bobs: Client) -> None:
    row = known(line)
    live.bump(row.workspace_id, [row.pk])
    html = html_of(bobs.get(inbox(row)))
    for name, stamp in asked(row).items():
        assert f'name="{name}" value="{stamp}" data-stamp' in html


def test_forgetting_everything_only_makes_pages_read_anew(line: Line, bobs: Client) -> None:
    row = known(line)
    live.bump(row.workspace_id, [row.pk])
    before = asked(row)
    cache.clear()
    assert "list-changed" in bobs.get(ASK, before)["HX-Trigger"]


def test_a_lost_bump_is_made_up_for_within_a_minute(line: Line, bobs: Client, standing_clock: time_machine.Traveller) -> None:
    before = asked(known(line))
    standing_clock.shift(60)
    assert "list-changed" in bobs.get(ASK, before)["HX-Trigger"]


def test_without_redis_pages_work_and_look_by_themselves(
    line: Line, bobs: Client, monkeypatch: pytest.MonkeyPatch, standing_clock: time_machine.Traveller
) -> None:
    def gone(*args: object, **kwargs: object) -> None:
        raise RedisGone("connection refused")

    row = known(line)
    monkeypatch.setattr("redis.Redis.execute_command", gone)
    live.bump(row.workspace_id, [row.pk])
    assert bobs.get(inbox(row)).status_code == 200
    before = asked(row)
    assert "HX-Trigger" not in bobs.get(ASK, before)
    standing_clock.shift(5)
    assert "thread-changed" in bobs.get(ASK, before)["HX-Trigger"]


@pytest.mark.parametrize("public_id", ["", "nobody", "x" * 5000])
def test_a_conversation_that_is_not_there_is_no_error(line: Line, bobs: Client, public_id: str) -> None:
    assert bobs.get(ASK, {"open": public_id}).status_code == 204


def test_the_contact_typing_is_told_to_who_has_the_thread_open_and_to_nobody_else(line: Line, bobs: Client) -> None:
    row, other = known(line, "Priya Raman"), known(line, "Marcus Oyelaran", company="Fathom")
    body: dict[str, Any] = {"type": "typing-indicator", "data": {"display": True, "guid": f"iMessage;-;{row.address}"}}
    token = new_token()
    Line.objects.filter(pk=line.pk).update(webhook_token_hash=fingerprint(token))
    url = f"/hooks/bluebubbles/{token}/"
    assert bobs.post(url, body, content_type="application/json").status_code == 200

    def heard(open_: Conversation) -> str:
        return bobs.get("/w/northwind/live/", {"open": open_.public_id, "presence": ""}).headers.get("HX-Trigger", "")

    assert "Priya Raman is typing" in heard(row)
    assert "typing" not in heard(other)
    body["data"]["display"] = False
    bobs.post(url, body, content_type="application/json")
    assert "typing" not in heard(row)
