"""How an export looks: CSV that no spreadsheet runs, and an HTML page that loads and runs nothing.

Both write the same messages; the database itself writes the CSV. A cell of it that a spreadsheet would take for a formula gets
an apostrophe (OWASP ASVS 1.2.10); phone numbers in E.164 stay as they are, so that what is exported can be imported again.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from html import escape
from typing import Final, Protocol

from conversations.exports.copying import AS_CSV, copied, guarded, stamp, word
from conversations.exports.export_rows import CHANNEL, FILES, OF_MESSAGES, Row, rows_of
from conversations.vocabulary import CancelReason, Channel, Direction, FailReason, MessageStatus
from leads.addresses import display
from workspaces.models import Workspace

COLUMNS: Final = (
    "Conversation",
    "Contact",
    "Company",
    "Campaign",
    "Address",
    "Time",
    "Direction",
    "Channel",
    "Status",
    "Line",
    "Written by",
    "Message",
    "Files",
    "Reason",
)
_DIRECTIONS: Final = {str(value): str(word) for value, word in Direction.choices}
_CHANNELS: Final = {str(value): str(word) for value, word in Channel.choices}
_STATUSES: Final = {str(value): str(word) for value, word in MessageStatus.choices}
_REASONS: Final = {str(value): str(word) for value, word in [*FailReason.choices, *CancelReason.choices]}


class Writer(Protocol):
    def __init__(self, workspace: Workspace, title: str) -> None: ...
    def head(self) -> bytes: ...
    def page(self, ids: str) -> bytes: ...
    def foot(self) -> bytes: ...


_WORDS: Final = {
    name: json.dumps(known)
    for name, known in (("directions", _DIRECTIONS), ("channels", _CHANNELS), ("statuses", _STATUSES), ("reasons", _REASONS))
}
_CELLS: Final = f"""
COPY (
    SELECT k.conversation, {guarded("k.contact_name")}, {guarded("k.company_name")}, {guarded("k.campaign_name")},
           {guarded("k.address")}, {stamp("k.at")}, {word("k.direction", "directions")}, {word("k.channel", "channels")},
           {word("k.status", "statuses")}, {guarded("k.line")}, {guarded("k.author")}, {guarded("k.body")}, {guarded("k.files")},
           {word("k.reason", "reasons")}
    FROM (
        SELECT k.n, c.public_id AS conversation, c.contact_name, c.company_name, c.campaign_name, m.address, m.at, m.direction,
               {CHANNEL} AS channel, m.status, COALESCE(l.name, '') AS line, COALESCE(u.name, '') AS author, m.body,
               {FILES} AS files, m.reason {OF_MESSAGES} OFFSET 0
    ) k ORDER BY k.n
) {AS_CSV}
"""  # noqa: S608  our own words; values are bound


class CsvWriter:
    """UTF-8 with its mark, so that spreadsheets read names as they are written."""

    def __init__(self, workspace: Workspace, title: str) -> None:
        self.workspace = workspace

    def head(self) -> bytes:
        return ("\ufeff" + ",".join(COLUMNS) + "\n").encode()

    def page(self, ids: str) -> bytes:
        return copied(self.workspace, _CELLS, {"ids": ids, "workspace": self.workspace.pk, **_WORDS})

    def foot(self) -> bytes:
        return b""


_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 760px; margin: 32px auto; padding: 0 16px }
h2 { font-size: 17px; margin: 40px 0 8px; padding-top: 16px;
     border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
p { margin: 0 } .m { margin: 10px 0; max-width: 85%; width: fit-content }
.t { white-space: pre-wrap; overflow-wrap: anywhere; padding: 8px 13px; border-radius: 16px;
     background: color-mix(in srgb, currentColor 9%, transparent) }
.out { margin-left: auto } .out .t { background: color-mix(in srgb, #0a6cff 16%, transparent) }
.d { font-size: 12px; opacity: .75; padding: 1px 6px }
"""
_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


class HtmlWriter:
    """A page of its own: its policy lets it load and run nothing, whatever the messages say."""

    def __init__(self, workspace: Workspace, title: str) -> None:
        self.workspace, self.title = workspace, title
        self.open = ""

    def head(self) -> bytes:
        title = escape(f"{self.title} · {self.workspace}")
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
            f"<p>Times are those of {escape(self.workspace.time_zone)}.</p>\n"
        ).encode()

    def page(self, ids: str) -> bytes:
        parts: list[str] = []
        for row in rows_of(self.workspace, ids):
            if row.conversation != self.open:
                self.open = row.conversation
                parts.append(_heading(row))
            parts.append(_message(row))
        return "".join(parts).encode()

    def foot(self) -> bytes:
        return b"</body>\n</html>\n"


def _heading(row: Row) -> str:
    who = ", ".join(part for part in (row.contact, row.company, display(row.address), row.campaign) if part)
    return f"<h2>{escape(who)}</h2>\n"


def _message(row: Row) -> str:
    details = _details(row.direction, row.channel, row.status, row.reason, row.line, row.author)
    files = f" · Files: {escape(row.files)}" if row.files else ""
    body = f'<p class="t" dir="auto">{escape(row.text)}</p>' if row.text else ""
    side = "out" if row.direction == "out" else "in"
    return f'<div class="m {side}">{body}<p class="d">{row.at.replace("T", " ")}{details}{files}</p></div>\n'


@lru_cache(maxsize=5_000)
def _details(direction: str, channel: str, status: str, reason: str, line: str, author: str) -> str:
    """What stands below a message behind its time: the same of thousands of them."""
    said = [_DIRECTIONS.get(direction, ""), _CHANNELS.get(channel, channel)]
    if direction == Direction.OUTGOING:
        said += [_STATUSES.get(status, status), _REASONS.get(reason, reason)]
    return "".join(f" · {escape(part)}" for part in (*said, line, author) if part)


WRITERS: Final[dict[str, Callable[[Workspace, str], Writer]]] = {"csv": CsvWriter, "html": HtmlWriter}
