"""What a search finds, as the page shows it."""

from __future__ import annotations

from django.test import Client

from tests.conversations.views.pages import names_of


def find(bobs: Client, text: str, page: str = "imessages") -> list[str]:
    return names_of(bobs.get(f"/w/northwind/{page}/", {"q": text}))
