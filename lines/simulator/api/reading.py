"""Routes that read messages, chats and files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from starlette.responses import Response

from lines.simulator.api.envelope import Call, bad_request, error, not_found, ok
from lines.simulator.pictures import converted
from lines.simulator.rows import Row, attachment_json

_APPLE_EPOCH_MS: Final = int(datetime(2001, 1, 1, tzinfo=UTC).timestamp() * 1000)
_RECEIPT_COLUMNS: Final = {
    "message.is_from_me = 1 AND message.date_read >= :t": "read_at",
    "message.is_from_me = 1 AND message.date_delivered >= :t": "delivered_at",
}


async def message(call: Call) -> Response:
    row = call.mac.by_guid.get(call.request.path_params["guid"])
    if row is None:
        return not_found("Message does not exist!")
    wanted = call.request.query_params.get("with", "").split(",")
    return ok(call.mac.row_json(row, chats=_chats_in(wanted), attachments=_files_in(wanted)))


async def query(call: Call) -> Response:
    body = call.body
    limit, offset = body.get("limit", 100), body.get("offset", 0)
    if not isinstance(limit, int) or not 1 <= limit <= 1000:
        return bad_request("The limit must be between 1 and 1000.")
    if not isinstance(offset, int) or offset < 0:
        return bad_request("The offset must be at least 0.")
    rows: Iterable[Row] = call.mac.rows
    if guid := body.get("chatGuid"):
        chats = set(call.mac.find_chats(str(guid)))
        rows = (row for row in rows if (row.address, row.service) in chats)
    for where in body.get("where") or ():
        kept = _where(rows, where)
        if kept is None:
            return error(500, "Server Error", "Database Error", "SQLITE_ERROR: near the where statement")
        rows = kept
    found = _between(rows, body.get("after"), body.get("before"))
    if str(body.get("sort", "DESC")).upper() == "DESC":
        found.reverse()
    wanted = [str(item) for item in body.get("with") or ()]
    page = found[offset : offset + limit]
    data = [call.mac.row_json(row, chats=_chats_in(wanted), attachments=_files_in(wanted)) for row in page]
    return _page(data, offset, limit, len(found))


async def chat(call: Call) -> Response:
    chats = call.mac.find_chats(call.request.path_params["guid"])
    if not chats:
        return not_found("Chat does not exist!")
    return ok(call.mac.chat_json(chats[-1], participants=True))


async def chat_messages(call: Call) -> Response:
    chats = set(call.mac.find_chats(call.request.path_params["guid"]))
    if not chats:
        return not_found("Chat does not exist!")
    params = call.request.query_params
    try:
        limit, offset = int(params.get("limit", 100)), int(params.get("offset", 0))
        after, before = (int(params[name]) if name in params else None for name in ("after", "before"))
    except ValueError:
        return bad_request("The limit must be an integer.")
    if not 1 <= limit <= 1000:
        return bad_request("The limit must be between 1 and 1000.")
    found = _between((row for row in call.mac.rows if (row.address, row.service) in chats), after, before)
    if params.get("sort", "DESC").upper() == "DESC":
        found.reverse()
    wanted = params.get("with", "").split(",")
    page = found[offset : offset + limit]
    data = [call.mac.row_json(row, chats=False, attachments=_files_in(wanted)) for row in page]
    return _page(data, offset, limit, len(found))


async def chat_query(call: Call) -> Response:
    limit, offset = call.body.get("limit", 1000), call.body.get("offset", 0)
    chats = list(call.mac.chats)
    data = [call.mac.chat_json(chat, participants=True) for chat in chats[offset : offset + limit]]
    return _page(data, offset, limit, len(chats))


async def attachment(call: Call) -> Response:
    found = call.mac.attachment(call.request.path_params["guid"])
    if found is None:
        return not_found("Attachment does not exist!")
    return ok(attachment_json(found, outgoing=False))


async def download(call: Call) -> Response:
    found = call.mac.attachment(call.request.path_params["guid"])
    if found is None or found.guid not in call.network.exchange.files:
        return not_found("Attachment does not exist!")
    name, mime, content = call.network.exchange.files[found.guid]
    if call.request.query_params.get("original") != "true":
        name, mime, content = converted(name, mime, content)
    return Response(content, media_type=mime, headers={"content-disposition": f'attachment; filename="{name}"'})


def _between(rows: Iterable[Row], after: Any, before: Any) -> list[Row]:
    """By creation, both ends included, oldest first."""
    first = after if isinstance(after, int | float) else 0
    last = before if isinstance(before, int | float) else float("inf")
    return [row for row in rows if first <= row.created <= last]


def _where(rows: Iterable[Row], where: Any) -> Iterable[Row] | None:
    """The SQL conditions that clients are known to use; None for any other."""
    if not isinstance(where, dict):
        return None
    statement, arguments = where.get("statement"), where.get("args") or {}
    if statement == "message.guid IN (:...guids)":
        guids = set(arguments.get("guids") or ())
        return [row for row in rows if row.guid in guids]
    column = _RECEIPT_COLUMNS.get(str(statement))
    if column is None or not isinstance(arguments.get("t"), int):
        return None
    moment = arguments["t"] // 1_000_000 + _APPLE_EPOCH_MS
    return [row for row in rows if row.from_me and (getattr(row, column) or 0) >= moment]


def _page(data: list[dict[str, Any]], offset: int, limit: int, total: int) -> Response:
    return ok(data, metadata={"offset": offset, "limit": limit, "total": total, "count": len(data)})


def _chats_in(wanted: list[str]) -> bool:
    return "chats" in wanted or "chat" in wanted


def _files_in(wanted: list[str]) -> bool:
    return "attachments" in wanted or "attachment" in wanted
