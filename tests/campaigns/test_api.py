"""Enrolling over the API: every lead once, with a word for each that is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, Enrolment
from tests.campaigns.engine import INTRO, drafted, lead, running, text
from workspaces import tokens
from workspaces.models import ApiToken, User, Workspace

pytestmark = pytest.mark.django_db


def call(campaign: Campaign, body: Any, token: str) -> tuple[int, dict[str, Any]]:
    url = f"/api/campaigns/{campaign.public_id}/enrolments"
    headers = {"Authorization": f"Bearer {token}"}
    answer = Client().post(url, json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


@pytest.fixture
def token(northwind: Workspace, alice: User) -> str:
    return tokens.make(alice, northwind, name="CRM", scopes=[ApiToken.Scope.ENROL], user=alice)[1]


def test_enrols_each_lead_once_and_names_who_is_left_out(northwind: Workspace, contoso: Workspace, token: str) -> None:
    campaign = running(northwind, [text(INTRO)])
    priya, marcus, strange = lead(northwind), lead(northwind, "Marcus", status="excluded"), lead(contoso)
    ids = [priya.public_id, marcus.public_id, strange.public_id, priya.public_id]
    status, body = call(campaign, {"leadIds": ids}, token)
    assert status == 200
    assert body == {
        "success": True,
        "campaignId": campaign.public_id,
        "enrolled": 1,
        "leftOut": [
            {"leadId": marcus.public_id, "reason": "excluded"},
            {"leadId": strange.public_id, "reason": "not_found"},
        ],
    }
    assert call(campaign, {"leadIds": [priya.public_id]}, token)[1]["leftOut"] == [
        {"leadId": priya.public_id, "reason": "enrolled"}
    ]
    assert Enrolment.objects.get().source == "api"


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_text_that_cannot_be_stored_is_refused_in_words(northwind: Workspace, token: str, odd: str) -> None:
    status, body = call(drafted(northwind, [text(INTRO)]), {"leadIds": [f"a{odd}"]}, token)
    assert (status, body["code"]) == (400, "invalid")


def test_refuses_what_it_cannot_do(northwind: Workspace, contoso: Workspace, alice: User, token: str) -> None:
    priya = lead(northwind)
    asked = {"leadIds": [priya.public_id]}
    campaign = drafted(northwind, [text(INTRO)])
    assert call(drafted(contoso, [text(INTRO)]), asked, token)[0] == 404
    assert call(campaign, {"leadIds": []}, token)[0] == 400
    assert call(campaign, {"leadIds": "all"}, token)[0] == 400
    assert call(drafted(northwind, [text(INTRO)], kind="drip"), asked, token)[1]["code"] == "cannot_enrol"
    assert call(drafted(northwind, [text(INTRO)], status="stopped"), asked, token)[0] == 409
    without = tokens.make(alice, northwind, name="Checks", scopes=[ApiToken.Scope.CHECK], user=alice)[1]
    assert call(campaign, asked, without)[0] == 403
    assert call(campaign, asked, "sbt_nothing")[0] == 401
    assert not Enrolment.objects.exists()
