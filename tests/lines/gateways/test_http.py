"""HTTP to gateways: certain or not, in time, and without telling secrets."""

from __future__ import annotations

import gzip
import io
import itertools
import logging
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lines.gateways.http import (
    HttpError,
    MaybeSent,
    NotSent,
    TooLarge,
    exchange,
    redactor,
    stream,
)
from lines.gateways.http.guard import parse_networks
from tests.lines.gateways.wire import OK, Script, Wire, reset, say

LOOPBACK = parse_networks(["127.0.0.0/8"])


@pytest.fixture
def wire() -> Iterator[Callable[[Script], Wire]]:
    made: list[Wire] = []

    def make(script: Script) -> Wire:
        made.append(Wire(script))
        return made[-1]

    yield make
    for each in made:
        each.close()


def streamed(method: str, url: str, **more: Any) -> None:
    with stream(method, url, **more) as answer:
        for _ in answer.chunks:
            pass


def test_nobody_listening_is_certainly_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent, match="Connection refused"):
        exchange("POST", f"http://127.0.0.1:{port}/", timeout=2, allowed=LOOPBACK, body={})


def test_a_name_nobody_knows_is_certainly_not_sent() -> None:
    with pytest.raises(NotSent):
        exchange("POST", "http://mac.invalid/", timeout=2, body={})


def test_a_broken_handshake_is_certainly_not_sent(wire: Callable[[Script], Wire]) -> None:
    server = wire(say(OK))
    with pytest.raises(NotSent):
        exchange("POST", server.url.replace("http:", "https:"), timeout=2, allowed=LOOPBACK, body={})


def test_a_private_address_is_certainly_not_sent(wire: Callable[[Script], Wire]) -> None:
    server = wire(say(OK))
    with pytest.raises(NotSent, match="GATEWAY_ALLOWED_NETWORKS"):
        exchange("POST", server.url, timeout=2, body={})
    assert server.connections == 0


@pytest.mark.parametrize(
    "script",
    [
        reset,
        say(b"", close=True),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", close=True),
        say(b"garbage\r\n\r\n", close=True),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nnope"),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nnope"),
        say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nno\r\n0\r\n\r\n"),
    ],
    ids=["reset", "closed", "cut short", "no HTTP", "bad compression", "two lengths", "no chunk"],
)
def test_anything_after_the_request_may_have_been_sent(wire: Callable[[Script], Wire], script: Script) -> None:
    server = wire(script)
    with pytest.raises(MaybeSent):
        exchange("POST", server.url, timeout=2, allowed=LOOPBACK, body={"a": 1})
    assert len(server.requests) == 1, "and it is not tried again"


def test_a_silent_server_ends_at_the_deadline(wire: Callable[[Script], Wire]) -> None:
    server = wire(lambda connection, request: None)
    begun = time.monotonic()
    with pytest.raises(MaybeSent, match="no answer in time"):
        exchange("POST", server.url, timeout=0.3, allowed=LOOPBACK, body={})
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_dripping_server_ends_at_the_deadline(wire: Callable[[Script], Wire], start: bytes) -> None:
    """Each byte comes well within a read's time-out; the whole does not."""

    def drip(connection: socket.socket, request: bytes) -> None:
        connection.sendall(start)
        for _ in range(300):
            connection.sendall(b"x" if start.endswith(b"\r\n\r\n") else b"X-A: b\r\n")
            time.sleep(0.02)

    server = wire(drip)
    begun = time.monotonic()
    with pytest.raises(MaybeSent):
        exchange("GET", server.url, timeout=0.4, allowed=LOOPBACK)
    assert time.monotonic() - begun < 3


