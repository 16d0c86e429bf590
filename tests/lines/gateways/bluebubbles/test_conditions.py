"""What the Mac's condition means for the line: health, methods, chat names and routes."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from lines.gateways.base import InvalidRequest, Reason, TransientError
from lines.gateways.bluebubbles import BlueBubbles
from lines.gateways.bluebubbles.adapter import forget_servers
from lines.gateways.bluebubbles.facts import Facts, judge
from tests.contracts.bench import LOOPBACK, Bench, message
from tests.contracts.fixtures import PASSWORD

QUIET = "+12025550135"


def facts(**values: Any) -> Facts:
    good: dict[str, Any] = {
        "os_version": "15.7.1",
        "server_version": "1.9.9",
        "private_api": True,
        "helper_connected": True,
        "imessage": "+12025550190",
    }
    return Facts(**{**good, **values})


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "active"),
        ({"os_version": "26.1"}, "active"),
        ({"imessage": ""}, "flagged"),
        ({"helper_connected": False}, "degraded"),
        ({"private_api": False}, "degraded"),
        ({"os_version": "26.1", "helper_connected": False}, "offline"),
        ({"os_version": "26.1", "private_api": False}, "offline"),
    ],
)
def test_health_says_what_the_condition_means(values: dict[str, Any], state: str) -> None:
    found = judge(facts(**values))
    assert found.state == state
    assert bool(found.detail) is (state != "active"), "whatever is wrong is said in words"


@pytest.mark.parametrize(("version", "stops"), [("1.9.9", False), ("1.8.0", False), ("1.9.10", True), ("2.0", True), ("", False)])
def test_which_servers_stop_typing(version: str, stops: bool) -> None:
    assert facts(server_version=version).stops_typing is stops


def test_a_wrong_password_is_its_own_state(bluebubbles: Bench) -> None:
    other = BlueBubbles(server_url=f"{bluebubbles.control}/line1", password="guess", allowed_networks=LOOPBACK)
    health = other.check()
    assert (health.ok, health.state) == (False, "auth_failed")


@pytest.mark.parametrize("path", ["/phones", "/line1/elsewhere", "/nothing"])
def test_a_server_that_is_no_bluebubbles_is_offline(bluebubbles: Bench, path: str) -> None:
    other = BlueBubbles(server_url=f"{bluebubbles.control}{path}", password=PASSWORD, allowed_networks=LOOPBACK)
    health = other.check()
    assert (health.ok, health.state) == (False, "offline")
    assert health.detail


def test_nobody_there_is_offline_with_the_cause() -> None:
    health = BlueBubbles(server_url="http://127.0.0.1:9", password="x", allowed_networks=LOOPBACK).check()
    assert (health.state, health.detail) == ("offline", "The server could not be reached: Connection refused.")


def test_a_private_server_address_names_the_setting() -> None:
    health = BlueBubbles(server_url="http://127.0.0.1:9", password="x").check()
    assert health.state == "offline"
    assert "GATEWAY_ALLOWED_NETWORKS" in health.detail


def test_without_the_helper_texts_still_go_and_the_rest_is_not_promised(bluebubbles: Bench) -> None:
    bluebubbles.order("line", helper=False)
    health = bluebubbles.gateway.check()
    assert health.state == "degraded"
    assert "no tapbacks, typing, read receipts or availability checks" in health.detail
    sent = bluebubbles.gateway.send(message(QUIET))
    assert [row["guid"] for row in bluebubbles.arrived()] == [sent.vendor_id]
    for act in (
        lambda: bluebubbles.gateway.availability(QUIET),
        lambda: bluebubbles.gateway.typing(thread="", to=QUIET, on=True),
        lambda: bluebubbles.gateway.mark_read(thread="", to=QUIET),
    ):
        with pytest.raises(TransientError) as failure:
            act()
        assert failure.value.failure.reason is Reason.LINE_ISSUE


def test_a_helper_that_goes_between_two_sends_is_noticed(bluebubbles: Bench) -> None:
    bluebubbles.gateway.send(message(QUIET, "One"))
    bluebubbles.order("line", helper=False)
    with pytest.raises(TransientError):
        bluebubbles.gateway.send(message(QUIET, "Two"))
    bluebubbles.gateway.send(message(QUIET, "Three"))
    assert [row["text"] for row in bluebubbles.arrived()] == ["One", "Three"]


def test_signed_out_of_imessage(bluebubbles: Bench) -> None:
    bluebubbles.order("line", signed_out=True)
    assert bluebubbles.gateway.check().state == "flagged"


def test_macos_26_joins_the_same_conversation_under_its_new_name(bluebubbles: Bench) -> None:
    old = bluebubbles.gateway.send(message(QUIET, "Before the update"))
    bluebubbles.order("line", os="26.1")
    forget_servers()
    new = bluebubbles.gateway.send(message(QUIET, "After it", thread=old.thread))
    assert (old.thread, new.thread) == (f"iMessage;-;{QUIET}", f"any;-;{QUIET}")
    assert new.service is old.service
    assert [row["text"] for row in bluebubbles.arrived(QUIET)] == ["Before the update", "After it"]
    assert len(bluebubbles.gateway.history(thread="", to=QUIET)) == 4


def test_macos_26_without_the_helper_sends_nothing(bluebubbles: Bench) -> None:
    bluebubbles.order("line", os="26.1", helper=False)
    with pytest.raises(TransientError):
        bluebubbles.gateway.send(message(QUIET))
    assert bluebubbles.ask("requests", route="chat/new")["count"] == 0


def test_a_chat_that_messages_lost_is_started_anew(bluebubbles: Bench) -> None:
    sent = bluebubbles.gateway.send(message(QUIET, "Hello", thread=f"iMessage;-;{QUIET}"))
    assert sent.vendor_id
    routes = [each["route"] for each in bluebubbles.ask("requests")["requests"]]
    assert routes == ["server/info", "message/text", "chat/new"]


def test_stopping_to_type_does_not_start_it_on_1_9_9(bluebubbles: Bench) -> None:
    bluebubbles.gateway.send(message(QUIET))
    bluebubbles.gateway.typing(thread="", to=QUIET, on=False)
    assert bluebubbles.ask("requests", route="chat/typing")["count"] == 0
    bluebubbles.order("line", version="1.9.10", typing_bug=False)
    forget_servers()
    bluebubbles.gateway.typing(thread="", to=QUIET, on=True)
    assert "typing…" in bluebubbles.phone(QUIET)
    bluebubbles.gateway.typing(thread="", to=QUIET, on=False)
    assert "typing…" not in bluebubbles.phone(QUIET)


def test_a_subscription_to_less_than_everything_is_replaced(bluebubbles: Bench) -> None:
    server = bluebubbles.gateway
    assert isinstance(server, BlueBubbles)
    url = bluebubbles.receiver.url
    narrow: Any = server._api.call("POST", "webhook", body={"url": url, "events": ["new-message"]}).data
    server._api.call("POST", "webhook", body={"url": "https://elsewhere.example/", "events": ["*"]})
    handle = server.ensure_webhook(url)
    hooks: Any = server._api.call("GET", "webhook").data
    assert handle != str(narrow["id"]) or narrow["events"] == ["*"]
    assert {hook["url"]: hook["events"] for hook in hooks} == {url: ["*"], "https://elsewhere.example/": ["*"]}


def test_the_password_is_in_no_failure_and_no_log(bluebubbles: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    for kind in ("status", "drop_before", "drop_after", "truncate", "garbage", "status_after"):
        bluebubbles.order("faults", route="chat/new", kind=kind, count=1)
        try:
            bluebubbles.gateway.send(message(QUIET))
        except Exception as error:
            texts.append(f"{error!r}")
    echoing = {"status": 500, "message": f"failed: ?password={PASSWORD}", "error": {"type": "x", "message": PASSWORD}}
    server = bluebubbles.gateway
    assert isinstance(server, BlueBubbles)
    texts.append(server._api.clean(json.dumps(echoing)))
    assert len(texts) == 7
    for text in [*texts, caplog.text, repr(server), repr(vars(server))]:
        assert PASSWORD not in text
        assert PASSWORD.replace(" ", "+") not in text


@pytest.mark.parametrize(
    ("server_url", "password", "field"),
    [
        ("mac.local:1234", "x", "server_url"),
        ("http://mac.local?password=x", "x", "server_url"),
        ("http://mac.local", "", "password"),
    ],
)
def test_values_of_a_line_are_checked_when_it_is_made(server_url: str, password: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        BlueBubbles(server_url=server_url, password=password)
    assert refusal.value.field == field


def test_an_address_copied_with_its_api_path_works(bluebubbles: Bench) -> None:
    copied = BlueBubbles(server_url=f"{bluebubbles.control}/line1/api/v1/", password=PASSWORD, allowed_networks=LOOPBACK)
    assert copied.check().ok


def test_errors_survive_a_process_border() -> None:
    import pickle

    from lines.gateways.base import Failure, OutcomeUnknown

    error = OutcomeUnknown(Failure(Reason.IMESSAGE_ISSUE, True, "504"), vendor_id="G")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.failure, copy.vendor_id, copy.sent) == (OutcomeUnknown, error.failure, "G", "maybe")
    refusal = pickle.loads(pickle.dumps(InvalidRequest("to", "is wrong")))
    assert (refusal.field, str(refusal)) == ("to", "to: is wrong")
