"""What tests of pages look at: the text of a page, as a reader would see it, and the addresses of the inbox."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

from conversations.models import Conversation, Message
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import OptOut

HTMX = {"HX-Request": "true"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.silent += tag in ("script", "style", "template", "svg")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "template", "svg")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def text_of(response: HttpResponseBase) -> str:
    """The page's text with its white space folded."""
    return words_of(html_of(response))


def bubble_of(response: HttpResponseBase, message: Message) -> str:
    """The HTML of one message of an open thread."""
    found = re.search(rf'<article class="[^"]*" id="m-{message.public_id}".*?</article>', html_of(response), re.S)
    assert found, f"{message} is not on the page"
    return found[0]


def words_of(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return re.sub(r"\s+", " ", " ".join(parser.words)).strip()


def html_of(response: HttpResponseBase) -> str:
    return bytes(response.content).decode()  # type: ignore[attr-defined]


def names_of(response: HttpResponseBase) -> list[str]:
    """The names in the list, in its order."""
    rows = html_of(response).split('class="conv')[1:]
    found = [row.split('class="name">')[1].split("<span>")[0] for row in rows]
    return [" ".join(name.split()) for name in found]


def inbox(conversation: Conversation | None = None, part: str = "") -> str:
    inside = f"{conversation.public_id}/{part}" if conversation else part
    return f"/w/northwind/imessages/{inside}"


def of_message(message: Message, part: str) -> str:
    return f"/w/northwind/messages/{message.public_id}/{part}/"


def hidden(client: Client, conversation: Conversation, name: str) -> str:
    """The value of a hidden field of an open thread."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html_of(client.get(inbox(conversation))))
    assert found
    return found[1]


def opt_out(row: Conversation) -> None:
    """Opt the contact of a conversation out, as a colleague would."""
    optouts.opt_out(row.workspace, row.address, Proof(source=OptOut.Source.PERSON))
