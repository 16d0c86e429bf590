"""The words and digits of a search: the same in Python, in PostgreSQL and in messages."""

from __future__ import annotations

import re
from typing import Final

import pytest
from django.db import connection
from django.test import Client

from conversations.inbox import people_search, search_words
from lines.models import Line
from tests.conversations.lists.finding import find
from tests.factories_conversations import known, they_said

TYPESET: Final = (
    "We had “pricing” questions—Meeting’s off… call +44 20 or mail Bob.Weiss@acme-corp.com, "
    "see https://acme.com/plans?tier=gold 24/7, 3.5 or -5, <b>bold</b> next_week👍ok 会议5月 हिन्दी Привет、École"
)


BESIDE: Final = (
    "pricing", "questions meeting", "meeting's", "meeting’s off", "off call", "“pricing” questions", "bob", "weiss",
    "bob.weiss@acme-corp.com", "acme", "corp", "acme.com", "plans", "gold", "24", "7", "24/7", "3.5", "5", "bold", "next week",
    "next_week ok", "week", "会议", "5月", "हिन्दी", "ПРИВЕТ", "école", "ÉCOL",
)  # fmt: skip


def test_a_word_is_found_whatever_stands_beside_it(line: Line, bobs: Client) -> None:
    they_said(known(line, "Nora Weiss"), TYPESET)
    for text in ("“pricing” questions", "meeting's off", "bob.weiss@acme-corp.com"):
        assert find(bobs, text) == ["Nora Weiss"], text
    assert [text for text in BESIDE if not holds(TYPESET, text)] == []
    assert [text for text in ("ricing", "pric see", "week5") if holds(TYPESET, text)] == []


def holds(body: str, text: str) -> bool:
    """Whether a search for a text finds a message."""
    words = search_words.read(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT conversations_words(%s) @@ to_tsquery('simple', %s)", [body, words.words if words else ""])
        return bool(cursor.fetchone()[0])


EVERY_LETTER: Final = " ".join("".join(map(chr, range(first, first + 64))) for first in range(0x40, 0x3140, 64))


@pytest.mark.parametrize("text", [TYPESET, EVERY_LETTER, "don't x\u0301 \u0130stanbul"], ids=["typeset", "letters", "marks"])
def test_the_words_of_a_search_are_those_of_messages(text: str, db: None) -> None:
    """Two regular expressions, of two languages, have to agree."""
    sql = "SELECT tsvector_to_array(conversations_words(%s)), ARRAY(SELECT lower(one) FROM unnest(%s::text[]) one)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [text, search_words.words_of(text)])
        found, words = cursor.fetchone()
    assert set(found) == set(words)


def test_all_letters_that_may_continue_a_word_are_tried(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(tsvector_to_array(conversations_words(%s)))", [EVERY_LETTER])
        words = {word for (word,) in cursor.fetchall()}
    latin = [letter for word in words for letter in word if re.match(f"[{search_words.LATIN}]", letter)]
    assert set(latin) <= set(search_words._CONTINUES)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("(202) 555-1234", "2025551234"),
        ("+1 202", "1202"),
        ("0044 20", "4420"),
        ("020 79", "2079"),
        ("12", ""),
        ("room 404", ""),
        ("Q4", ""),
    ],
)
def test_digits_of_a_search(text: str, digits: str) -> None:
    assert people_search.digits_of(text) == digits
