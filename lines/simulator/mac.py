"""One line: a Mac with Messages, its chat.db, and the BlueBubbles server's memory beside it."""

from __future__ import annotations

import asyncio
import uuid
from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from lines.simulator.clock import Clock
from lines.simulator.hooks import Hook, Postman
from lines.simulator.poller import Poller
from lines.simulator.rows import Attachment, Row, message_json

Chat = tuple[str, str]  # (address, service)


@dataclass(slots=True)
class Condition:
    """What is right or wrong with the Mac; `/_sim/line` changes it."""

    os: str = "15.7.1"
    version: str = "1.9.9"
    private_api: bool = True
    helper: bool = True
    signed_out: bool = False
    sms: bool = True  # an iPhone forwards text messages
    typing_bug: bool = True  # 1.9.9: stopping to type starts it


class Mac:
    def __init__(
        self, name: str, address: str, password: str, known: tuple[Chat, ...] = (), *, clock: Clock, postman: Postman
    ) -> None:
        self.name: Final = name
        self.address: Final = address
        self.password: Final = password
        self.known: Final = known
        self.clock: Final = clock
        self.helper_lock = asyncio.Lock()
        self.on_change: Callable[[Mac, Row], None] = lambda mac, row: None
        self.on_hooks: Callable[[Mac], None] = lambda mac: None
        self._postman = postman
        self.reset()

    def reset(self) -> None:
        """No messages, no webhooks, nothing wrong."""
        self.condition = Condition()
        self.rows: list[Row] = []  # by creation
        self.by_guid: dict[str, Row] = {}
        self.chats: dict[Chat, int] = {known: number for number, known in enumerate(self.known, 1)}  # number in chat.db
        self.hooks: list[Hook] = []
        self.in_flight: set[str] = set()
        self.typing_until: dict[str, int] = {}  # address: when our "typing…" fades there
        self.poller = Poller(self.clock, self.newest, self._report)
        self._next_row = 1

    # ---- chats --------------------------------------------------------------------------------

    @property
    def any_service(self) -> bool:
        """macOS 26 calls every chat `any;-;…`."""
        return int(self.condition.os.partition(".")[0]) >= 26

    def chat_guid(self, address: str, service: str) -> str:
        return f"{'any' if self.any_service else service};-;{address}"

    def find_chats(self, guid: str) -> list[Chat]:
        """The chats that go by this guid today; empty when Messages has none."""
        return [chat for chat in self.chats if self.chat_guid(*chat) == guid]

    # ---- rows ---------------------------------------------------------------------------------

    def new_row(self, address: str, service: str, *, from_me: bool, created: int | None = None, **more: Any) -> Row:
        """A row that nobody sees yet; `add` puts it into chat.db."""
        return Row(
            rowid=0,
            guid=str(uuid.uuid4()).upper(),
            address=address,
            service=service,
            from_me=from_me,
            created=self.clock.now() if created is None else created,
            **more,
        )

    def add(self, row: Row) -> Row:
        row.rowid, self._next_row = self._next_row, self._next_row + 1
        self._keep(row)
        self.changed(row)
        return row

    def restore(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._next_row = max(self._next_row, row.rowid + 1)
            self._keep(row)

    def changed(self, row: Row) -> None:
        self.on_change(self, row)
        self.poller.wake()

    def newest(self, count: int) -> list[Row]:
        return self.rows[-count:]

    def rows_with(self, address: str) -> list[Row]:
        return [row for row in self.rows if row.address == address]

    def attachment(self, guid: str) -> Attachment | None:
        found = (item for row in self.rows for item in row.attachments if item.guid == guid)
        return next(found, None)

    def _keep(self, row: Row) -> None:
        self.chats.setdefault((row.address, row.service), len(self.chats) + 1)
        self.by_guid[row.guid] = row
        insort(self.rows, row, key=lambda each: (each.created, each.rowid))

    # ---- the wire -----------------------------------------------------------------------------

    def chat_json(self, chat: Chat, *, participants: bool = False) -> dict[str, Any]:
        address, service = chat
        data: dict[str, Any] = {
            "originalROWID": self.chats[chat],
            "guid": self.chat_guid(address, service),
            "style": 45,
            "chatIdentifier": address,
            "isArchived": False,
            "displayName": "",
        }
        if participants:
            data["participants"] = [{"originalROWID": self.chats[chat], "address": address, "service": service}]
        return data

    def row_json(self, row: Row, *, chats: bool = True, attachments: bool = True) -> dict[str, Any]:
        chat = (row.address, row.service)
        listed = [self.chat_json(chat)] if chats else None
        return message_json(row, handle=self.chats[chat], chats=listed, attachments=attachments)

    def hook_json(self, row: Row, *, chats: bool = True) -> dict[str, Any]:
        data = self.row_json(row, chats=chats)
        del data["attributedBody"]
        return data

    def emit(self, kind: str, data: Any, address: str = "") -> None:
        self._postman.post(self.hooks, kind, data, address=address)

    def _report(self, kind: str, row: Row) -> None:
        """The poller found a change. An update comes without its chats, as it does from the server."""
        self.emit(kind, self.hook_json(row, chats=kind == "new-message"), row.address)

    def echo(self, row: Row) -> None:
        """The server matched a send: the first of the two new-message events, with our tempGuid."""
        self.emit("new-message", {**self.hook_json(row), "tempGuid": row.temp_guid}, row.address)
