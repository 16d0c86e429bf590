"""What all lines and phones share: the phones' settings, the files that were sent, and who is typing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lines.simulator.habits import habits_of
from lines.simulator.rows import Attachment

STOP_WORDS: Final = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
START_WORDS: Final = frozenset({"start", "unstop"})


@dataclass(slots=True)
class Phone:
    """One person's settings, for all lines that write to them."""

    address: str
    receipts: bool = True  # "Send read receipts"
    answers: bool = True  # reads and replies by itself, from the script
    stopped: bool = False  # has texted STOP, and stays silent


class Exchange:
    def __init__(self) -> None:
        self.answer = True  # whether phones answer by themselves until told otherwise
        self.phones: dict[str, Phone] = {}
        self.files: dict[str, tuple[str, str, bytes]] = {}  # guid: name, mime type, content
        self.uploads: dict[str, bytes] = {}  # "uuid/name" on the Mac's disk, waiting for a multipart
        self.typing: set[tuple[str, str]] = set()  # (line, address) typing to us
        self.on_phone: Callable[[Phone], None] = lambda phone: None
        self.on_file: Callable[[str, str, str, bytes], None] = lambda guid, name, mime, content: None

    def reset(self) -> None:
        self.answer = True
        for kept in (self.phones, self.files, self.uploads, self.typing):
            kept.clear()

    def phone(self, address: str) -> Phone:
        if address not in self.phones:
            self.phones[address] = Phone(address, receipts=habits_of(address).reads > 0, answers=self.answer)
        return self.phones[address]

    def heed_keyword(self, address: str, text: str) -> None:
        word = text.strip().strip(".!").lower()
        if word in STOP_WORDS | START_WORDS:
            self.phone(address).stopped = word in STOP_WORDS
            self.on_phone(self.phone(address))

    def keep_file(self, name: str, mime: str, content: bytes) -> Attachment:
        guid = str(uuid.uuid4()).upper()
        self.files[guid] = (name, mime, content)
        self.on_file(guid, name, mime, content)
        picture = mime.startswith("image/")
        return Attachment(guid, name, mime, len(content), 320 if picture else None, 240 if picture else None)
