"""A network that remembers: conversations survive a restart of `make run`.

One SQLite file, written half a second behind the events and once more at the end. Without a path
nothing is kept.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from lines.simulator.exchange import Exchange, Phone
from lines.simulator.hooks import Hook
from lines.simulator.mac import Mac
from lines.simulator.rows import Row, row_from_json

BEHIND_SECONDS: Final = 0.5
_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS row (line TEXT, guid TEXT, data TEXT, PRIMARY KEY (line, guid));
    CREATE TABLE IF NOT EXISTS hooks (line TEXT PRIMARY KEY, data TEXT);
    CREATE TABLE IF NOT EXISTS phone (address TEXT PRIMARY KEY, data TEXT);
    CREATE TABLE IF NOT EXISTS file (guid TEXT PRIMARY KEY, name TEXT, mime TEXT, content BLOB);
"""


class Storage:
    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._rows: dict[tuple[str, str], Row] = {}
        self._hooks: dict[str, Mac] = {}
        self._phones: dict[str, Phone] = {}
        self._files: list[tuple[str, str, str, bytes]] = []
        self._timer: asyncio.TimerHandle | None = None

    def load(self, macs: Iterable[Mac], exchange: Exchange) -> None:
        """Fill the lines and the phones from the file. Lines are known by their number, not by their place."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(self._path)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.executescript(_SCHEMA)
        for mac in macs:
            found = self._database.execute("SELECT data FROM row WHERE line = ?", (mac.address,))
            mac.restore(sorted((row_from_json(json.loads(data)) for (data,) in found), key=lambda row: row.rowid))
            found = self._database.execute("SELECT data FROM hooks WHERE line = ?", (mac.address,))
            mac.hooks = [Hook(**item) for (data,) in found for item in json.loads(data)]
        for address, data in self._database.execute("SELECT address, data FROM phone"):
            phone = exchange.phone(address)
            for name, value in json.loads(data).items():
                setattr(phone, name, value)
        for guid, name, mime, content in self._database.execute("SELECT guid, name, mime, content FROM file"):
            exchange.files[guid] = (name, mime, content)

    def note_row(self, mac: Mac, row: Row) -> None:
        self._rows[mac.address, row.guid] = row
        self._wake()

    def note_hooks(self, mac: Mac) -> None:
        self._hooks[mac.address] = mac
        self._wake()

    def note_phone(self, phone: Phone) -> None:
        self._phones[phone.address] = phone
        self._wake()

    def note_file(self, guid: str, name: str, mime: str, content: bytes) -> None:
        if self._database is not None:
            self._files.append((guid, name, mime, content))

    def forget(self) -> None:
        """Empty the file."""
        self._write()
        if self._database is not None:
            with self._database as transaction:
                for table in ("row", "hooks", "phone", "file"):
                    transaction.execute(f"DELETE FROM {table}")  # noqa: S608  our own words; values are bound

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._write()
        if self._database is not None:
            self._database.close()
            self._database = None

    def _wake(self) -> None:
        if self._timer is None and self._database is not None:
            self._timer = asyncio.get_running_loop().call_later(BEHIND_SECONDS, self._write)

    def _write(self) -> None:
        self._timer = None
        rows = [(line, guid, json.dumps(asdict(row))) for (line, guid), row in self._rows.items()]
        hooks = [(line, json.dumps([asdict(hook) for hook in mac.hooks])) for line, mac in self._hooks.items()]
        phones = [(phone.address, json.dumps(asdict(phone))) for phone in self._phones.values()]
        files = list(self._files)
        for noted in (self._rows, self._hooks, self._phones, self._files):
            noted.clear()
        if self._database is None:
            return
        with self._database as transaction:
            transaction.executemany("INSERT OR REPLACE INTO row VALUES (?, ?, ?)", rows)
            transaction.executemany("INSERT OR REPLACE INTO hooks VALUES (?, ?)", hooks)
            transaction.executemany("INSERT OR REPLACE INTO phone VALUES (?, ?)", phones)
            transaction.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)", files)
