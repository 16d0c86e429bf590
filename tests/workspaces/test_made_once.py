"""A double click: the same form arrives several times at once, and its thing is made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from campaigns.models import Campaign
from conversations.models import CannedResponse
from leads.models import Company, Label
from tests.cast import SignIn
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 4


def test_what_is_named_is_made_once(northwind: Workspace, bob: User, sign_in: SignIn) -> None:
    def at_once(path: str, data: dict[str, Any]) -> list[int]:
        browsers = [sign_in(bob) for _ in range(CLICKS)]

        def click(number: int) -> int:
            try:
                own = {"name": f"Lead {number}"} if path == "leads/add/" else {}
                return browsers[number].post(f"/w/northwind/{path}", data | own).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(CLICKS) as clicks:
            return sorted(clicks.map(click, range(CLICKS)))

    campaign = {"name": "Spring", "start": "empty", "overlap": "skip"}
    assert at_once("campaigns/new/", campaign) == [302, 422, 422, 422]
    assert Campaign.objects.of(northwind).count() == 1
    assert at_once("leads/add/", {"company": "Ledgerline"}) == [302] * CLICKS
    assert Company.objects.of(northwind).count() == 1
    assert at_once("leads/labels/save/", {"kind": "persona", "name": "Finance", "match": "yes"}) == [302, 422, 422, 422]
    assert Label.objects.of(northwind).count() == 1
    canned = {"name": "Price", "body": "9 a seat", "use": "reply", "every_hours": "24"}
    assert at_once("settings/canned/add/", canned) == [302, 422, 422, 422]
    assert CannedResponse.objects.of(northwind).count() == 1
