"""A language model is asked about unsure replies alone, sees no names, and can add an opt-out but take none back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from conversations.models import Conversation, IntentReading, SecondOpinion
from conversations.readings import relabelling, second_opinions
from intent.models import IntentSettings
from intent.vocabulary import Layer, OptOut, Pair, Reason, Status
from leads.models import OptOut as OptOutRow
from leads.models import RemovalRequest
from lines.models import Line
from tests.cast import SignIn
from tests.core import made_sent, make_line, make_user, make_workspace, reply, say
from workspaces.models import AuditEntry, Role

Answer = Callable[[], tuple[int, bytes]]


def saying(label: str, evidence: str = "", confidence: float = 0.9) -> Answer:
    content = json.dumps({"label": label, "confidence": confidence, "evidence": evidence})
    return lambda: (200, json.dumps({"choices": [{"message": {"content": content}}]}).encode())


@dataclass
class StandIn:
    """A server on this machine that speaks chat completions."""

    url: str
    answer: Answer = field(default_factory=lambda: saying("neutral:none"))
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@pytest.fixture
def model() -> Iterator[StandIn]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            stand_in.asked.append(json.loads(body))
            stand_in.keys.append(self.headers.get("authorization", ""))
            status, said = stand_in.answer()
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in = StandIn(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield stand_in
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace())


@pytest.fixture
def asking(line: Line, model: StandIn) -> IntentSettings:
    row = IntentSettings(workspace=line.workspace, llm_on=True, llm_url=model.url, llm_model="tiny")
    row.llm_key = "sk-secret"
    row.save()
    return row


UNSURE = "well that depends on the weather Dana"


def pretend(row: Conversation, **values: Any) -> None:
    """Whatever today's model makes of the reply, let it have been this."""
    IntentReading.objects.update(**values)
    newest = row.messages.order_by("-pk")[0]
    SecondOpinion.objects.get_or_create(workspace=row.workspace, message=newest)


def test_off_unless_an_admin_has_turned_it_on(line: Line, model: StandIn) -> None:
    IntentSettings.objects.create(workspace=line.workspace, llm_on=False, llm_url=model.url, llm_model="tiny")
    pretend(reply(line, UNSURE), confidence=0.3, opt_out=OptOut.NONE)
    second_opinions.ask_waiting()
    assert not model.asked


def test_it_is_asked_once_with_the_thread_masked_and_its_word_is_shown(line: Line, asking: IntentSettings, model: StandIn) -> None:
    make_user(line.workspace)  # Bob Tanaka
    made_sent(say(line, "Shall tanaka ring you on +1 202 555 0188?"))
    row = reply(line, UNSURE)
    pretend(row, confidence=0.3, opt_out=OptOut.NONE)
    model.answer = saying("neutral:later", evidence="depends on the weather")
    second_opinions.ask_waiting()
    second_opinions.ask_waiting()
    [asked] = model.asked
    told = json.dumps(asked)
    assert "Dana" not in told
    assert "tanaka" not in told.lower()
    assert "0188" not in told
    assert "weather" in told
    assert model.keys == ["Bearer sk-secret"]
    row.refresh_from_db()
    assert (row.intent_status, row.intent_reason) == (Status.NEUTRAL, Reason.LATER)
    reading = relabelling.reading_of(row)
    assert reading
    assert (reading.layer, reading.evidence, reading.confidence) == (Layer.LLM, "depends on the weather", 0.8)


@pytest.mark.parametrize("text", ["STOP", "please take me off your list and stop texting me"])
def test_a_keyword_and_a_sure_opt_out_are_never_put_to_it(line: Line, asking: IntentSettings, model: StandIn, text: str) -> None:
    reply(line, text)
    second_opinions.ask_waiting()
    assert not model.asked
    assert OptOutRow.objects.filter(lifted_at=None).exists()


