"""The lines' servers as any client meets them: passwords, envelopes, limits, the in-flight guard."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lines.gateways.http import Answer, exchange
from tests.contracts.bench import LOOPBACK, Bench, eventually, message
from tests.contracts.fixtures import PASSWORD

QUIET = "+12025550135"
CHAT = f"iMessage;-;{QUIET}"


def ask(bench: Bench, method: str, path: str, body: Any = None, **params: str) -> Answer:
    return exchange(
        method,
        f"{bench.control}/line1/api/v1/{path}",
        timeout=10,
        allowed=LOOPBACK,
        params={"password": PASSWORD, **params},
        body=body,
    )


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("", 401, "Missing server password!"),
        ("?password=", 401, "Missing server password!"),
        ("?password=wrong", 401, "Unauthorized"),
        ("?guid=wrong&password=s3cret%20of%20the%20line", 401, "Unauthorized"),
        ("?token=s3cret%20of%20the%20line", 200, ""),
        ("?guid=%20s3cret%20of%20the%20line%20", 200, ""),
    ],
)
def test_every_route_wants_the_password(bluebubbles: Bench, query: str, status: int, text: str) -> None:
    answer = exchange("GET", f"{bluebubbles.control}/line1/api/v1/ping{query}", timeout=10, allowed=LOOPBACK)
    assert answer.status == status
    if text:
        assert answer.json()["error"] == {"type": "Authentication Error", "message": text}
    else:
        assert answer.json() == {"status": 200, "message": "Ping received!", "data": "pong"}


def test_the_lines_know_nothing_of_each_other(bluebubbles: Bench) -> None:
    bluebubbles.gateway.send(message(QUIET))
    url = f"{bluebubbles.control}/line2/api/v1/message/query"
    assert exchange("POST", url, timeout=5, allowed=LOOPBACK, params={"password": PASSWORD}, body={}).status == 401
    other = exchange("POST", url, timeout=5, allowed=LOOPBACK, params={"password": "another password"}, body={})
    assert other.json()["data"] == []


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("GET", "message/nothing", "Message does not exist!"),
        ("GET", "chat/iMessage%3B-%3B%2B12025550135", "Chat does not exist!"),
        ("GET", "chat/iMessage%3B-%3B%2B12025550135/message", "Chat does not exist!"),
        ("GET", "attachment/nothing", "Attachment does not exist!"),
        ("DELETE", "webhook/7", "Webhook does not exist!"),
        ("GET", "facetime/answer", "Not Found"),
    ],
)
def test_an_unknown_id_or_route_is_404_in_the_words_of_the_server(bluebubbles: Bench, method: str, path: str, text: str) -> None:
    answer = ask(bluebubbles, method, path)
    assert (answer.status, answer.json()["status"], answer.json()["error"]["message"]) == (404, 404, text)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("message/text", {"message": "Hi"}),
        ("message/text", {"chatGuid": CHAT, "text": "the field is called message", "tempGuid": "T"}),
        ("message/text", {"chatGuid": CHAT, "message": "no tempGuid on AppleScript"}),
        ("message/text", {"chatGuid": CHAT, "message": "Hi", "tempGuid": "T", "method": "pigeon"}),
        ("chat/new", {"addresses": QUIET, "message": "Hi"}),
        ("chat/new", {"addresses": [QUIET], "message": "Hi", "service": "RCS"}),
        ("message/react", {"chatGuid": CHAT, "selectedMessageGuid": "G", "reaction": "heart"}),
        ("message/query", {"limit": 0}),
        ("message/query", {"limit": 1001}),
        ("webhook", {"url": "https://a.example", "events": ["imessage-aliases-removed"]}),
        ("webhook", {"url": "https://a.example", "events": []}),
    ],
)
def test_a_bad_request_is_refused_and_sends_nothing(bluebubbles: Bench, path: str, body: dict[str, Any]) -> None:
    answer = ask(bluebubbles, "POST", path, body)
    assert (answer.status, answer.json()["error"]["type"]) == (400, "Validation Error")
    assert bluebubbles.arrived() == []


def test_a_message_object_has_the_shape_of_the_fact_sheet(bluebubbles: Bench) -> None:
    bluebubbles.gateway.send(message(QUIET))
    body = {"chatGuid": CHAT, "tempGuid": "T-1", "message": "Hi Dana", "method": "private-api"}
    answer = ask(bluebubbles, "POST", "message/text", body).json()
    data = answer["data"]
    assert (answer["status"], answer["message"]) == (200, "Message sent!")
    assert (data["tempGuid"], data["text"], data["error"], data["isFromMe"], data["itemType"]) == ("T-1", "Hi Dana", 0, True, 0)
    assert (data["dateDelivered"], data["dateRead"], data["isDelivered"]) == (None, None, False)
    assert data["handle"]["address"] == QUIET
    assert data["chats"][0]["guid"] == CHAT
    assert {"service", "is_sent", "was_downgraded"}.isdisjoint(data), "which the server does not serialise"


def test_a_temp_guid_blocks_only_while_it_is_in_flight(bluebubbles: Bench) -> None:
    bluebubbles.gateway.send(message(QUIET, "Before"))
    body = {"chatGuid": CHAT, "tempGuid": "T", "message": "Hi", "method": "private-api"}
    bluebubbles.order("clock", pace=4)  # in flight for two seconds: time enough for the second, on any machine
    first: list[Answer] = []
    thread = threading.Thread(target=lambda: first.append(ask(bluebubbles, "POST", "message/text", body)))
    thread.start()
    eventually(lambda: bluebubbles.ask("requests", route="message/text")["count"])
    second = ask(bluebubbles, "POST", "message/text", body)
    thread.join()
    taken, refused = sorted((first[0], second), key=lambda answer: answer.status)  # either may have come first
    assert (taken.status, refused.status) == (200, 400)
    assert refused.json()["error"]["message"] == "Message is already queued to be sent! (Temp GUID: T)"
    bluebubbles.order("clock", pace=0.01)
    assert ask(bluebubbles, "POST", "message/text", body).status == 200, "afterwards it sends again"
    assert len(bluebubbles.arrived()) == 3


def test_webhooks_as_1_9_9_keeps_them(bluebubbles: Bench) -> None:
    first = ask(bluebubbles, "POST", "webhook", {"url": "https://a.example", "events": ["new-message"]}).json()["data"]
    again = ask(bluebubbles, "POST", "webhook", {"url": "https://a.example", "events": ["*"]}).json()["data"]
    assert again == first, "an existing url gives the old record"
    assert ask(bluebubbles, "GET", "webhook", url="https://b.example").status == 500
    assert [hook["id"] for hook in ask(bluebubbles, "GET", "webhook").json()["data"]] == [first["id"]]


def test_queries_page_and_sort(bluebubbles: Bench) -> None:
    start = bluebubbles.ask("healthz")["now"]
    for n in range(5):
        bluebubbles.order("inbound", **{"from": QUIET, "text": f"{n}", "at": start + n})

    def query(**body: Any) -> tuple[list[str], dict[str, int]]:
        answer = ask(bluebubbles, "POST", "message/query", body).json()
        return [row["text"] for row in answer["data"]], answer["metadata"]

    assert query()[0] == ["4", "3", "2", "1", "0"]
    assert query(sort="ASC", offset=1, limit=2) == (["1", "2"], {"offset": 1, "limit": 2, "total": 5, "count": 2})
    assert query(after=start + 1, before=start + 3, sort="ASC")[0] == ["1", "2", "3"], "both ends included"
    assert query(chatGuid="iMessage;-;+12025550199")[0] == [], "an unknown chat is an empty answer"
    assert query(chatGuid=CHAT, limit=1)[0] == ["4"]


def test_typing_stops_only_where_the_bug_is_mended(bluebubbles: Bench) -> None:
    bluebubbles.gateway.send(message(QUIET))
    eventually(lambda: "Hi Dana" in bluebubbles.phone(QUIET))
    path = "chat/iMessage%3B-%3B%2B12025550135/typing"
    ask(bluebubbles, "DELETE", path)
    assert "typing…" in bluebubbles.phone(QUIET), "1.9.9 starts it instead"
    bluebubbles.order("line", typing_bug=False)
    ask(bluebubbles, "DELETE", path)
    assert "typing…" not in bluebubbles.phone(QUIET)


@pytest.mark.parametrize(
    ("lever", "order"),
    [
        ("inbound", {"text": "from nobody"}),
        ("inbound", {"from": QUIET, "media": "film"}),
        ("react", {"from": QUIET, "type": "love"}),
        ("webhooks", {"mode": "sometimes"}),
        ("faults", {"route": "message/text", "kind": "flood"}),
        ("faults", {"route": "message/text", "kind": "status", "percent": 3}),
        ("typing", {"from": QUIET, "line": "line9"}),
    ],
)
def test_orders_that_make_no_sense_are_refused_with_a_reason(bluebubbles: Bench, lever: str, order: dict[str, Any]) -> None:
    answer = exchange("POST", f"{bluebubbles.control}/_sim/{lever}", timeout=5, allowed=LOOPBACK, body=order)
    assert answer.status == 400
    assert answer.json()["error"]
