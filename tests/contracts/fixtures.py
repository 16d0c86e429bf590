"""The phone network of one test process, as new for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lines.gateways import http
from lines.gateways.bluebubbles import BlueBubbles
from lines.gateways.bluebubbles.adapter import forget_servers
from lines.simulator.network import LineSpec, Network
from lines.simulator.server import Running, running
from tests.contracts.bench import LOOPBACK, Bench
from tests.contracts.receiver import Receiver, receiving

PASSWORD = "s3cret of the line"
OWN_ADDRESS = "+12025550190"
PACE = 0.005  # human delays two hundred times shorter


@pytest.fixture(scope="session")
def phone_network() -> Iterator[Running]:
    lines = [LineSpec(OWN_ADDRESS, PASSWORD), LineSpec("+12025550191", "another password")]
    with running(Network(lines, pace=PACE, seed=11)) as network:
        yield network
    http.close_connections()


@pytest.fixture(scope="session")
def hook_server() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def bluebubbles(phone_network: Running, hook_server: Receiver) -> Bench:
    gateway = BlueBubbles(
        server_url=phone_network.line_url(), password=PASSWORD, own_address=OWN_ADDRESS, allowed_networks=LOOPBACK
    )
    made = Bench(gateway, phone_network.url, hook_server, OWN_ADDRESS)
    made.order("reset")
    hook_server.clear()
    forget_servers()
    return made


@pytest.fixture(params=["bluebubbles"])
def bench(request: pytest.FixtureRequest) -> Bench:
    """Each adapter in turn."""
    found: Bench = request.getfixturevalue(request.param)
    return found