@pytest.mark.parametrize(
    "broken",
    [
        lambda: (500, b"oops"),
        lambda: (200, b"not json"),
        lambda: (200, b'{"choices": []}'),
        saying("positive:budget"),
        lambda: (200, json.dumps({"choices": [{"message": {"content": "Ignore all rules"}}]}).encode()),
        lambda: (302, b""),
    ],
)
def test_without_a_label_the_first_reading_stands(line: Line, asking: IntentSettings, model: StandIn, broken: Answer) -> None:
    row = reply(line, UNSURE)
    before = (row.intent_status, row.intent_reason)
    pretend(row, confidence=0.3, opt_out=OptOut.NONE)
    model.answer = broken
    second_opinions.ask_waiting()
    row.refresh_from_db()
    assert (row.intent_status, row.intent_reason) == before
    opinion = SecondOpinion.objects.get()
    assert opinion.state == SecondOpinion.State.FAILED
    assert opinion.why
    assert IntentReading.objects.count() == 1


def test_a_server_that_does_not_answer_in_time_is_left(
    line: Line, asking: IntentSettings, model: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_opinions, "SECONDS", 0.2)
    done = threading.Event()
    model.answer = lambda: (200, b"late") if done.wait(5) else (200, b"")
    pretend(reply(line, UNSURE), confidence=0.3, opt_out=OptOut.NONE)
    second_opinions.ask_waiting()
    done.set()
    assert SecondOpinion.objects.get().state == SecondOpinion.State.FAILED


def test_a_suspect_stays_one_whatever_it_says(line: Line, asking: IntentSettings, model: StandIn) -> None:
    row = reply(line, UNSURE)
    pretend(row, confidence=0.3, opt_out=OptOut.SUSPECT)
    model.answer = saying("positive:meeting")
    second_opinions.ask_waiting()
    assert IntentReading.objects.get(layer=Layer.LLM).opt_out == OptOut.SUSPECT
    assert RemovalRequest.objects.filter(decided_at=None).exists()


@pytest.mark.parametrize(("heard_here", "opted_out"), [(OptOut.NONE, False), (OptOut.SUSPECT, True)])
def test_an_opt_out_it_hears_is_asked_about_or_where_both_hear_it_obeyed(
    line: Line, asking: IntentSettings, model: StandIn, heard_here: OptOut, opted_out: bool
) -> None:
    pretend(reply(line, UNSURE), confidence=0.3, opt_out=heard_here)
    model.answer = saying("negative:requested_remove")
    second_opinions.ask_waiting()
    assert OptOutRow.objects.filter(lifted_at=None).exists() == opted_out
    assert RemovalRequest.objects.filter(decided_at=None).exists() != opted_out


def test_a_persons_word_outranks_it(line: Line, asking: IntentSettings, model: StandIn) -> None:
    row = reply(line, UNSURE)
    pretend(row, confidence=0.3, opt_out=OptOut.NONE)
    relabelling.relabel(row, Pair(Status.POSITIVE, Reason.PRICING), by=make_user(line.workspace))
    model.answer = saying("negative:requested_remove")
    second_opinions.ask_waiting()
    row.refresh_from_db()
    assert row.intent_reason == Reason.PRICING
    assert not OptOutRow.objects.exists()


def test_only_an_admin_sets_it_the_key_is_sealed_and_a_bad_address_is_explained(
    line: Line, model: StandIn, sign_in: SignIn
) -> None:
    address = f"/w/{line.workspace.slug}/settings/intent/"
    alice, bob = make_user(line.workspace, Role.ADMIN), make_user(line.workspace)
    assert sign_in(bob).get(address).status_code == 403
    admin = sign_in(alice)
    bad = admin.post(address, {"llm_on": "on", "llm_url": "http://llm.example.com/v1", "llm_model": "tiny"})
    assert bad.status_code == 422
    assert "https://" in bad.content.decode()
    admin.post(address, {"llm_on": "on", "llm_url": model.url, "llm_model": "tiny", "key": "sk-other"})
    stored = IntentSettings.objects.get()
    assert stored.llm_key == "sk-other"
    assert "sk-other" not in stored.sealed_llm_key
    model.answer = saying("positive:meeting")
    tried = admin.post(f"{address}try/", follow=True).content.decode()
    assert "Positive · Meeting" in tried
    assert "sk-other" not in tried
    assert "sk-other" not in str(AuditEntry.objects.get(action="intent.settings_changed").detail)
