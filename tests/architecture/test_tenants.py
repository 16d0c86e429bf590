"""The crawl: every address, asked to show, to change and to delete, as nobody, as a stranger, as a viewer and as an admin."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.architecture.addresses import Address, addresses
from tests.architecture.routes import ROUTES, World, nothing
from tests.cast import browser_of, person, session_of
from tests.factories import WorkspaceFactory
from workspaces.access import Kind
from workspaces.models import Role, User, Workspace

FOREIGN = "DELETE"  # no door names another method than GET and POST: this one stands for all that are not taken
GUARDED = {address.name: address for address in addresses() if address.door and address.door.kind is not Kind.PUBLIC}
WITH_AN_OBJECT = {name: address for name, address in GUARDED.items() if ROUTES.get(name) is not nothing}
OWN_BOOKKEEPING = ("workspaces_session", "workspaces_user", "SAVEPOINT")

each_address = pytest.mark.parametrize("address", GUARDED.values(), ids=GUARDED)


def test_every_address_has_its_line_in_routes() -> None:
    assert ROUTES.keys() == GUARDED.keys()


@pytest.fixture(scope="module")
def sessions(shared_rows: None) -> dict[str, str]:
    """The cast, each with a session key. All addresses begin with these rows, and what is done to them at one is taken back."""
    northwind = WorkspaceFactory.create(name="Northwind", slug="northwind")
    contoso = WorkspaceFactory.create(name="Contoso", slug="contoso")
    cast = {
        "alice": person("Alice Ames", northwind, Role.ADMIN),
        "rita": person("Rita Ruiz", northwind, Role.VIEWER),
        "charlie": person("Charlie Cole", contoso, Role.ADMIN),
    }
    person("Bob Bell", northwind, Role.REP)
    return {name: session_of(user) for name, user in cast.items()}


@pytest.fixture
def world(sessions: dict[str, str], db: None, settings: Settings, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    people = {user.name.split()[0]: user for user in User.objects.all()}
    return World(Workspace.objects.get(slug="northwind"), admin=people["Alice"], rep=people["Bob"])


def methods_of(address: Address) -> list[str]:
    """What the address takes."""
    assert address.door
    return sorted(address.door.methods - {"HEAD"})


def url(address: Address, world: World, slug: str = "northwind") -> str:
    values = ROUTES[address.name](world)
    return reverse(address.name, kwargs=values | {"slug": slug} if address.inside else values)


def ask(browser: Client, method: str, url: str) -> HttpResponseBase:
    response = browser.generic(method, url)
    # A file stays open until the answer was sent; sending it ends the request, and the test needs its connection for more.
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)
    return response


def only_reads(sql: str) -> bool:
    """A query may begin on a new line or in brackets, and name parts of itself before, as long as none of them writes."""
    names_parts = sql.lstrip().startswith("WITH") and not re.search(r"\b(INSERT INTO|UPDATE|DELETE FROM|MERGE)\b", sql)
    return names_parts or sql.lstrip(" (\n").startswith("SELECT")


def ask_and_write_nothing(browser: Client, method: str, url: str) -> HttpResponseBase:
    """The answer; nothing but the session and its user may have been written for it."""
    written: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not only_reads(sql) and not any(table in sql for table in OWN_BOOKKEEPING):
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        response = ask(browser, method, url)
    assert not written, f"{method} {url} wrote"
    return response


@each_address
def test_only_who_may_reaches_it(address: Address, world: World, sessions: dict[str, str]) -> None:
    """One world for all that is asked of an address: making it takes longer than asking."""
    methods = methods_of(address)
    signed_out_visitor_is_sent_to_sign_in(address, world, methods)
    stranger = browser_of(sessions["charlie"])
    if address.inside:
        stranger_sees_404(address, world, stranger, methods)
        viewer_reads_and_does_not_write(address, world, browser_of(sessions["rita"]), methods)
    if address.name in WITH_AN_OBJECT:
        stranger_does_not_reach_it_through_a_workspace_of_their_own(address, world, stranger)
    admin_gets_an_answer(address, world, browser_of(sessions["alice"]))


@pytest.mark.parametrize("name", ["general", "line_pause", "conversation_note", "leads", "export_file"])
def test_a_method_that_is_not_taken_tells_only_who_may_come_in(name: str, world: World, sessions: dict[str, str]) -> None:
    """The doors decide who comes in before they look at the method; a few addresses stand for all, which hang in the same doors."""
    address = GUARDED[name]
    assert ask(browser_of(sessions["alice"]), FOREIGN, url(address, world)).status_code == 405
    signed_out_visitor_is_sent_to_sign_in(address, world, [FOREIGN])
    stranger_sees_404(address, world, browser_of(sessions["charlie"]), [FOREIGN])
    viewer_reads_and_does_not_write(address, world, browser_of(sessions["rita"]), [FOREIGN])


def signed_out_visitor_is_sent_to_sign_in(address: Address, world: World, methods: list[str]) -> None:
    nobody = Client()
    for method in methods:
        response = ask_and_write_nothing(nobody, method, url(address, world))
        assert response.status_code == 302, method
        assert response["Location"].startswith("/account/sign-in/")


def stranger_sees_404(address: Address, world: World, charlie: Client, methods: list[str]) -> None:
    for method in methods:
        assert ask_and_write_nothing(charlie, method, url(address, world)).status_code == 404, method


def stranger_does_not_reach_it_through_a_workspace_of_their_own(address: Address, world: World, charlie: Client) -> None:
    """Charlie is admin of Contoso, so every door opens to him there; Northwind's objects must not be behind it."""
    for method in methods_of(address):
        assert ask_and_write_nothing(charlie, method, url(address, world, slug="contoso")).status_code == 404, method


def viewer_reads_and_does_not_write(address: Address, world: World, rita: Client, methods: list[str]) -> None:
    assert address.door
    for method in methods:
        status = ask_and_write_nothing(rita, method, url(address, world)).status_code
        if Role.VIEWER not in address.door.roles:
            assert status == 403, method
        elif method in address.door.methods:
            assert status < 400, method
        else:
            assert status == 405, method


def admin_gets_an_answer(address: Address, world: World, alice: Client) -> None:
    for method in methods_of(address):
        status = ask(alice, method, url(address, world)).status_code
        if method == "GET":
            assert status < 400
        else:
            assert status < 500
            assert status not in (404, 405), method
