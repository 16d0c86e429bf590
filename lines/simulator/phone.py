"""The phones' page: what recipients see, and how a newcomer plays the other side.

Plain pages and forms; a little script only saves the reloading.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import phonenumbers
from django.template import Context, Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from lines.simulator.habits import GUIDE
from lines.simulator.mac import Mac
from lines.simulator.network import Network
from lines.simulator.phone_actions import ACTIONS, Action
from lines.simulator.phone_view import page, pretty, version_of
from lines.simulator.pictures import converted

_HERE: Final = Path(__file__).parent
_engine: Final = Engine(dirs=[str(_HERE / "templates")], autoescape=True)
_HEADERS: Final = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def phone_routes(network: Network) -> list[BaseRoute]:
    async def index(request: Request) -> Response:
        return _render("phones/index.html", page(network, None, ""), guide=_guide())

    async def show(request: Request) -> Response:
        mac, address = _who(network, request)
        if mac is None:
            return _render("phones/index.html", page(network, None, ""), status=404, guide=_guide())
        network.people.open_thread(mac, address)
        return _render("phones/index.html", page(network, mac, address), guide=_guide())

    async def live(request: Request) -> Response:
        """The changing parts of the page, or 204 while they are as the page knows them."""
        mac, address = _who(network, request)
        if mac is not None and request.query_params.get("seen"):
            network.people.open_thread(mac, address)
        if request.query_params.get("version") == version_of(network, mac, address):
            return Response(status_code=204, headers=_HEADERS)
        return _render("phones/live.html", page(network, mac, address))

    async def open_phone(request: Request) -> Response:
        if _is_foreign(request):
            return Response(status_code=403)
        async with request.form() as form:
            address, line = _normal(str(form.get("address", ""))), str(form.get("line", ""))
        if not address or line not in network.macs:
            context = page(network, None, "") | {"problem": "Write the number with its country code: +1 202 555 0100."}
            return _render("phones/index.html", context, status=400, guide=_guide())
        return RedirectResponse(_url(line, address), status_code=303)

    async def file(request: Request) -> Response:
        found = network.exchange.files.get(request.path_params["guid"])
        if found is None:
            return Response(status_code=404)
        _, mime, content = converted(*found)
        safe = mime if mime in ("image/png", "image/jpeg", "image/gif", "image/webp") else "application/octet-stream"
        return Response(content, media_type=safe, headers={"x-content-type-options": "nosniff"})

    return [
        Route("/", index),
        Route("/live", live),
        Route("/phones", open_phone, methods=["POST"]),
        Route("/phones/{line}/{address}", show),
        Route("/phones/{line}/{address}/live", live),
        *(
            Route(f"/phones/{{line}}/{{address}}/{name}", _acting(network, action), methods=["POST"])
            for name, action in ACTIONS.items()
        ),
        Route("/files/{guid}", file),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]


def _acting(network: Network, action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        mac, address = _who(network, request)
        if mac is None:
            return Response(status_code=404)
        if _is_foreign(request):
            return Response(status_code=403)
        async with request.form() as form:
            action(network, mac, address, form)
        return RedirectResponse(_url(mac.name, address), status_code=303)

    return endpoint


def _is_foreign(request: Request) -> bool:
    """Another site's page must not play with the phones of whoever looks at it."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def _who(network: Network, request: Request) -> tuple[Mac | None, str]:
    address = _normal(request.path_params.get("address", ""))
    mac = network.macs.get(request.path_params.get("line", ""))
    return (mac, address) if address else (None, "")


def _normal(text: str) -> str:
    """E.164 or an email address; "" for neither."""
    text = text.strip()
    if "@" in text:
        return text.lower() if " " not in text else ""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _url(line: str, address: str) -> str:
    return f"/phones/{line}/{quote(address)}"


def _guide() -> list[dict[str, str]]:
    found = []
    for first, last, words in GUIDE:
        to = f"–{last:02d}" if last != first else ""
        found.append({"number": f"{pretty('+12025550100')[:-2]}{first:02d}{to}", "words": words})
    return found


def _render(template: str, context: Mapping[str, Any], *, status: int = 200, **more: Any) -> Response:
    html = _engine.get_template(template).render(Context({**context, **more}))
    return HTMLResponse(html, status, headers=_HEADERS)
