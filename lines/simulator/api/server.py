"""Routes about the server itself, availability, typing, read marks and webhooks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from starlette.responses import Response

from lines.simulator.api.envelope import Call, bad_request, error, no_private_api, not_found, ok
from lines.simulator.habits import habits_of
from lines.simulator.hooks import KINDS, Hook

TYPING_SECONDS: Final = 60


async def ping(call: Call) -> Response:
    return ok("pong", "Ping received!")


async def info(call: Call) -> Response:
    condition = call.mac.condition
    return ok(
        {
            "computer_id": f"ops@{call.mac.name}",
            "os_version": condition.os,
            "server_version": condition.version,
            "private_api": condition.private_api,
            "helper_connected": condition.private_api and condition.helper,
            "proxy_service": "dynamic-dns",
            "detected_icloud": f"{call.mac.name}@example.com",
            "detected_imessage": None if condition.signed_out else call.mac.address,
            "macos_time_sync": 0.012,
            "local_ipv4s": ["127.0.0.1"],
            "local_ipv6s": [],
        }
    )


async def alerts(call: Call) -> Response:
    return ok([])


async def availability(call: Call) -> Response:
    """`address=+1…` may arrive with its plus read as a space, as on the real server's parser."""
    if missing := no_private_api(call.mac):
        return missing
    address = call.request.query_params.get("address", "").strip()
    if not address:
        return bad_request("The address field is mandatory.")
    if address.isdecimal():
        address = f"+{address}"
    habits, asked = habits_of(address), (call.mac.name, address)
    first = asked not in call.network.flaky_checks
    call.network.flaky_checks.add(asked)
    return ok({"available": habits.imessage and not (habits.first_check_false and first)})


async def start_typing(call: Call) -> Response:
    if missing := no_private_api(call.mac):
        return missing
    _show_typing(call, on=True)
    return ok(message="Successfully started typing!")


async def stop_typing(call: Call) -> Response:
    if missing := no_private_api(call.mac):
        return missing
    _show_typing(call, on=call.mac.condition.typing_bug)
    return ok(message="Successfully stopped typing!")


async def mark_read(call: Call) -> Response:
    if missing := no_private_api(call.mac):
        return missing
    guid = call.request.path_params["guid"]
    now = call.mac.clock.now()
    for address, service in call.mac.find_chats(guid):
        for row in call.mac.rows_with(address):
            if not row.from_me and row.service == service and row.read_at is None:
                row.read_at = now
                call.mac.changed(row)
        call.mac.emit("chat-read-status-changed", {"chatGuid": guid, "read": True}, address)
    return ok(message="Successfully marked chat as read!")


async def hooks(call: Call) -> Response:
    url = call.request.query_params.get("url")
    if url is not None and all(hook.url != url for hook in call.mac.hooks):
        return error(500, "Server Error", "Server Error", "Cannot read properties of null (reading 'id')")
    return ok([_hook_json(hook) for hook in call.mac.hooks if url in (None, hook.url)])


async def add_hook(call: Call) -> Response:
    url, events = call.body.get("url"), call.body.get("events")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        return bad_request("The url format is invalid.")
    if not isinstance(events, list) or not events or not KINDS.issuperset(map(str, events)):
        return bad_request("Invalid webhook events!")
    for hook in call.mac.hooks:
        if hook.url == url:
            return ok(_hook_json(hook), "Successfully created webhook!")  # as it was
    number = max((hook.id for hook in call.mac.hooks), default=0) + 1
    hook = Hook(number, url, [str(event) for event in events], call.mac.clock.now())
    call.mac.hooks.append(hook)
    call.mac.on_hooks(call.mac)
    return ok(_hook_json(hook), "Successfully created webhook!")


async def remove_hook(call: Call) -> Response:
    number = call.request.path_params["id"]
    kept = [hook for hook in call.mac.hooks if str(hook.id) != number]
    if len(kept) == len(call.mac.hooks):
        return not_found("Webhook does not exist!")
    call.mac.hooks = kept
    call.mac.on_hooks(call.mac)
    return ok(message="Successfully deleted webhook!")


def _show_typing(call: Call, *, on: bool) -> None:
    call.network.version += 1
    for address, _ in call.mac.find_chats(call.request.path_params["guid"]):
        if on:
            call.mac.typing_until[address] = call.mac.clock.now() + TYPING_SECONDS * 1000
        else:
            call.mac.typing_until.pop(address, None)


def _hook_json(hook: Hook) -> dict[str, Any]:
    created = datetime.fromtimestamp(hook.created / 1000, UTC).isoformat()
    return {**asdict(hook), "created": created}
