"""Names as they are searched by: small letters without accents, so that “sofia” finds Sofía. Alike here and in the database."""

from __future__ import annotations

import unicodedata

from django.db.models import Func


class BareLetters(Func):
    """The same as `bare`, as an expression. Letters fall apart into a letter and its accents, and the accents go."""

    template = "regexp_replace(normalize(lower(%(expressions)s), NFD), '[\u0300-\u036f]', '', 'g')"
    arity = 1


def bare(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f")
