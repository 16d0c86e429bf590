"""The ASGI application: one server per line, the control routes, and the phones' page."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from lines.simulator.api.breaking import Wires
from lines.simulator.api.routes import line_routes
from lines.simulator.control import control_routes
from lines.simulator.network import Network
from lines.simulator.phone import phone_routes


def make_app(network: Network) -> ASGIApp:
    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        network.start()
        try:
            yield
        finally:
            await network.stop()

    app = Starlette(
        routes=[
            *(Mount(f"/{mac.name}", routes=line_routes(network, mac)) for mac in network.macs.values()),
            Mount("/_sim", routes=control_routes(network)),
            *phone_routes(network),
        ],
        lifespan=lifespan,
    )
    return Wires(app)
