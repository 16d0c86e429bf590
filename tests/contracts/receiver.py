"""A small web server that collects webhooks, for tests that wait for them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lines.gateways.base import Event, LineGateway, WebhookRequest


class Receiver:
    """Posted bodies in the order they came, under `url`, which is another one after each `clear`."""

    def __init__(self, server: str) -> None:
        self._server, self._turn = server, 0
        self._bodies: list[bytes] = []
        self._news = threading.Condition()

    @property
    def url(self) -> str:
        return f"{self._server}{self._path}"

    @property
    def _path(self) -> str:
        return f"/hooks/secret-{self._turn}/"

    def take(self, path: str, body: bytes) -> None:
        with self._news:
            if path == self._path:  # else it has been on its way since an earlier test
                self._bodies.append(body)
                self._news.notify_all()

    def clear(self) -> None:
        with self._news:
            self._turn += 1
            self._bodies.clear()

    @property
    def posts(self) -> list[dict[str, Any]]:
        with self._news:
            return [json.loads(body) for body in self._bodies]

    def events(self, gateway: LineGateway) -> list[Event]:
        """What the adapter reads in everything posted so far."""
        with self._news:
            bodies = list(self._bodies)
        return [event for body in bodies for event in gateway.parse_webhook(webhook(body))]

    def wait(self, enough: Callable[[], bool], seconds: float = 10.0) -> None:
        """Until `enough`, looked at after each post."""
        with self._news:
            assert self._news.wait_for(enough, seconds), f"waited in vain; posted so far: {self._bodies}"


def webhook(body: bytes | dict[str, Any], *, at: datetime | None = None) -> WebhookRequest:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return WebhookRequest("https://console.example/hooks/x", {}, content, at or datetime.now(UTC))


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self.path, self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # webhooks come in crowds

    server = Server(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
