"""Reading message objects: the sheet's examples, their gaps, and whatever else may come."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lines.gateways.base import (
    Event,
    MessageReceived,
    MessageStatus,
    Reaction,
    Service,
    State,
    UnreadableWebhook,
    event_from_json,
    event_to_json,
)
from lines.gateways.bluebubbles.chats import fits, same_address
from lines.gateways.bluebubbles.rows import UnreadableRow, read_row
from lines.gateways.bluebubbles.translate import events_of, updates_of
from lines.gateways.bluebubbles.webhooks import parse
from tests.contracts.receiver import webhook

CHAT = {"guid": "iMessage;-;+12025550100", "style": 45, "chatIdentifier": "+12025550100"}
HANDLE = {"address": "+12025550100", "service": "iMessage"}
MADE = 1767225600123


def row(**values: Any) -> dict[str, Any]:
    return {
        "guid": "G",
        "text": "Hi",
        "handle": HANDLE,
        "chats": [CHAT],
        "attachments": [],
        "error": 0,
        "dateCreated": MADE,
        "isFromMe": True,
        "itemType": 0,
        **values,
    }


def heard(kind: str, **values: Any) -> list[Event]:
    return list(parse(webhook({"type": kind, "data": row(**values)}), own_address="+12025550190"))


def keys(events: list[Event]) -> list[str]:
    return [event.dedupe_key for event in events]


def test_keys_of_our_messages() -> None:
    assert keys(heard("new-message")) == ["m:G", "s:G:sent:0"]
    assert keys(heard("new-message", tempGuid="T")) == ["m:G:T", "s:G:sent:T"]
    assert keys(heard("updated-message", dateDelivered=MADE + 5, isDelivered=True)) == [f"s:G:delivered:{MADE + 5}"]
    assert keys(heard("updated-message", dateDelivered=MADE + 5, dateRead=MADE + 9)) == [f"s:G:read:{MADE + 9}"]
    assert keys(heard("new-message", error=22)) == ["m:G", "s:G:failed:22"]
    assert keys(heard("message-send-error", error=4, tempGuid="T")) == ["s:G:failed:4"]


def test_keys_of_their_messages() -> None:
    assert keys(heard("new-message", isFromMe=False)) == ["m:G"]
    assert keys(heard("updated-message", isFromMe=False, dateRead=MADE)) == [], "our own reading is no news"
    assert keys(heard("updated-message", isFromMe=False, dateEdited=MADE + 1)) == [f"m:G:edited:{MADE + 1}"]
    assert keys(heard("updated-message", isFromMe=False, dateRetracted=MADE + 2)) == [f"m:G:retracted:{MADE + 2}"]
    tapback = {"isFromMe": False, "associatedMessageType": "love", "associatedMessageGuid": "p:0/X"}
    assert keys(heard("new-message", **tapback)) == ["r:G"]


def test_a_late_receipt_as_a_second_new_message_is_a_receipt() -> None:
    first, again = heard("new-message"), heard("new-message", dateDelivered=MADE, dateRead=MADE + 5_400_000)
    assert set(keys(again)) - set(keys(first)) == {f"s:G:read:{MADE + 5_400_000}"}


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, State.SENT),
        ({"isDelivered": True}, State.DELIVERED),
        ({"dateDelivered": MADE}, State.DELIVERED),
        ({"dateRead": MADE}, State.READ),
        ({"dateRead": MADE, "error": 4}, State.FAILED),
    ],
)
def test_states(values: dict[str, Any], state: State) -> None:
    assert read_row(row(**values)).state is state


def test_delivered_without_a_date_is_delivered_at_the_earliest_possible_time() -> None:
    (status,) = heard("updated-message", isDelivered=True)
    assert isinstance(status, MessageStatus)
    assert status.delivered_at == datetime.fromtimestamp(MADE / 1000, UTC)


@pytest.mark.parametrize(
    ("values", "peer"),
    [
        ({}, "+12025550100"),
        ({"handle": None}, "+12025550100"),
        ({"handle": None, "chats": [{"guid": "any;-;+12025550100"}]}, "+12025550100"),
        ({"handle": None, "chats": None}, ""),
    ],
)
def test_the_other_side_is_found_wherever_it_is(values: dict[str, Any], peer: str) -> None:
    assert read_row(row(**values)).peer == peer


@pytest.mark.parametrize(
    ("handle", "chat", "service"),
    [
        ("iMessage", "any;-;+1", Service.IMESSAGE),
        ("SMS", "any;-;+1", Service.SMS),
        ("", "SMS;-;+1", Service.SMS),
        ("", "any;-;+1", Service.UNKNOWN),
        ("RCS", "any;-;+1", Service.RCS),
    ],
)
def test_the_service_is_read_from_the_handle_first(handle: str, chat: str, service: Service) -> None:
    data = row(handle={"address": "+1", "service": handle}, chats=[{"guid": chat}])
    assert read_row(data).service is service


@pytest.mark.parametrize(
    ("kind", "text", "tapback", "removed"),
    [
        ("love", "Loved “Hi”", "love", False),
        ("-question", "Removed a question mark from “Hi”", "question", True),
        ("2003", "Laughed at “Hi”", "laugh", False),
        ("3001", "Removed a like from “Hi”", "like", True),
        ("2006", "Reacted 🎉 to “Hi”", "🎉", False),
        ("3006", "Removed 🎉 from “Hi”", "🎉", True),
        ("2006", "in a language we do not know", "2006", False),
        ("sticker", "", "sticker", False),
        ("2007", "", "sticker", False),
    ],
)
@pytest.mark.parametrize("on", ["p:0/ABC-1", "bp:ABC-1", "p:12/ABC-1", "ABC-1"])
def test_tapbacks(kind: str, text: str, tapback: str, removed: bool, on: str) -> None:
    (event,) = heard("new-message", isFromMe=False, text=text, associatedMessageType=kind, associatedMessageGuid=on)
    assert isinstance(event, Reaction)
    assert (event.tapback, event.removed, event.vendor_message_id) == (tapback, removed, "ABC-1")


@pytest.mark.parametrize("kind", ["new-message", "updated-message"])
def test_events_of_groups_are_no_messages(kind: str) -> None:
    assert heard(kind, itemType=2, groupTitle="Team", isFromMe=False) == []


def test_a_message_in_a_group_says_so() -> None:
    (event,) = heard("new-message", isFromMe=False, chats=[{"guid": "iMessage;+;chat12", "style": 43}])
    assert isinstance(event, MessageReceived)
    assert (event.group, event.sender) == (True, "+12025550100")


def test_marks_of_files_are_not_part_of_the_text() -> None:
    (event,) = heard(
        "new-message",
        isFromMe=False,
        text="￼Our setup",
        attachments=[{"guid": "A", "transferName": "IMG_1.HEIC", "mimeType": "image/heic", "totalBytes": 9}],
    )
    assert isinstance(event, MessageReceived)
    assert (event.text, event.media[0].filename, event.media[0].size) == ("Our setup", "IMG_1.HEIC", 9)


def test_texts_are_fit_for_the_database() -> None:
    body = b'{"type":"new-message","data":{"guid":"G","isFromMe":false,"text":"a\\u0000b\\ud83dc"}}'
    (event,) = parse(webhook(body), own_address="")
    assert isinstance(event, MessageReceived)
    assert event.text == "ab?c"


@pytest.mark.parametrize("size", [10**30, 2**63, -1, "9", None])
def test_a_file_of_an_absurd_size_costs_no_message(size: Any) -> None:
    row = read_row({"guid": "G", "text": "STOP", "attachments": [{"guid": "A", "totalBytes": size}]})
    assert (row.text, row.media[0].size) == ("STOP", None)


@pytest.mark.parametrize("moment", [253_402_300_799_999, 10**30, -1, 0, True, "x", None])
def test_a_date_that_no_page_could_show_is_none(moment: Any) -> None:
    assert read_row({"guid": "G", "dateRead": moment}).read_at is None


@pytest.mark.parametrize("data", [None, [], "x", {}, {"guid": 5}, {"guid": "x" * 200}])
def test_what_is_no_message_is_refused(data: Any) -> None:
    with pytest.raises(UnreadableRow):
        read_row(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
odd_rows = st.fixed_dictionaries(
    {"guid": st.text(min_size=1, max_size=20)},
    optional=dict.fromkeys([*list(row())[1:], "tempGuid", "dateRead", "dateEdited", "associatedMessageType"], json_values),
)


@given(odd_rows)
def test_whatever_a_row_holds_it_is_read_or_refused(data: dict[str, Any]) -> None:
    try:
        found = read_row(data)
    except UnreadableRow:
        return
    for event in [*events_of(found), *updates_of(found)]:
        assert len(event.dedupe_key) <= 200
        assert "\x00" not in json.dumps(event_to_json(event))
        assert event_from_json(event_to_json(event)) == event


@given(
    st.sampled_from(["new-message", "updated-message", "typing-indicator", "imessage-aliases-removed", "x"]),
    json_values,
)
def test_whatever_is_posted_it_is_read_or_refused(kind: str, data: Any) -> None:
    try:
        events = parse(webhook({"type": kind, "data": data}), own_address="")
    except UnreadableWebhook:
        return
    for event in events:
        assert event_from_json(event_to_json(event)) == event


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+12025550100", "+1 (202) 555-0100", True),
        ("Dana@Example.com", "dana@example.com", True),
        ("+12025550100", "+12025550101", False),
        ("", "", False),
        ("dana@example.com", "+12025550100", False),
    ],
)
def test_addresses_are_compared_as_messages_does(one: str, other: str, same: bool) -> None:
    assert same_address(one, other) is same


@pytest.mark.parametrize(
    ("thread", "service", "good"),
    [
        ("iMessage;-;+1", Service.IMESSAGE, True),
        ("any;-;+1", Service.IMESSAGE, True),
        ("SMS;-;+1", Service.IMESSAGE, False),
        ("SMS;-;+1", Service.SMS, True),
        ("iMessage;-;+1", Service.SMS, False),
        ("any;-;+1", Service.SMS, False),
    ],
)
def test_a_thread_decides_the_service(thread: str, service: Service, good: bool) -> None:
    assert fits(thread, service) is good