def test_a_redirect_is_an_answer_not_an_order(wire: Callable[[Script], Wire]) -> None:
    server = wire(say(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"))
    answer = exchange("GET", server.url, timeout=2, allowed=LOOPBACK)
    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")


def test_proxies_of_the_environment_are_not_used(wire: Callable[[Script], Wire], monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = wire(say(OK)), wire(say(OK))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    exchange("GET", server.url, timeout=2, allowed=LOOPBACK)
    assert (proxy.connections, server.connections) == (0, 1)


def test_connections_are_kept_for_the_next_request(wire: Callable[[Script], Wire]) -> None:
    server = wire(say(OK))
    for _ in range(5):
        assert exchange("POST", server.url, timeout=2, allowed=LOOPBACK, body={}).json() == {}
    assert (server.connections, len(server.requests)) == (1, 5)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n" + gzip.compress(b"hello", mtime=0),
    ],
    ids=["a word before", "chunks", "until it closes", "older", "packed"],
)
def test_an_answer_is_read_whole_however_it_is_framed(wire: Callable[[Script], Wire], answer: bytes) -> None:
    server = wire(say(answer, close=b"1.0" in answer or b"close" in answer))
    for _ in range(2):
        assert exchange("POST", server.url, timeout=2, allowed=LOOPBACK, body={}).body == b"hello"
    assert len(server.requests) == 2


def test_a_connection_that_was_closed_meanwhile_is_noticed_before_anything_is_written(wire: Callable[[Script], Wire]) -> None:
    closed = threading.Event()

    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(OK)
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    server = wire(answer)
    for _ in range(3):
        closed.clear()
        exchange("POST", server.url, timeout=2, allowed=LOOPBACK, body={})
        assert closed.wait(5)
    assert (server.connections, len(server.requests)) == (3, 3)


def test_an_answer_without_end_is_not_read_to_its_end(wire: Callable[[Script], Wire]) -> None:
    def flood(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")

    server = wire(flood)
    with pytest.raises(TooLarge):
        exchange("GET", server.url, timeout=5, allowed=LOOPBACK, max_bytes=200_000)


def test_a_small_answer_that_unpacks_to_a_large_one_is_stopped(wire: Callable[[Script], Wire]) -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(b"\0" * 50_000_000) + packer.flush()
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    server = wire(say(head + bomb))
    with pytest.raises(TooLarge):
        exchange("GET", server.url, timeout=5, allowed=LOOPBACK, max_bytes=1_000_000)


def test_a_file_and_its_fields_are_a_form(wire: Callable[[Script], Wire]) -> None:
    server = wire(say(OK))
    files = {"attachment": ("Ünïcode plan.pdf", io.BytesIO(b"%PDF"), "application/pdf")}
    exchange("POST", server.url, timeout=2, allowed=LOOPBACK, form={"name": "plan"}, files=files)
    assert b'name="name"\r\n\r\nplan' in server.requests[0]
    assert b"%PDF" in server.requests[0]


def test_the_password_is_in_no_log_and_no_error(wire: Callable[[Script], Wire], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        caplog.set_level(logging.DEBUG, logger=name)
    secret = "correct horse/battery"
    scripts = [say(OK), reset, say(b"garbage\r\n\r\n")]
    texts = []
    ways: list[Callable[..., object]] = [exchange, streamed]
    for script, way in itertools.product(scripts, ways):
        server = wire(script)
        try:
            way("GET", server.url, timeout=1, allowed=LOOPBACK, params={"password": secret})
        except HttpError as error:
            texts.append(f"{error!r} {error.__cause__!r} {error.__context__!r}")
        assert b"correct+horse%2Fbattery" in server.requests[0]
    assert len(texts) == 4
    assert caplog.records, "something was logged, so the next line looks at something"
    for spelling in (secret, "correct", "battery"):
        assert spelling not in caplog.text + "".join(texts)


def test_threads_share_connections_and_keep_their_own_deadlines(wire: Callable[[Script], Wire]) -> None:
    def slow(connection: socket.socket, request: bytes) -> None:
        if b"/slow" in request:
            time.sleep(0.5)
        connection.sendall(OK)

    server = wire(slow)
    outcomes: list[str] = []

    def ask(path: str, timeout: float) -> None:
        try:
            exchange("GET", server.url + path, timeout=timeout, allowed=LOOPBACK)
            outcomes.append(f"{path} answered")
        except MaybeSent:
            outcomes.append(f"{path} late")

    threads = [threading.Thread(target=ask, args=("/slow", 0.1 if n % 2 else 5)) for n in range(8)]
    threads += [threading.Thread(target=ask, args=("/quick", 2)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["/quick answered"] * 8 + ["/slow answered"] * 4 + ["/slow late"] * 4


def test_two_streams_read_in_turns_end_each_at_its_own_time(wire: Callable[[Script], Wire]) -> None:
    def halves(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
        time.sleep(0.4)
        connection.sendall(b"cd")

    server = wire(halves)
    with (
        stream("GET", server.url, timeout=5, allowed=LOOPBACK) as patient,
        stream("GET", server.url, timeout=0.2, allowed=LOOPBACK) as hasty,
    ):
        assert next(patient.chunks) + next(hasty.chunks) == b"abab"
        with pytest.raises(MaybeSent):
            next(hasty.chunks)
        assert b"".join(patient.chunks) == b"cd"


def test_secrets_are_blotted_out_in_every_spelling() -> None:
    told = "no answer from http://m/?password=a%20b%2Fc&x=1 nor a b/c nor a+b%2Fc, token=zzz"
    assert redactor("a b/c")(told) == "no answer from http://m/?password=***&x=1 nor *** nor ***, token=***"
    assert redactor("a b/c")("password=a b/c&Token=x") == "password=***&Token=***"
    assert redactor()("guid=zzz") == "guid=***"
