"""A gateway as quick as a socket, in a process of its own: what benches measure against.

It takes every message and answers as BlueBubbles does, after the milliseconds that its line's path names
(`http://127.0.0.1:1234/50/1`). All it remembers is when each line was asked for availability. The simulated phone network
keeps phones, receipts and people, and would itself be the slowest part of what a bench measures.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.request import urlopen

Asking = tuple[str, float, float]
"""The last part of the line's path, and when the question began and ended (seconds of `time.monotonic` there)."""

_INFO: Final = {
    "available": True,
    "private_api": True,
    "helper_connected": True,
    "os_version": "15.5",
    "server_version": "1.9.9",
    "proxy_service": "dynamic-dns",
    "detected_imessage": "bench@example.com",
}
_START_SECONDS: Final = 20

_askings: list[Asking] = []


@contextmanager
def running() -> Iterator[str]:
    """The gateway's address. A line appends `/<milliseconds>/<anything>`."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        if not here.poll(_START_SECONDS):
            raise RuntimeError("the bare gateway did not start")
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def askings(url: str) -> list[Asking]:
    """The questions for availability since this was last called."""
    with urlopen(f"{url}/0/askings", timeout=5) as answer:  # noqa: S310  our own address
        return [(line, began, ended) for line, began, ended in json.load(answer)["data"]]


def _serve(ready: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=1024)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(_header(head, b"content-length:") or 0)
            body = await reader.readexactly(length) if length else b""
            path, began = head.split(b" ", 2)[1], time.monotonic()
            _, delay, line, *what = path.split(b"/")
            if delay != b"0":
                await asyncio.sleep(int(delay) / 1000)
            if b"availability" in what:
                _askings.append((line.decode(), began, time.monotonic()))
            answer = json.dumps({"status": 200, "message": "Success", "data": _data(line, body)}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        writer.close()


def _header(head: bytes, name: bytes) -> bytes:
    return next((line[len(name) :].strip() for line in head.split(b"\r\n") if line.lower().startswith(name)), b"")


def _data(line: bytes, body: bytes) -> Any:
    """Facts about the server, the askings that were not told yet, or the row of the message that was sent."""
    if line == b"askings":
        told, _askings[:] = _askings[:], []
        return told
    if not body:
        return _INFO
    sent = json.loads(body)
    to = sent["addresses"][0] if "addresses" in sent else str(sent.get("chatGuid", "")).rsplit(";", 1)[-1]
    return {
        "guid": str(uuid.uuid4()).upper(),
        "tempGuid": sent.get("tempGuid"),
        "text": sent.get("message"),
        "handle": {"address": to, "service": "iMessage"},
        "chats": [{"guid": f"iMessage;-;{to}", "style": 45}],
        "dateCreated": int(time.time() * 1000),
        "isFromMe": True,
        "isDelivered": False,
        "error": 0,
    }
