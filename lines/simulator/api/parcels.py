"""What a send asks for, and what becomes of it: refused, given to the phone, answered as this server does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from lines.simulator import voices
from lines.simulator.api.breaking import Dropped
from lines.simulator.api.envelope import Call, error, helper_gone, no_private_api, ok, send_error
from lines.simulator.habits import habits_of
from lines.simulator.mac import Chat
from lines.simulator.rows import FILE_MARK, Row

VISIBLE_AFTER: Final = 0.3  # seconds until the row is in chat.db
GIVES_UP_AFTER: Final = 1.7  # stands for the 120 s of the matching and the 300 s of HTTP
LOCK_SECONDS: Final = 0.2  # the Private API takes at most five commands a second


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a send asks for, after validation."""

    chat: Chat
    text: str
    temp_guid: str
    private: bool
    route: str
    echoed: bool = True  # the server matches it and posts the first new-message with the tempGuid
    files: Sequence[voices.File] = ()
    reply_to: str = ""


async def send_registered(call: Call, parcel: Parcel) -> Response:
    """The tempGuid blocks a second request while this one is in flight, and only then."""
    call.mac.in_flight.add(parcel.temp_guid)
    try:
        return await send(call, parcel)
    finally:
        call.mac.in_flight.discard(parcel.temp_guid)


async def send(call: Call, parcel: Parcel) -> Response:
    mac, habits = call.mac, habits_of(parcel.chat[0])
    if refusal := await _refusal(call, parcel):
        return refusal
    row = _row_for(call, parcel)
    await mac.clock.pause(VISIBLE_AFTER)
    if code := _apple_error(call, parcel):
        row.error = code
        mac.add(row)
        mac.emit("message-send-error", {**mac.hook_json(row), "tempGuid": parcel.temp_guid}, row.address)
        return error(
            500,
            "Message sent with an error. See attached message",
            "iMessage Error",
            "Message failed to send!",
            mac.row_json(row),
        )
    call.network.send_out(mac, row)
    if parcel.temp_guid and parcel.echoed:
        mac.echo(row)
    if habits.answer == "dropped":
        return Dropped()
    if habits.answer == "500_delivered":
        await mac.clock.pause(GIVES_UP_AFTER)
        return send_error("Failed to send message! See attached message error code.", None)
    if habits.answer == "504":
        await mac.clock.pause(GIVES_UP_AFTER)
        return error(504, "The server took too long to response!", "Gateway Timeout", "The server took too long to response!")
    return _accepted(call, parcel, row)


async def _refusal(call: Call, parcel: Parcel) -> Response | None:
    """Reasons not to begin."""
    mac = call.mac
    if habits_of(parcel.chat[0]).answer == "no_helper":
        return helper_gone()
    if parcel.private:
        if missing := no_private_api(mac):
            return missing
        async with mac.helper_lock:
            await mac.clock.pause(LOCK_SECONDS)
        return None
    if mac.any_service:
        return send_error("AppleScript Error: Can't get chat id")
    return None


def _row_for(call: Call, parcel: Parcel) -> Row:
    attached = [call.network.exchange.keep_file(*file) for file in parcel.files]
    return call.mac.new_row(
        *parcel.chat,
        from_me=True,
        text=(FILE_MARK * len(attached) + parcel.text) or None,
        attachments=attached,
        temp_guid=parcel.temp_guid,
        route=parcel.route,
        reply_to=parcel.reply_to or None,
    )


def _apple_error(call: Call, parcel: Parcel) -> int:
    """The error that Apple gives at once, or 0."""
    if call.mac.condition.signed_out:
        return 40
    if parcel.chat[1] == "SMS" and not call.mac.condition.sms:
        return 4
    return 4 if habits_of(parcel.chat[0]).answer == "500_refused" else 0


def _accepted(call: Call, parcel: Parcel, row: Row) -> Response:
    data = call.mac.row_json(row)
    if parcel.route == "chat/new":
        chat = call.mac.chat_json(parcel.chat, participants=True)
        chat["messages"] = [{**data, "tempGuid": parcel.temp_guid}]
        return ok(chat, "Successfully created chat!")
    if parcel.route == "message/attachment":
        return ok(data, "Attachment sent!")  # which forgets the tempGuid
    return ok({**data, "tempGuid": parcel.temp_guid}, "Message sent!")
