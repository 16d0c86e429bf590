"""A served console with a line, some conversations and a browser in which somebody is signed in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from conversations.models import Conversation
from conversations.receiving import ingest
from lines import inbox
from lines.gateways.base import Event
from lines.models import Line
from tests.browser_fixtures import let_in
from tests.factories_conversations import LineFactory, known, they_said, we_said
from workspaces.models import User, Workspace


@dataclass(frozen=True, slots=True)
class Served:
    """The console of this test: its address, its line, and two people it talks with."""

    url: str
    line: Line
    priya: Conversation
    marcus: Conversation

    def at(self, path: str = "imessages/") -> str:
        return f"{self.url}/w/northwind/{path}"

    def thread(self, conversation: Conversation) -> str:
        return self.at(f"imessages/{conversation.public_id}/")

    def told(self, *events: Event) -> None:
        """The gateway tells of something, and it is applied as the worker does it."""
        inbox.store(self.line, events)
        ingest.apply_waiting()


class Running:
    """How many requests the server is working on. Open pages ask all the time, also at the moment a test ends."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Condition()
        request_started.connect(self.one_more)
        request_finished.connect(self.one_less)

    def one_more(self, **_: object) -> None:
        with self.changed:
            self.count += 1

    def one_less(self, **_: object) -> None:
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def wait_for_none(self) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.count <= 0, timeout=10)
        request_started.disconnect(self.one_more)
        request_finished.disconnect(self.one_less)


@pytest.fixture
def served(live_server: LiveServer, northwind: Workspace) -> Iterator[Served]:
    northwind.time_zone = "America/New_York"
    northwind.save()
    line = LineFactory.create(workspace=northwind, name="Line 2 · SF")
    priya = known(line, "Priya Raman", address="+16285550117")
    we_said(priya, "We cut Modern Tiller’s close from 9 days to 3.", ago=1500)
    they_said(priya, "Tuesday at 2 works.", ago=40)
    marcus = known(line, "Marcus Oyelaran", company="Fathom Freight", address="+16285550118")
    they_said(marcus, "how much is it for ~40 seats", ago=60)
    running = Running()
    yield Served(live_server.url, line, priya, marcus)
    running.wait_for_none()  # the pages are closed by now; then the tables can be emptied


@pytest.fixture
def bobs(served: Served, page: Page, bob: User) -> Page:
    """A page of Bob's browser."""
    let_in(page, served.url, bob)
    return page


@pytest.fixture
def bobs_without_scripts(served: Served, page_without_scripts: Page, bob: User) -> Page:
    """A page of another browser of Bob's, one that runs no scripts."""
    let_in(page_without_scripts, served.url, bob)
    return page_without_scripts
