"""Merge fields in a text: {{ lead.first_name }}, or {{ lead.first_name | there }} with the words for when it is empty.

A text is parsed and filled in, never executed: the fields are those of FIELDS and nothing else. A value stays text, even
if it looks like a field.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from leads.models import Lead
from workspaces.models import User, Workspace

FIELDS: Final[dict[str, str]] = {
    "lead.first_name": "First name of the lead",
    "lead.last_name": "Last name of the lead",
    "lead.name": "Full name of the lead",
    "lead.title": "Job title",
    "lead.persona": "Persona",
    "company.name": "Company",
    "company.industry": "Industry of the company",
    "company.website": "Website of the company",
    "company.icp": "ICP of the company",
    "sender.first_name": "First name of the sender",
    "sender.name": "Full name of the sender",
    "workspace.name": "Name of this workspace",
}
"""What can be filled in, with its words for people."""

_FIELD: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_ALONE: Final = re.compile(r"\{\{|\}\}")
_NO_NAME: Final = re.compile(r"[@\d]")


class BadTemplate(ValueError):
    """The text cannot be filled in; the message says where and what helps."""


@dataclass(frozen=True, slots=True)
class Field:
    """A place to be filled in. `fallback` None: there are no words for when it is empty."""

    name: str
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A text in its parts, as they stand."""

    parts: tuple[str | Field, ...]

    @property
    def fields(self) -> list[str]:
        """The names of its fields, each once."""
        return list(dict.fromkeys(part.name for part in self.parts if isinstance(part, Field)))

    def missing(self, values: Mapping[str, str]) -> list[str]:
        """The fields that are empty in `values` and have no fallback: with any of these it must not be sent."""
        empty = (
            part.name for part in self.parts if isinstance(part, Field) and part.fallback is None and not values.get(part.name)
        )
        return list(dict.fromkeys(empty))

    def render(self, values: Mapping[str, str]) -> str:
        """The text with everything filled in. Raises BadTemplate while something is missing."""
        if missing := self.missing(values):
            raise BadTemplate(f"Nothing is known for {in_words(missing)}.")
        return "".join(part if isinstance(part, str) else values.get(part.name) or part.fallback or "" for part in self.parts)


@lru_cache(maxsize=256)
def parse(text: str) -> Template:
    """A text in its parts. Raises BadTemplate for a field that does not exist and for braces that do not close."""
    parts: list[str | Field] = []
    end = 0
    for found in _FIELD.finditer(text):
        parts += [_plain(text[end : found.start()]), _field(found[1])]
        end = found.end()
    parts.append(_plain(text[end:]))
    return Template(tuple(part for part in parts if part != ""))


def _plain(text: str) -> str:
    if found := _ALONE.search(text):
        near = text[found.start() : found.start() + 20]
        raise BadTemplate(f"“{near}”: a field begins with {{{{ and ends with }}}}, such as {{{{ lead.first_name }}}}.")
    return text


def _field(inside: str) -> Field:
    name, bar, fallback = inside.partition("|")
    name = name.strip()
    if name not in FIELDS:
        alike = difflib.get_close_matches(name, FIELDS, n=1, cutoff=0.5)
        helps = f"Did you mean {{{{ {alike[0]} }}}}?" if alike else f"There are: {', '.join(FIELDS)}."
        raise BadTemplate(f"There is no field “{name[:60]}”. {helps}")
    return Field(name, fallback.strip() if bar else None)


def values(lead: Lead | None, sender: User | None, workspace: Workspace) -> dict[str, str]:
    """{field: what is known}; empty where nothing is. Reads the lead's company."""
    company = lead.company if lead else None
    first, last = names(lead.name) if lead else ("", "")
    return {
        "lead.first_name": first,
        "lead.last_name": last,
        "lead.name": lead.name if lead and first else "",
        "lead.title": lead.title if lead else "",
        "lead.persona": lead.persona if lead else "",
        "company.name": company.name if company else "",
        "company.industry": company.industry if company else "",
        "company.website": company.website if company else "",
        "company.icp": company.icp if company else "",
        "sender.first_name": names(sender.name)[0] if sender else "",
        "sender.name": sender.name if sender else "",
        "workspace.name": workspace.name,
    }


def names(name: str) -> tuple[str, str]:
    """First and last name. A lead that is called by a number or an email address has neither."""
    words = name.split()
    if not words or _NO_NAME.search(name):
        return "", ""
    return words[0], words[-1] if len(words) > 1 else ""


def in_words(fields: list[str]) -> str:
    """“job title and company”: fields as a sentence names them."""
    words = [FIELDS[field][:1].lower() + FIELDS[field][1:] for field in fields]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""
