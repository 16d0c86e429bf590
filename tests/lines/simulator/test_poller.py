"""Which changes become webhooks: the server's own poller was watched at work, and ours does the same.

The cases are those of that run (fact sheet 2.7 and appendix 2). The clock stands still and is moved
by hand, so each test says exactly when something happened.
"""

from __future__ import annotations

import pytest

from tests.contracts.bench import Bench, message

QUIET = "+12025550135"  # delivered, not read unless a test says so


@pytest.fixture
def frozen(bluebubbles: Bench) -> Bench:
    bluebubbles.order("people", answer=False)
    bluebubbles.gateway.ensure_webhook(bluebubbles.receiver.url)
    bluebubbles.order("clock", freeze=True, pace=1)
    return bluebubbles


def posts(bench: Bench, guid: str) -> list[str]:
    """Kinds of webhooks about a message, without the echo that carries our key."""
    found = []
    for post in bench.receiver.posts:
        data = post["data"]
        if isinstance(data, dict) and data.get("guid") == guid and "tempGuid" not in data:
            found.append(post["type"])
    return found


def advance(bench: Bench, seconds: float) -> None:
    bench.order("clock", advance=seconds)


def sent(bench: Bench, to: str = QUIET, text: str = "Hello") -> str:
    return bench.gateway.send(message(to, text)).vendor_id


def read(bench: Bench, person: str = QUIET) -> None:
    bench.order("phone", address=person, receipts=True)
    bench.order("read", **{"from": person})


def test_a_receipt_within_the_hour_is_an_update(frozen: Bench) -> None:
    guid = sent(frozen)
    advance(frozen, 1)
    assert posts(frozen, guid) == ["new-message"]
    advance(frozen, 5)
    assert posts(frozen, guid) == ["new-message", "updated-message"]
    advance(frozen, 20 * 60)
    read(frozen)
    advance(frozen, 1)
    assert posts(frozen, guid) == ["new-message", "updated-message", "updated-message"]


def test_a_receipt_after_an_hour_is_a_second_new_message(frozen: Bench) -> None:
    guid = sent(frozen)
    advance(frozen, 1)
    advance(frozen, 5)
    advance(frozen, 90 * 60)
    read(frozen)
    advance(frozen, 1)
    assert posts(frozen, guid) == ["new-message", "updated-message", "new-message"]
    advance(frozen, 30)
    assert len(posts(frozen, guid)) == 3


def test_a_failure_after_the_first_look_is_never_told(frozen: Bench) -> None:
    guid = sent(frozen, "+12025550120")
    advance(frozen, 16)
    assert posts(frozen, guid) == ["new-message"]
    assert [post["data"]["error"] for post in frozen.receiver.posts if post["data"]["guid"] == guid] == [0]


def test_a_failure_before_the_first_look_is_a_new_message_with_an_error(frozen: Bench) -> None:
    frozen.order("line", signed_out=True)
    with pytest.raises(Exception, match="signed out"):
        sent(frozen)
    advance(frozen, 1)
    kinds = {post["type"]: post["data"]["error"] for post in frozen.receiver.posts}
    assert kinds == {"message-send-error": 40, "new-message": 40}


def test_delivered_without_a_date_is_told_again_every_hour_that_something_changes(frozen: Bench) -> None:
    guid = sent(frozen, "+12025550154")
    advance(frozen, 1)
    advance(frozen, 10)
    assert posts(frozen, guid) == ["new-message", "updated-message"]
    advance(frozen, 61 * 60)
    assert len(posts(frozen, guid)) == 2, "nothing changed in chat.db, so nobody looked"
    sent(frozen, text="Something else")
    advance(frozen, 1)
    assert posts(frozen, guid)[2:] == ["new-message"]


def test_a_restart_tells_the_week_again(frozen: Bench) -> None:
    guid = sent(frozen)
    advance(frozen, 1)
    advance(frozen, 10)
    frozen.order("restart")
    advance(frozen, 1)
    assert posts(frozen, guid)[2:] == ["new-message"]


def test_only_the_newest_hundred_rows_are_looked_at(frozen: Bench) -> None:
    old = sent(frozen)
    start = frozen.ask("healthz")["now"]
    for n in range(100):
        frozen.order("inbound", **{"from": "+12025550136", "text": f"{n}", "at": start + n + 1})
    advance(frozen, 1)
    assert "updated-message" not in posts(frozen, old)
    frozen.order("line", newest=500)
    read(frozen)
    advance(frozen, 5)
    assert posts(frozen, old) == ["new-message"]


def test_updates_come_without_their_chats(frozen: Bench) -> None:
    guid = sent(frozen)
    advance(frozen, 5)
    shapes = [(post["type"], "chats" in post["data"]) for post in frozen.receiver.posts if post["data"]["guid"] == guid]
    assert ("new-message", True) in shapes
    assert ("updated-message", False) in shapes


def test_a_send_into_a_chat_is_echoed_twice_and_a_new_chat_once(frozen: Bench) -> None:
    sent(frozen)
    thread = f"iMessage;-;{QUIET}"
    second = frozen.gateway.send(message(QUIET, "Again", thread=thread)).vendor_id
    advance(frozen, 1)
    echoes = [post["data"] for post in frozen.receiver.posts if post["type"] == "new-message"]
    assert sorted("tempGuid" in data for data in echoes if data["guid"] == second) == [False, True]
    assert ["tempGuid" in data for data in echoes if data["guid"] != second] == [False]


def test_losing_an_alias_is_told_to_subscribers_of_everything_only(frozen: Bench) -> None:
    frozen.order("line", aliases_removed=["+12025550190"])
    frozen.order("settle")
    assert [post["type"] for post in frozen.receiver.posts] == ["imessage-aliases-removed"]
