"""One adapter on the bench: a gateway, the world behind it, and what really reached people there.

Tests in this directory use nothing else, so a further adapter joins them by making a Bench.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from lines.gateways.base import (
    LineGateway,
    OutboundMessage,
    OutcomeUnknown,
    SendResult,
    TransientError,
)
from lines.gateways.http import exchange
from lines.gateways.http.guard import parse_networks
from tests.contracts.receiver import Receiver

T = TypeVar("T")
LOOPBACK = parse_networks(["127.0.0.0/8"])


class Bench:
    """control: the base URL of the world's levers, `/_sim/*`."""

    def __init__(self, gateway: LineGateway, control: str, receiver: Receiver, own_address: str) -> None:
        self.gateway = gateway
        self.control = control
        self.receiver = receiver
        self.own_address = own_address

    def order(self, lever: str, **values: Any) -> Any:
        answer = exchange("POST", f"{self.control}/_sim/{lever}", timeout=30, allowed=LOOPBACK, body=values)
        assert answer.status == 200, answer.body
        return answer.json()

    def ask(self, lever: str, **query: str) -> Any:
        answer = exchange("GET", f"{self.control}/_sim/{lever}", timeout=30, allowed=LOOPBACK, params=query)
        assert answer.status == 200, answer.body
        return answer.json()

    def arrived(self, to: str = "") -> list[dict[str, Any]]:
        """What really went out, oldest first."""
        found: list[dict[str, Any]] = self.ask("sent", **({"to": to} if to else {}))["sent"]
        return found

    def phone(self, person: str) -> str:
        """The page of a person's phone, which opens the thread there."""
        answer = exchange("GET", f"{self.control}/phones/line1/{person}", timeout=30, allowed=LOOPBACK)
        assert answer.status == 200, answer.body
        return answer.body.decode()


def message(to: str, text: str = "Hi Dana, quick question about the RFP", **more: Any) -> OutboundMessage:
    return OutboundMessage(**{"key": str(uuid.uuid4()), "to": to, "text": text, **more})


def deliver(gateway: LineGateway, outgoing: OutboundMessage, *, tries: int = 8) -> SendResult:
    """What the sending core does, without its rows: try again only when it was certainly not sent,
    ask when nobody knows."""
    started = datetime.now(UTC)
    for _ in range(tries):
        try:
            return gateway.send(outgoing)
        except TransientError:
            continue
        except OutcomeUnknown:
            found = _look_for(gateway, outgoing, started)
            if found is not None:
                return found
    raise AssertionError(f"not sent in {tries} tries")


def _look_for(gateway: LineGateway, outgoing: OutboundMessage, started: datetime) -> SendResult | None:
    while True:
        try:
            return gateway.find_by_key(outgoing, not_before=started)
        except TransientError:
            continue


def eventually(look: Callable[[], T], enough: Callable[[T], bool] = bool, seconds: float = 10.0) -> T:
    """The first answer of `look` that is enough."""
    end = time.monotonic() + seconds
    while not enough(found := look()):
        assert time.monotonic() < end, f"waited in vain; the last look found {found!r}"
        time.sleep(0.01)
    return found
