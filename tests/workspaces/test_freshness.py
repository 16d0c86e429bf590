"""Two people have the same form open: who saves second is told, keeps what was typed, and can save all the same."""

from __future__ import annotations

import re

from django.test import Client

from conversations.models import CannedResponse
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Company
from tests.campaigns.making import make_campaign
from tests.core import make_line
from workspaces.models import Membership, User, Workspace


def seen(browser: Client, page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', browser.get(page).content.decode())
    assert found, page
    return found.group(1)


def test_who_saves_second_is_told_and_loses_nothing(northwind: Workspace, alices: Client) -> None:
    dana = add_lead(northwind, name="Dana", addresses=[normalise("+12025550101", region="US")])
    page = f"/w/northwind/leads/{dana.public_id}/edit/"
    opened = seen(alices, page)
    alices.post(page, {"name": "Dana", "title": "CFO", "phone_1": "+12025550102", "seen": opened})
    mine = {"name": "Dana Whitfield", "phone_1": "+12025550101", "seen": opened}
    refused = alices.post(page, mine)
    words = refused.content.decode()
    assert refused.status_code == 422
    for part in ("Somebody else changed this", "Name “Dana”", "Title “CFO”", "0102", 'value="Dana Whitfield"'):
        assert part in words
    dana.refresh_from_db()
    assert (dana.name, dana.title) == ("Dana", "CFO")
    again = re.search(r'name="seen" value="(\w+)"', words)
    assert again
    assert alices.post(page, mine | {"seen": again.group(1)}).status_code == 302
    dana.refresh_from_db()
    assert (dana.name, dana.title) == ("Dana Whitfield", "")


def test_every_page_that_changes_a_row_of_all_is_watched(northwind: Workspace, alice: User, alices: Client) -> None:
    line, firm = make_line(northwind), Company.objects.create(workspace=northwind, name="Ledgerline")
    campaign, member = make_campaign(northwind, by=alice), Membership.objects.get(user=alice)
    canned = CannedResponse.objects.create(workspace=northwind, name="Price", body="From 40 seats on it is 9 a seat.")
    other = {"name": "Other", "plan_lines": "3", "may_delete": "yes", "seen": "of before"}
    for page in (
        f"lines/{line.public_id}/edit/",
        f"companies/{firm.public_id}/edit/",
        f"campaigns/{campaign.public_id}/settings/",
        f"settings/canned/{canned.public_id}/",
        "settings/general/",
        "settings/consent/",
        "settings/hours/",
        "settings/limits/",
        f"settings/members/{member.public_id}/switches/",
    ):
        opened = seen(alices, f"/w/northwind/{page}")
        assert opened == seen(alices, f"/w/northwind/{page}"), page
        address = f"/w/northwind/{page}" + ("change/" if page == "settings/limits/" else "")
        assert "Somebody else" in alices.post(address, other).content.decode(), page
        assert "Somebody else" not in alices.post(address, {"seen": opened}).content.decode(), page
