"""The simulated phone network for tests: run in a thread, ordered about and asked over HTTP."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from lines.gateways import http
from lines.models import Line
from lines.simulator.network import LineSpec, Network
from lines.simulator.server import running
from tests.core import make_line
from workspaces.models import Workspace

PASSWORD = "simulated"
PACE = 0.02  # human delays fifty times shorter


class Phones:
    """A running network with two lines."""

    def __init__(self, url: str) -> None:
        self.url = url

    def line(self, workspace: Workspace, name: str = "line1", **values: Any) -> Line:
        """One of the network's lines, connected."""
        return make_line(workspace, server_url=f"{self.url}/{name}", password=PASSWORD, **values)

    def order(self, what: str, **body: Any) -> Any:
        """POST /_sim/<what>."""
        request = urllib.request.Request(f"{self.url}/_sim/{what}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def ask(self, what: str, **query: Any) -> Any:
        """GET /_sim/<what>."""
        with urllib.request.urlopen(f"{self.url}/_sim/{what}?{urlencode(query)}", timeout=30) as answer:
            return json.load(answer)

    def arrived(self) -> Counter[tuple[str, str]]:
        """(number, text) of everything that really went out, with how often."""
        return Counter((row["to"], row["text"]) for row in self.ask("sent")["sent"])


@contextmanager
def network(*, pace: float = PACE, quiet: bool = False) -> Iterator[Phones]:
    """`quiet`: nobody answers by itself."""
    made = Network([LineSpec("+12025550190", PASSWORD), LineSpec("+12025550191", PASSWORD)], pace=pace, seed=7)
    with running(made) as up:
        phones = Phones(up.url)
        if quiet:
            phones.order("people", answer=False)
        try:
            yield phones
        finally:
            http.close_connections()
