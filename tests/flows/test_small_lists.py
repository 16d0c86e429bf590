"""Lists that are mostly short have pages all the same: none of them grows without bound."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from conversations.models import CannedResponse
from leads.models import ContactList, ImportRun, Label
from tests.cast import SignIn
from workspaces.models import Invitation, User, Workspace


def contact_lists(workspace: Workspace, names: list[str]) -> None:
    ContactList.objects.bulk_create(ContactList(workspace=workspace, name=name) for name in names)


def labels(workspace: Workspace, names: list[str]) -> None:
    Label.objects.bulk_create(Label(workspace=workspace, kind=Label.Kind.ICP, name=name) for name in names)


def imports(workspace: Workspace, names: list[str]) -> None:
    ImportRun.objects.bulk_create(ImportRun(workspace=workspace, filename=name) for name in names)


def responses(workspace: Workspace, names: list[str]) -> None:
    CannedResponse.objects.bulk_create(CannedResponse(workspace=workspace, name=name, body="Hello") for name in names)


def invitations(workspace: Workspace, names: list[str]) -> None:
    Invitation.objects.bulk_create(
        Invitation(workspace=workspace, email=name, role="rep", token_hash=name, expires_at=timezone.now()) for name in names
    )


@pytest.mark.parametrize(
    ("path", "make", "at"),
    [
        ("leads/lists/", contact_lists, "after"),
        ("leads/labels/", labels, "icp"),
        ("leads/import/", imports, "after"),
        ("settings/canned/", responses, "after"),
        ("settings/members/", invitations, "invited"),
    ],
)
def test_the_fifty_first_stands_on_the_next_page(
    northwind: Workspace, alice: User, sign_in: SignIn, path: str, make: Callable[[Workspace, list[str]], None], at: str
) -> None:
    names = [f"no{n:02}@northwind.example" for n in range(51)]
    make(northwind, names)
    alices: Client = sign_in(alice)
    first = alices.get(f"/w/northwind/{path}").content.decode()
    following = re.findall(rf'href="(\?{at}=[^"#]+)', first)
    second = alices.get(f"/w/northwind/{path}{following[0]}").content.decode()
    on_first, on_second = ({name for name in names if f">{name}" in page or f'"{name}"' in page} for page in (first, second))
    assert (len(on_first), len(on_second)) == (50, 1)
    assert on_first | on_second == set(names)
