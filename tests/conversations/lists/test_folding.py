"""Names are found with and without their accents."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.folding import folded
from lines.models import Line
from tests.conversations.views.pages import names_of
from tests.factories_conversations import known, they_said

NAMES = ("Sofía Marín", "ZOË ÖZGÜR", "Jan Novák", "김민수", "Ўткир Йўлдошев")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sofia marin", "Sofía Marín"),
        ("SOFÍA", "Sofía Marín"),
        ("Zoe ozgur", "ZOË ÖZGÜR"),
        ("nòvak", "Jan Novák"),
        ("민수", "김민수"),
    ],
)
def test_a_name_is_found_with_and_without_accents(line: Line, bobs: Client, text: str, name: str) -> None:
    for one in NAMES:
        they_said(known(line, one), "Hello")
    assert names_of(bobs.get("/w/northwind/imessages/", {"q": text})) == [name]


@pytest.mark.parametrize("name", NAMES)
def test_the_database_folds_names_as_python_does(line: Line, name: str) -> None:
    row = known(line, name, company="Åkerlund & Söner")
    row.refresh_from_db()
    assert row.searched == folded(f"{name} Åkerlund & Söner {row.address}")
