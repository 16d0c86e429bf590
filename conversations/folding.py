"""Names folded for searching: lower case, accents removed, so that “sofia” finds Sofía. In Python and in the database alike."""

from __future__ import annotations

import unicodedata

from django.db.models import Func


class Folded(Func):
    """`folded` as a database expression: NFD splits a letter from its accents, and the accents are dropped."""

    template = "regexp_replace(normalize(lower(%(expressions)s), NFD), '[\u0300-\u036f]', '', 'g')"
    arity = 1


def folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(character for character in decomposed if not "\u0300" <= character <= "\u036f")
