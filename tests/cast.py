"""The cast of every test: Alice (admin), Bob (rep), Olga (ops) and Rita (viewer) work at Northwind; Charlie runs Contoso.

`sign_in(bob).get("/w/northwind/...")` asks as Bob.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import MembershipFactory, UserFactory, WorkspaceFactory
from workspaces.models import Role, User, Workspace

SignIn = Callable[[User], Client]


def _person(name: str, workspace: Workspace, role: Role) -> User:
    user: User = UserFactory.create(name=name, email=f"{name.split()[0].lower()}@{workspace.slug}.example")
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
    return _person("Alice Ames", northwind, Role.ADMIN)


@pytest.fixture
def bob(northwind: Workspace) -> User:
    return _person("Bob Bell", northwind, Role.REP)


@pytest.fixture
def olga(northwind: Workspace) -> User:
    return _person("Olga Orlov", northwind, Role.OPS)


@pytest.fixture
def rita(northwind: Workspace) -> User:
    return _person("Rita Ruiz", northwind, Role.VIEWER)


@pytest.fixture
def charlie(contoso: Workspace) -> User:
    """An admin, but elsewhere: whatever he may do there, at Northwind he sees 404."""
    return _person("Charlie Cole", contoso, Role.ADMIN)


@pytest.fixture
def sign_in() -> SignIn:
    """A browser in which the given user is signed in."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of
