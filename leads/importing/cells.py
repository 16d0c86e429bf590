"""One row of a file, understood: a person with addresses in their stored form, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from leads.addresses import BadAddress, display, normalise, plain_email
from leads.importing.mapping import PHONE, SLOTS, TARGETS, Columns
from leads.plain_numbers import plain

LONGEST: Final = {"name": 200, "title": 200, "company": 200, "website": 200, "industry": 100, "persona": 100, "icp": 100}

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_SEVERAL: Final = re.compile(r"[;|\n]|,(?=[\s+])(?!\s*e?xt?\b)|\s(?:/|&|or|and)\s|(?<=\d)\s+(?=\+)", re.IGNORECASE)
_TURNED: Final = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Marks that turn the direction of what follows, also of what we write after a name. Letters turn by themselves."""
_NAMED: Final = re.compile(r"[^<>]*<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>", re.IGNORECASE)
_NOTHING: Final = frozenset({"", "-", "--", "n/a", "na", "none", "null", "nil", "unknown", "#n/a", "?"})
_FORMULA: Final = ("'=", "'+", "'-", "'@", "'\t", "'\r")


class BadRow(ValueError):
    """The row cannot be imported; the text says why."""


Place = tuple[str, int]
"""Kind and rank of an address."""


@dataclass(slots=True)
class Draft:
    """A person as a row of the file has them. Texts are empty where the file does not say."""

    row: int
    cells: Sequence[str]
    name: str = ""
    title: str = ""
    company: str = ""
    website: str = ""
    industry: str = ""
    persona: str = ""
    icp: str = ""
    named: bool = True  # False: the name is only the address
    addresses: dict[str, Place] = field(default_factory=dict)  # {value: its kind and rank}, in the order of the file
    left_out: list[str] = field(default_factory=list)
    unreadable: int = 0  # how many of those the file itself is to blame for


def storable(cells: Sequence[str]) -> list[str]:
    """Cells as JSON of the database can hold them."""
    return [_UNSTORABLE.sub("�", cell) for cell in cells]


def draft(row: int, cells: Sequence[str], columns: Columns, width: int, region: str) -> Draft:
    """Raises BadRow. `width` is the number of columns of the header."""
    letters = "".join(cells)
    if ("\0" in letters) if letters.isascii() else _UNSTORABLE.search(letters):
        raise BadRow("The row holds characters that are no text (NUL or half a character). Remove them, or save the file as UTF-8.")
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        raise BadRow(f"The row has {len(cells)} cells and the header {width}: a separator within a text shifts what follows it.")
    said = {target: _said(cells[index]) for target, index in columns.texts if index < len(cells)}
    names = said.pop("first_name", ""), said.pop("last_name", "")
    made = Draft(row, cells)
    for target, text in said.items():
        setattr(made, target, text)
    made.name = made.name or " ".join(filter(None, names))
    _address(made, columns, region)
    made.unreadable = len(made.left_out)
    if not made.addresses:
        raise BadRow(" ".join(made.left_out) or "The row has neither a phone number nor an email address.")
    if not made.name:
        made.name, made.named = display(next(iter(made.addresses))), False
    if len(letters) > min(LONGEST.values()):
        _fit(made)
    return made


def _fit(made: Draft) -> None:
    for name, longest in LONGEST.items():
        if len(text := getattr(made, name)) > longest:
            raise BadRow(f"{TARGETS[name]} has {len(text):,} characters; {longest} fit.")


def _said(cell: str) -> str:
    text = unguarded(" ".join((cell if cell.isascii() else cell.translate(_TURNED)).split()))
    return "" if text.lower() in _NOTHING else text


def unguarded(text: str) -> str:
    """Without the apostrophe that our own exports put before what a spreadsheet would take for a formula."""
    return text[1:] if text[:1] == "'" and text.startswith(_FORMULA) else text


def _address(made: Draft, columns: Columns, region: str) -> None:
    for target, index, kind in columns.addresses:
        cell = made.cells[index] if index < len(made.cells) else ""
        if value := plain(cell, region) if kind == PHONE else plain_email(cell):
            _add(made, target, kind, value, cell)
            continue
        for text in several(cell):
            try:
                value = _phone(text, region) if kind == PHONE else _email(text)
            except BadAddress as bad:
                made.left_out.append(f"{TARGETS[target]}: {bad}")
            else:
                _add(made, target, kind, value, text)


def _add(made: Draft, target: str, kind: str, value: str, text: str) -> None:
    if value in made.addresses:
        return
    rank = sum(one == kind for one, _ in made.addresses.values()) if made.addresses else 0
    if rank >= SLOTS:
        made.left_out.append(f"{TARGETS[target]}: “{text}” has no room, a lead has at most {SLOTS} of a kind.")
        return
    made.addresses[value] = kind, rank


def several(cell: str) -> list[str]:
    """The addresses of a cell; some people write two into one."""
    text = unguarded(cell.strip())
    if text.isalnum() or not _SEVERAL.search(text):
        return [] if text.lower() in _NOTHING else [text]
    return [part for part in (one.strip() for one in _SEVERAL.split(text)) if part.lower() not in _NOTHING]


def _phone(text: str, region: str) -> str:
    if "@" in text:
        raise BadAddress(f"“{text}” is not a phone number.")
    return normalise(text, region=region).value


def _email(text: str) -> str:
    if found := _NAMED.fullmatch(text):
        text = found[1]
    if text[:7].lower() == "mailto:":
        text = text[7:]
    if "@" not in text:
        raise BadAddress(f"“{text}” is not an email address.")
    return normalise(text, region="ZZ").value
