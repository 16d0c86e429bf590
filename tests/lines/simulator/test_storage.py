"""Conversations survive a restart of the process."""

from __future__ import annotations

from pathlib import Path

from lines.gateways.base import MessageReceived, State
from lines.gateways.bluebubbles import BlueBubbles
from lines.simulator.network import LineSpec, Network
from lines.simulator.server import Running, running
from lines.simulator.storage import Storage
from tests.contracts.bench import LOOPBACK, Bench, eventually, message
from tests.contracts.receiver import Receiver

LINE = LineSpec("+12025550190", "pw")
OTHER = LineSpec("+12025550191", "pw")


def network(path: Path, *lines: LineSpec, pace: float = 0.005) -> Network:
    return Network(lines, pace=pace, seed=5, storage=Storage(path))


def bench(up: Running, name: str = "line1") -> Bench:
    gateway = BlueBubbles(server_url=up.line_url(name), password="pw", allowed_networks=LOOPBACK)
    return Bench(gateway, up.url, Receiver("http://127.0.0.1:9"), LINE.address)


def test_messages_files_hooks_and_settings_are_there_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "network.sqlite3"
    with running(network(path, LINE)) as up:
        first = bench(up)
        sent = first.gateway.send(message("+12025550135", "Hello"))
        first.order("inbound", **{"from": "+12025550136", "text": "Look", "media": "heic"})
        first.gateway.ensure_webhook("http://127.0.0.1:9/hook")
        first.order("phone", address="+12025550136", receipts=True, answers=False)
        eventually(lambda: next(iter(first.gateway.statuses([sent.vendor_id]))), lambda row: row.state is State.DELIVERED)
    with running(network(path, OTHER, LINE)) as up:
        again = bench(up, "line2")
        assert [row["guid"] for row in again.arrived()] == [sent.vendor_id]
        assert next(iter(again.gateway.statuses([sent.vendor_id]))).state is State.DELIVERED
        (photo,) = again.gateway.history(thread="", to="+12025550136")
        assert isinstance(photo, MessageReceived)
        assert b"".join(again.gateway.fetch_attachment(photo.media[0].vendor_id)).startswith(b"\x89PNG")
        assert again.gateway.ensure_webhook("http://127.0.0.1:9/hook") == "1"
        assert again.order("phone", address="+12025550136") == {
            "address": "+12025550136",
            "receipts": True,
            "answers": False,
            "stopped": False,
        }
        assert bench(up, "line1").gateway.history(thread="", to="+12025550136") == ()


def test_a_message_on_its_way_goes_on_after_the_restart(tmp_path: Path) -> None:
    path = tmp_path / "network.sqlite3"
    with running(network(path, LINE)) as up:
        slow = bench(up)
        sent = slow.gateway.send(message("+12025550135"))
        slow.order("clock", freeze=True, pace=100)
        undelivered = slow.gateway.send(message("+12025550135", "Again", thread=sent.thread))
    with running(network(path, LINE)) as up:
        gateway = bench(up).gateway
        eventually(lambda: next(iter(gateway.statuses([undelivered.vendor_id]))), lambda row: row.state is State.DELIVERED)


def test_a_reset_forgets_the_file_too(tmp_path: Path) -> None:
    path = tmp_path / "network.sqlite3"
    with running(network(path, LINE)) as up:
        one = bench(up)
        one.gateway.send(message("+12025550135"))
        one.order("reset")
    with running(network(path, LINE)) as up:
        assert bench(up).arrived() == []


def test_a_line_knows_people_from_before_and_no_one_else() -> None:
    mac = Network([LineSpec("+12025550190", "pw", (("+12025550101", "iMessage"),))]).macs["line1"]
    assert mac.find_chats("iMessage;-;+12025550101")
    assert not mac.find_chats("iMessage;-;+12025550102")
    assert not mac.find_chats("SMS;-;+12025550101")
