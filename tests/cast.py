"""The cast of every test: Alice (admin), Bob (rep), Olga (ops) and Rita (viewer) work at Northwind; Charlie runs Contoso.

`sign_in(bob).get("/w/northwind/...")` asks as Bob.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.test import Client
from django.utils.crypto import get_random_string

from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory
from workspaces.models import Role, User, Workspace
from workspaces.sessions import ADDRESS, AGENT, SEEN, STARTED, SessionStore

SignIn = Callable[[User], Client]


def person(name: str, workspace: Workspace, role: Role) -> User:
    email = f"{name.split()[0].lower()}@{workspace.slug}.example"
    user: User = UserFactory.create(name=name, email=email, last_workspace=workspace)
    MembershipFactory.create(workspace=workspace, user=user, role=role)
    return user


@pytest.fixture
def northwind(db: None) -> Workspace:
    return WorkspaceFactory.create(name="Northwind", slug="northwind")


@pytest.fixture
def contoso(db: None) -> Workspace:
    return WorkspaceFactory.create(name="Contoso", slug="contoso")


@pytest.fixture
def alice(northwind: Workspace) -> User:
    return person("Alice Ames", northwind, Role.ADMIN)


@pytest.fixture
def bob(northwind: Workspace) -> User:
    return person("Bob Bell", northwind, Role.REP)


@pytest.fixture
def olga(northwind: Workspace) -> User:
    return person("Olga Orlov", northwind, Role.OPS)


@pytest.fixture
def rita(northwind: Workspace) -> User:
    return person("Rita Ruiz", northwind, Role.VIEWER)


@pytest.fixture
def charlie(contoso: Workspace) -> User:
    """An admin, but elsewhere: whatever he may do there, at Northwind he sees 404."""
    return person("Charlie Cole", contoso, Role.ADMIN)


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which the given user is signed in."""
    return lambda user: browser_of(session_of(user))


@pytest.fixture
def alices(alice: User, sign_in: SignIn) -> Client:
    """Alice's browser; and likewise Bob's, Olga's and Rita's."""
    return sign_in(alice)


@pytest.fixture
def bobs(bob: User, sign_in: SignIn) -> Client:
    return sign_in(bob)


@pytest.fixture
def olgas(olga: User, sign_in: SignIn) -> Client:
    return sign_in(olga)


@pytest.fixture
def ritas(rita: User, sign_in: SignIn) -> Client:
    return sign_in(rita)


def session_of(user: User) -> str:
    """The key of a session as it is after signing in and a first page. Written as one row: nearly every test of pages begins so."""
    now = time.time()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.update({STARTED: now, SEEN: now, ADDRESS: "127.0.0.1", AGENT: ""})
    session._session_key = get_random_string(32, VALID_KEY_CHARS)  # without a look whether it is taken
    row = session.create_model_instance(dict(session.items()))
    row.save(force_insert=True)  # without the savepoint that the store would set
    return row.session_key


def browser_of(session_key: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session_key
    return client
