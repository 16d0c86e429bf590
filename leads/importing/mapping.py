"""What each column of a file holds: guessed from its name, decided by a person."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from leads.models import Address

SLOTS: Final = 4

PHONE: Final = Address.Kind.PHONE.value
EMAIL: Final = Address.Kind.EMAIL.value
PHONES: Final = tuple(f"phone_{n}" for n in range(1, SLOTS + 1))
EMAILS: Final = tuple(f"email_{n}" for n in range(1, SLOTS + 1))
TARGETS: Final = {
    "name": "Full name",
    "first_name": "First name",
    "last_name": "Last name",
    "title": "Title",
    "phone_1": "Primary phone",
    "phone_2": "Alternate phone 1",
    "phone_3": "Alternate phone 2",
    "phone_4": "Alternate phone 3",
    "email_1": "Primary email",
    "email_2": "Alternate email 1",
    "email_3": "Alternate email 2",
    "email_4": "Alternate email 3",
    "company": "Company name",
    "website": "Company website",
    "industry": "Company industry",
    "persona": "Persona",
    "icp": "ICP of the company",
}
"""What a column can hold, in the order people choose from. Every other column is left out."""

# Words of a header, longest first: the first that is in it decides. English, and what exports of CRMs in a few languages say.
_WORDS: Final = (
    ("first_name", r"first ?name|given ?name|vorname|prénom|prenom|nombre de pila|forename"),
    ("last_name", r"last ?name|sur ?name|family ?name|nachname|nom de famille|apellidos?"),
    ("website", r"web ?site|web ?page|\burl\b|domain|webseite|sitio web|homepage"),
    ("industry", r"industry|sector|branche|industria"),
    ("icp", r"\bicp\b|ideal customer"),
    ("persona", r"persona|buyer type"),
    ("email", r"e ?mail|correo|courriel"),
    (
        "phone",
        r"phone|mobile|\bcell\b|\btel\b|telefon|teléfono|telefono|téléphone|handy|móvil|movil|portable|number$|whatsapp|imessage",
    ),
    ("company", r"company|organi[sz]ation|account|firma|unternehmen|empresa|entreprise|société|employer|\bfirm\b|^business$"),
    ("title", r"job ?title|title|^job$|position|role|titel|cargo|funktion"),
    ("name", r"^(full |contact |lead )?name$|^contact$|^lead$|^nom$|^nombre$|^person$"),
)


@dataclass(frozen=True)
class Columns:
    """Where in a row each thing stands, for what the file has: {target: index}."""

    at: Mapping[str, int]

    @cached_property
    def texts(self) -> list[tuple[str, int]]:
        """(target, index) of everything that is no address."""
        return [(target, index) for target, index in self.at.items() if target not in {*PHONES, *EMAILS}]

    @cached_property
    def addresses(self) -> list[tuple[str, int, str]]:
        """(target, index, kind) in the order of rank, phones first (S3-21)."""
        kinds = ((PHONES, PHONE), (EMAILS, EMAIL))
        return [(target, self.at[target], kind) for names, kind in kinds for target in names if target in self.at]


def columns_of(mapping: Mapping[str, str]) -> Columns:
    """From what an ImportRun stores: {"0": "name", "3": "phone_1"}."""
    return Columns({target: int(index) for index, target in mapping.items()})


def titles(first: Sequence[str]) -> list[str]:
    """Names for the columns of a header: none empty, none twice."""
    seen: Counter[str] = Counter()
    found = []
    for n, cell in enumerate(first):
        title = " ".join(cell.split())[:100] or f"Column {letters(n)}"
        seen[title.casefold()] += 1
        times = seen[title.casefold()]
        found.append(title if times == 1 else f"{title} ({times})")
    return found


def letters(index: int) -> str:
    """A column's name in a spreadsheet: 0 is A, 26 is AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def guess(columns: Sequence[str]) -> dict[str, str]:
    """{index: target} for the columns whose name says what they hold; several phones and emails fill the slots in order."""
    slots = {"phone": list(PHONES), "email": list(EMAILS)}
    found: dict[str, str] = {}
    for index, column in enumerate(columns):
        kind = _kind(column)
        if kind in slots:
            if slots[kind]:
                found[str(index)] = slots[kind].pop(0)
        elif kind and kind not in found.values():
            found[str(index)] = kind
    return found


def _kind(column: str) -> str:
    text = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", re.sub(r"\(\d+\)$", "", column)).casefold()).strip()
    return next((kind for kind, words in _WORDS if re.search(words, text)), "")


def guess_by_cells(sample: Sequence[Sequence[str]]) -> dict[str, str]:
    """The same for a file without a header: by what most of the first rows have in each column."""
    width = max(map(len, sample), default=0)
    slots = {Address.Kind.PHONE: list(PHONES), Address.Kind.EMAIL: list(EMAILS)}
    found: dict[str, str] = {}
    for index in range(width):
        kinds = Counter(looks_like(row[index]) for row in sample if index < len(row) and row[index].strip())
        kind = kinds.most_common(1)[0][0] if kinds else None
        if kind and slots[kind]:
            found[str(index)] = slots[kind].pop(0)
        elif kinds and not kind and "name" not in found.values():
            found[str(index)] = "name"
    return found


def header_at(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows of a file is its header, or its first row: what stands above it is blank, or a title alone."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    first = next((n for n, cells in enumerate(filled) if cells), 0)
    for n in range(first, len(rows)):
        if set(guess(rows[n]).values()) & {*PHONES, *EMAILS}:
            return n
        if filled[n] > 1:
            break
    return first


def is_header(first: Sequence[str]) -> bool:
    """A first row with an address in it is no header."""
    return not any(looks_like(cell) for cell in first)


def looks_like(cell: str) -> Address.Kind | None:
    """A phone number or an email address, at a glance."""
    text = cell.strip()
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        return Address.Kind.EMAIL
    if re.fullmatch(r"[+(]?[\d\s().-]{7,20}", text) and sum(map(str.isdigit, text)) >= 7:
        return Address.Kind.PHONE
    return None


def wrong(mapping: Mapping[str, str]) -> str:
    """What is wrong with a mapping, for the person who made it; empty when it will do."""
    twice = [TARGETS[target] for target, times in Counter(mapping.values()).items() if times > 1]
    if twice:
        return f"Two columns are said to hold the same: {', '.join(twice)}. Leave one of them out, or choose another slot."
    if not set(mapping.values()) & {*PHONES, *EMAILS}:
        return "Choose at least one column with phone numbers or email addresses: nobody can be reached without one."
    return ""
