"""The server's envelopes: `{status, message, data?, metadata?}` and `{status, message, error, data?}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lines.simulator.mac import Mac
from lines.simulator.network import Network

_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request to one line."""

    network: Network
    mac: Mac
    request: Request
    body: dict[str, Any]  # the JSON body; {} when there is none


def ok(data: Any = _ABSENT, message: str = "Success", metadata: dict[str, Any] | None = None) -> Response:
    content: dict[str, Any] = {"status": 200, "message": message}
    if data is not _ABSENT:
        content["data"] = data
    if metadata is not None:
        content["metadata"] = metadata
    return JSONResponse(content)


def error(status: int, message: str, kind: str, detail: str, data: Any = _ABSENT) -> Response:
    content: dict[str, Any] = {"status": status, "message": message, "error": {"type": kind, "message": detail}}
    if data is not _ABSENT:
        content["data"] = data
    return JSONResponse(content, status_code=status)


def bad_request(detail: str) -> Response:
    return error(400, "You've made a bad request! Please check your request params & body", "Validation Error", detail)


def unauthorized(detail: str) -> Response:
    return error(401, "You are not authorized to access this resource", "Authentication Error", detail)


def not_found(detail: str) -> Response:
    return error(404, "The requested resource was not found", "Database Error", detail)


def send_error(detail: str, data: Any = _ABSENT) -> Response:
    return error(500, "Message Send Error", "iMessage Error", detail, data)


def no_private_api(mac: Mac) -> Response | None:
    """What private routes answer while the helper is missing; None while it is there."""
    if not mac.condition.private_api:
        return _without_private_api("is not enabled!")
    return None if mac.condition.helper else helper_gone()


def helper_gone() -> Response:
    return _without_private_api("Helper is not connected!")


def _without_private_api(why: str) -> Response:
    message = "Please make sure you have completed the setup for the Private API, and your helper is connected!"
    return error(500, message, "iMessage Error", f"iMessage Private API {why}")
