"""What the server's answer to a send means (table 2.6 of the fact sheet).

A 200 is not delivery, and a 500 is often no failure: the server gives up matching after 120 s while
Messages delivers. Only the answers named here prove that nothing was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lines.gateways.bluebubbles.api import Envelope, explain
from lines.gateways.bluebubbles.failures import apple_failure, line_failure, unknown_failure
from lines.gateways.bluebubbles.rows import Row, UnreadableRow, read_row
from lines.gateways.errors import Failure, GatewayError, OutcomeUnknown, PermanentError, TransientError
from lines.gateways.messages import SendResult
from lines.gateways.vocabulary import Reason, Service

_NO_HELPER: Final = ("iMessage Private API is not enabled", "iMessage Private API Helper is not connected")
_IN_FLIGHT: Final = "already queued to be sent"
_NO_CHAT: Final = "Chat does not exist"


class ChatMissing(PermanentError):
    """Messages has no such chat: nothing was sent; a first text makes one."""


def accepted_row(envelope: Envelope, service: Service, *, chat_guid: str = "") -> Row:
    """The row a send made. Raises the GatewayError that the answer proves, or OutcomeUnknown."""
    row = _row(envelope.data, chat_guid)
    if row is not None and row.error:
        raise refused(row, service)
    if envelope.succeeded and row is not None:
        return row
    raise failed(envelope)


def result_of(row: Row, wanted: Service) -> SendResult:
    """What the row of a send says; `wanted` stands in where it does not name a service."""
    service = row.service if row.service is not Service.UNKNOWN else wanted
    return SendResult(
        vendor_id=row.guid,
        state=row.state,
        service=service,
        thread=row.chat_guid,
        downgraded=wanted is Service.IMESSAGE and service is Service.SMS,
        failure=apple_failure(row.error, row.service) if row.error else None,
        created_at=row.created,
    )


def refused(row: Row, service: Service) -> GatewayError:
    """Apple said no, and the row of the message is there to prove it."""
    failure = apple_failure(row.error, service)
    kind = TransientError if failure.transient else PermanentError
    return kind(failure, vendor_id=row.guid)


def failed(envelope: Envelope) -> GatewayError:
    """The error for an answer without a usable row."""
    code, detail = str(envelope.status), explain(envelope)
    if not envelope.ours:
        return _strangers_answer(envelope, code, detail)
    match envelope.status:
        case 400 if _IN_FLIGHT in envelope.text:
            return OutcomeUnknown(unknown_failure(code, "An earlier try is still on its way."))
        case 400:
            return PermanentError(Failure(Reason.MESSAGE_RESTRICTION, False, code, detail))
        case 401 | 403 | 404:
            return TransientError(line_failure(code, detail))
        case 500 if envelope.error.startswith(_NO_CHAT):
            return ChatMissing(Failure(Reason.MESSAGE_RESTRICTION, False, "chat_missing", detail))
        case 500 if envelope.error.startswith(_NO_HELPER):
            return TransientError(line_failure("helper", detail))
    return OutcomeUnknown(unknown_failure(code, detail))


def _strangers_answer(envelope: Envelope, code: str, detail: str) -> GatewayError:
    """A tunnel or proxy in between answered, or the body was cut. A 5xx may come after it passed
    the request on; so may a broken 200."""
    if envelope.status == 429:
        return TransientError(Failure(Reason.CHANNEL_LIMIT, True, code, detail, retry_after=envelope.retry_after))
    if envelope.status == 413:
        return PermanentError(Failure(Reason.MESSAGE_RESTRICTION, False, code, "The file is too large for the server."))
    if 300 <= envelope.status < 500 and envelope.status != 408:
        return TransientError(line_failure(code, detail))
    return OutcomeUnknown(unknown_failure(code, detail))


def _row(data: object, chat_guid: str) -> Row | None:
    """From a message, or from the chat that /chat/new answers with its first message inside."""
    if isinstance(data, Mapping) and isinstance(data.get("messages"), list) and data["messages"]:
        guid = data.get("guid")
        return _row(data["messages"][0], guid if isinstance(guid, str) else chat_guid)
    try:
        return read_row(data, chat_guid=chat_guid)
    except UnreadableRow:
        return None
