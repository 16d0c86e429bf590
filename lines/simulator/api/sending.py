"""Routes that send. A 200 means that the row is in chat.db; what becomes of it comes later."""

from __future__ import annotations

import mimetypes
import uuid
from collections.abc import Sequence
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from lines.simulator import voices
from lines.simulator.api.envelope import Call, bad_request, no_private_api, ok, send_error
from lines.simulator.api.parcels import LOCK_SECONDS, Parcel, send, send_registered

_METHODS: Final = ("apple-script", "private-api")
_PRIVATE_FIELDS: Final = ("effectId", "subject", "selectedMessageGuid", "ddScan", "attributedBody")
_TAPBACKS: Final = frozenset(name for tapback in voices.VERBS for name in (tapback, f"-{tapback}"))


async def text(call: Call) -> Response:
    body = call.body
    private = _is_private(body)
    if not isinstance(body.get("chatGuid"), str) or not body["chatGuid"]:
        return bad_request("The chatGuid field is mandatory.")
    if not isinstance(body.get("message"), str) or not (body["message"] or body.get("subject")):
        return bad_request("The message field must be present.")
    if body.get("method", "apple-script") not in _METHODS:
        return bad_request("The selected method is invalid.")
    if not private and not body.get("tempGuid"):
        return bad_request("A 'tempGuid' is required when sending via AppleScript")
    return await _send_into(call, body["chatGuid"], text=body["message"], body=body, private=private, route="message/text")


async def attachment(call: Call) -> Response:
    fields, found = await _form(call)
    if found is None:
        return bad_request("Attachment not provided or was empty!")
    if missing := [name for name in ("chatGuid", "tempGuid", "name") if not fields.get(name)]:
        return bad_request(f"The {missing[0]} field is mandatory.")
    files = [(fields["name"], *found[1:])]
    private = _is_private(fields)
    return await _send_into(call, fields["chatGuid"], body=fields, private=private, route="message/attachment", files=files)


async def upload(call: Call) -> Response:
    _, found = await _form(call)
    if found is None:
        return bad_request("Attachment not provided or was empty!")
    name, _, content = found
    path = f"{uuid.uuid4()}/{name or 'file'}"
    call.network.exchange.uploads[path] = content
    return ok({"path": path}, "Successfully uploaded file!")


async def multipart(call: Call) -> Response:
    body, parts = call.body, call.body.get("parts")
    if not isinstance(body.get("chatGuid"), str) or not isinstance(parts, list) or not parts:
        return bad_request("The chatGuid and parts fields are mandatory.")
    if missing := no_private_api(call.mac):
        return missing
    files: list[voices.File] = []
    words: list[str] = []
    for part in parts:
        if isinstance(part.get("text"), str):
            words.append(part["text"])
        elif part.get("attachment") in call.network.exchange.uploads and part.get("name"):
            name = str(part["name"])
            files.append((name, _mime(name), call.network.exchange.uploads[part["attachment"]]))
        else:
            return bad_request("Each part needs text, or an uploaded attachment and its name.")
    return await _send_into(
        call, body["chatGuid"], text="\n".join(words), body=body, private=True, route="message/multipart", files=files
    )


async def new_chat(call: Call) -> Response:
    body = call.body
    addresses, service, message = body.get("addresses"), body.get("service", "iMessage"), body.get("message")
    if not isinstance(addresses, list) or len(addresses) != 1 or not isinstance(addresses[0], str):
        return bad_request("The addresses field must be an array.")
    if service not in ("iMessage", "SMS") or body.get("method", "apple-script") not in _METHODS:
        return bad_request("The selected service is invalid.")
    if not isinstance(message, str) or not message:
        return bad_request("A message is required when creating chats on macOS Big Sur or newer!")
    private = _is_private(body)
    parcel = Parcel(
        chat=(addresses[0], service),
        text=message,
        temp_guid=str(body.get("tempGuid") or ""),
        private=private,
        route="chat/new",
        echoed=not private,  # on the Private API path the tempGuid is only echoed in the answer
    )
    return await send_registered(call, parcel) if not private else await send(call, parcel)


async def react(call: Call) -> Response:
    body, mac = call.body, call.mac
    if body.get("reaction") not in _TAPBACKS:
        return bad_request("Invalid reaction! Must be one of: " + ", ".join(sorted(_TAPBACKS)))
    if missing := no_private_api(mac):
        return missing
    if not mac.find_chats(str(body.get("chatGuid"))):
        return send_error("Chat does not exist!")
    target = mac.by_guid.get(str(body.get("selectedMessageGuid")))
    if target is None:
        return bad_request("Selected message does not exist!")
    async with mac.helper_lock:
        await mac.clock.pause(LOCK_SECONDS)
    row = voices.tap(mac, target.address, target, str(body["reaction"]), from_me=True)
    return ok(mac.row_json(row), "Reaction sent!")


async def _form(call: Call) -> tuple[dict[str, str], voices.File | None]:
    """The text fields, and the file called "attachment" when one was sent."""
    async with call.request.form(max_part_size=64 << 20) as form:
        fields = {key: value for key, value in form.items() if isinstance(value, str)}
        file = form.get("attachment")
        if not isinstance(file, UploadFile):
            return fields, None
        return fields, (file.filename or "", file.content_type or "application/octet-stream", await file.read())


async def _send_into(
    call: Call,
    chat_guid: str,
    *,
    body: dict[str, Any],
    private: bool,
    route: str,
    text: str = "",
    files: Sequence[voices.File] = (),
) -> Response:
    """A send into a chat that must exist."""
    temp_guid = str(body.get("tempGuid") or "")
    if temp_guid and temp_guid in call.mac.in_flight:
        return bad_request(f"Message is already queued to be sent! (Temp GUID: {temp_guid})")
    chats = call.mac.find_chats(chat_guid)
    if not chats:
        return send_error("Chat does not exist!")
    reply_to = str(body.get("selectedMessageGuid") or "")
    parcel = Parcel(chats[-1], text, temp_guid, private, route, files=files, reply_to=reply_to)
    return await send_registered(call, parcel)


def _is_private(body: dict[str, Any]) -> bool:
    return body.get("method") == "private-api" or any(body.get(name) for name in _PRIVATE_FIELDS)


def _mime(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
