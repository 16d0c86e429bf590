"""The API: tokens, refusals, and the three availability calls as S3-31 to S3-42 word them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Address, CheckItem, Lead
from lines.models import Line
from tests.cast import SignIn
from tests.core import make_line
from tests.faults.phones import Phones, network
from workspaces import throttle, tokens
from workspaces.models import ApiToken, AuditEntry, User, Workspace
from workspaces.secrets import fingerprint

pytestmark = pytest.mark.django_db(transaction=True)

CHECK = "/api/leads/check-availability"


@pytest.fixture(scope="module")
def phones() -> Iterator[Phones]:
    with network() as up:
        yield up


@pytest.fixture
def line(phones: Phones, northwind: Workspace) -> Line:
    return phones.line(northwind, check_spacing=0)


Call = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def token(northwind: Workspace, alice: User) -> str:
    return tokens.make(alice, northwind, name="CRM", scopes=[ApiToken.Scope.CHECK], user=alice)[1]


@pytest.fixture
def call(token: str) -> Call:
    return caller(token)


def caller(token: str) -> Call:
    def make(method: str, url: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
        sent = {"Authorization": f"Bearer {token}", **headers}
        data = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        answer = Client().generic(method, url, data, content_type="application/json", headers=sent)
        return answer.status_code, answer.json()

    return make


def make_lead(workspace: Workspace, *values: str) -> Lead:
    return add_lead(workspace, name="Priya", addresses=[normalise(value, region="US") for value in values])


def refusal(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    """The status and code; the shape is held to."""
    status, body = answer
    assert body.keys() == {"success", "error", "code"}
    assert body["success"] is False
    assert body["error"]
    return status, body["code"]


class TestOneLead:
    def test_available(self, call: Call, line: Line, northwind: Workspace) -> None:
        lead = make_lead(northwind, "+12025550101")
        wanted = {"success": True, "leadId": lead.public_id, "available": True, "status": "available"}
        assert call("GET", f"{CHECK}?id={lead.public_id}") == (200, wanted)
        assert Address.objects.get(lead=lead).availability == "available"

    def test_unavailable(self, call: Call, line: Line, northwind: Workspace) -> None:
        lead = make_lead(northwind, "+12025550120")
        wanted = {"success": True, "leadId": lead.public_id, "available": False, "status": "unavailable"}
        assert call("GET", f"{CHECK}?id={lead.public_id}") == (200, wanted)

    def test_no_active_line(self, call: Call, northwind: Workspace) -> None:
        lead = make_lead(northwind, "+12025550101")
        assert refusal(call("GET", f"{CHECK}?id={lead.public_id}")) == (400, "no_active_line")

    def test_no_such_lead(self, call: Call, line: Line) -> None:
        for unknown in ("nothing", "507f1f77bcf86cd799439011", "%27%3B--", "x" * 500):
            assert refusal(call("GET", f"{CHECK}?id={unknown}")) == (404, "lead_not_found")

    def test_a_lead_of_another_workspace_is_no_lead(self, call: Call, line: Line, contoso: Workspace) -> None:
        strange = make_lead(contoso, "+12025550101")
        assert refusal(call("GET", f"{CHECK}?id={strange.public_id}")) == (404, "lead_not_found")
        assert not CheckItem.objects.exists()

    def test_without_an_id(self, call: Call) -> None:
        status, body = call("GET", CHECK)
        assert refusal((status, body)) == (400, "invalid")
        assert body["error"] == "id: Field required"

    def test_what_is_wrong_with_a_body_is_said_in_words(self, call: Call) -> None:
        for body, said in (
            ({"leads": ["x"]}, "leads: There is no such field"),
            ({"leadIds": "x"}, "leadIds: Input should be a valid list"),
            ("{leadIds", "The body is not JSON. Send an object, as the API reference shows it."),
        ):
            status, answer = call("POST", CHECK, body)
            assert (status, answer["error"]) == (400, said)

    def test_a_check_that_fails(self, call: Call, northwind: Workspace) -> None:
        make_line(northwind, check_spacing=0)
        lead = make_lead(northwind, "+12025550101")
        status, body = call("GET", f"{CHECK}?id={lead.public_id}")
        assert refusal((status, body)) == (500, "check_failed")
        assert "Server URL" in body["error"]


class TestManyLeads:
    def test_results_in_the_order_asked_for(self, call: Call, line: Line, northwind: Workspace) -> None:
        yes, no = make_lead(northwind, "+12025550101"), make_lead(northwind, "+12025550120")
        assert call("POST", CHECK, {"leadIds": [no.public_id, yes.public_id]}) == (
            200,
            {
                "success": True,
                "checked": 2,
                "successful": 2,
                "errors": 0,
                "results": [
                    {"leadId": no.public_id, "available": False, "status": "unavailable"},
                    {"leadId": yes.public_id, "available": True, "status": "available"},
                ],
            },
        )

    def test_an_unknown_one_among_them_is_an_error_of_its_own(
        self, call: Call, line: Line, northwind: Workspace, contoso: Workspace
    ) -> None:
        known, strange = make_lead(northwind, "+12025550101"), make_lead(contoso, "+12025550102")
        _, body = call("POST", CHECK, {"leadIds": [strange.public_id, known.public_id]})
        assert (body["checked"], body["successful"], body["errors"]) == (2, 1, 1)
        assert body["results"][1] == {"leadId": strange.public_id, "available": False, "status": "not_found"}
        assert refusal(call("POST", CHECK, {"leadIds": [strange.public_id]})) == (404, "lead_not_found")

    def test_many_go_to_the_background_and_can_be_followed(self, call: Call, line: Line, northwind: Workspace) -> None:
        leads = [make_lead(northwind, f"+120255502{n:02d}") for n in range(26)]
        status, body = call("POST", CHECK, {"leadIds": [lead.public_id for lead in leads]})
        assert (status, body) == (
            200,
            {"success": True, "processingMode": "background", "jobId": body["jobId"], "checked": 0},
        )
        url = f"{CHECK}/jobs/{body['jobId']}"
        assert call("GET", url)[1] | {"jobId": ""} == {
            "success": True, "jobId": "", "done": False, "total": 26, "checked": 0, "successful": 0, "errors": 0,
            "results": [], "next": "",
        }  # fmt: skip
        from leads.checks import working

        working.drain()
        _, job = call("GET", url)
        assert (job["done"], job["checked"], len(job["results"])) == (True, 26, 26)

    def test_a_job_of_another_workspace_is_no_job(self, call: Call, line: Line, northwind: Workspace, charlie: User) -> None:
        leads = [make_lead(northwind, f"+120255502{n:02d}") for n in range(26)]
        _, body = call("POST", CHECK, {"leadIds": [lead.public_id for lead in leads]})
        workspace = Workspace.objects.get(slug="contoso")
        his = caller(tokens.make(charlie, workspace, name="His", scopes=[ApiToken.Scope.CHECK], user=charlie)[1])
        assert refusal(his("GET", f"{CHECK}/jobs/{body['jobId']}")) == (404, "job_not_found")

    def test_without_a_line(self, call: Call, northwind: Workspace) -> None:
        lead = make_lead(northwind, "+12025550101")
        assert refusal(call("POST", CHECK, {"leadIds": [lead.public_id]})) == (400, "no_active_line")


class TestOneAddress:
    def test_answers(self, call: Call, line: Line) -> None:
        assert call("POST", CHECK, {"address": "+12025550101"}) == (
            200,
            {"success": True, "available": True, "address": "+12025550101"},
        )
        assert call("POST", CHECK, {"address": "(202) 555-0120"})[1]["available"] is False
        assert call("POST", CHECK, {"address": "dana@example.com"})[1]["available"] is True

    def test_what_is_no_address(self, call: Call, line: Line) -> None:
        for text in ("", "nobody", "12", "a@b", "+1202555010１２３４５６７８９０"):
            assert refusal(call("POST", CHECK, {"address": text})) == (400, "invalid")

    def test_without_a_line(self, call: Call) -> None:
        assert refusal(call("POST", CHECK, {"address": "+12025550101"})) == (400, "no_active_line")

    def test_also_tells_the_lead_that_has_it(self, call: Call, line: Line, northwind: Workspace) -> None:
        lead = make_lead(northwind, "+12025550101")
        call("POST", CHECK, {"address": "+12025550101"})
        assert Address.objects.get(lead=lead).availability == "available"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"leadIds": []}, {"leadIds": "x"}, {"leadIds": [1]}, {"leadIds": None}, {"address": ["x"]}, {"address": {}}, [], "",
        "{", {"leadIds": ["x"], "address": "+12025550101"}, {"address": "+12025550101", "more": 1},
        {"leadIds": ["x"] * 10_001}, "null",
    ],
)  # fmt: skip
def test_bodies_that_are_neither_form_are_refused(call: Call, line: Line, body: Any) -> None:
    assert refusal(call("POST", CHECK, body)) == (400, "invalid")


def test_a_body_beyond_all_bounds_is_refused(call: Call, line: Line) -> None:
    status, told = call("POST", CHECK, {"address": "9" * 2 * 1024**2})
    assert (status, told["code"]) == (413, "too_large")
    assert "2 MB" in told["error"]


class TestTokens:
    def test_a_call_without_one_or_with_a_wrong_one(self, token: str, line: Line) -> None:
        for sent in ({}, {"Authorization": "Bearer "}, {"Authorization": token}, {"Authorization": "Bearer sbt_no"}):
            for method, body in (("GET", ""), ("POST", '{"address": "+12025550101"}')):
                answer = Client().generic(method, CHECK, body, content_type="application/json", headers=sent)
                assert refusal((answer.status_code, answer.json())) == (401, "unauthorized")
                assert answer["WWW-Authenticate"] == "Bearer"

    def test_in_the_address_it_does_not_count(self, token: str, line: Line) -> None:
        assert Client().get(f"{CHECK}?id=x&token={token}&access_token={token}").status_code == 401

    def test_a_signed_in_browser_is_no_program(self, alice: User, line: Line, sign_in: SignIn) -> None:
        assert sign_in(alice).get(f"{CHECK}?id=x").status_code == 401

    def test_revoked_or_run_out_it_opens_nothing_from_then_on(self, call: Call, alice: User, line: Line) -> None:
        assert call("GET", f"{CHECK}?id=x")[0] == 404
        held = ApiToken.objects.get()
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert refusal(call("GET", f"{CHECK}?id=x")) == (401, "unauthorized")
        ApiToken.objects.update(expires_at=None)
        assert tokens.revoke(alice, held)
        assert not tokens.revoke(alice, held)
        assert refusal(call("GET", f"{CHECK}?id=x")) == (401, "unauthorized")

    def test_without_the_scope(self, call: Call, line: Line) -> None:
        ApiToken.objects.update(scopes=[])
        assert refusal(call("GET", f"{CHECK}?id=x")) == (403, "missing_scope")
        assert refusal(call("POST", CHECK, {"address": "+12025550101"})) == (403, "missing_scope")

    def test_only_its_hash_is_kept(self, token: str) -> None:
        held = ApiToken.objects.get()
        assert token not in str(ApiToken.objects.values().get())
        assert held.token_hash == fingerprint(token)
        assert token.startswith(held.prefix)
        assert token not in str(list(AuditEntry.objects.values()))

    def test_its_last_use_is_noted(self, call: Call) -> None:
        call("GET", CHECK)
        held = ApiToken.objects.get()
        assert held.used_at
        assert held.used_from == "127.0.0.1"

    def test_too_many_calls_are_told_when_to_come_back(self, token: str, request: pytest.FixtureRequest) -> None:
        for _ in range(300):  # the bucket fills up while it is emptied, so how many there are is not exact
            answer = Client().get(CHECK, headers={"Authorization": f"Bearer {token}"})
            if answer.status_code != 400:
                break
        assert refusal((answer.status_code, answer.json())) == (429, "throttled")
        assert answer["Retry-After"] == "1"


class TestThrottle:
    def test_a_bucket_fills_up_again(self) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            assert [throttle.wait_for("a", most=2, per_second=0.5) for _ in range(3)] == [0, 0, pytest.approx(2, abs=0.01)]
            assert throttle.wait_for("b", most=2, per_second=0.5) == 0, "another has a bucket of its own"
            clock.shift(2)
            assert [throttle.wait_for("a", most=2, per_second=0.5) > 0 for _ in range(2)] == [False, True]
            clock.shift(3600)
            assert [throttle.wait_for("a", most=2, per_second=0.5) > 0 for _ in range(3)] == [False, False, True]


class TestPages:
    def test_the_token_is_shown_once(self, alice: User, sign_in: SignIn) -> None:
        page = "/w/northwind/settings/tokens/"
        made = sign_in(alice).post(page, {"name": "CRM", "scopes": ["leads:check"], "lasts": "30"})
        plain = made.context["plain"]
        assert plain in made.content.decode()
        assert plain not in sign_in(alice).get(page).content.decode()
        held = ApiToken.objects.get()
        assert held.created_by == alice
        assert held.expires_at
        assert caller(plain)("GET", CHECK)[0] == 400

    def test_a_token_needs_a_scope(self, alice: User, sign_in: SignIn) -> None:
        assert sign_in(alice).post("/w/northwind/settings/tokens/", {"name": "CRM", "lasts": ""}).status_code == 422
        assert not ApiToken.objects.exists()

    def test_reference_is_for_who_is_signed_in(self, rita: User, sign_in: SignIn) -> None:
        assert Client().get("/api/docs/").status_code == 302
        assert Client().get("/api/openapi.json").status_code == 302
        assert sign_in(rita).get("/api/docs/").status_code == 200
        described = sign_in(rita).get("/api/openapi.json").json()
        assert set(described["paths"]) >= {CHECK}

    def test_what_is_not_there_is_answered_in_json(self) -> None:
        answer = Client().get("/api/nothing")
        assert refusal((answer.status_code, answer.json())) == (404, "not_found")
