from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conversations.exports import copying, exporting
from conversations.models import Conversation, Export
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import text_of
from tests.conversations.work.conftest import Heard
from tests.core import make_conversation, make_line
from workspaces.downloads import guarded
from workspaces.models import AuditEntry, User, Workspace

EVIL = "<script>alert(1)</script>"
TODAY = timezone.now().date()


def week(**values: str) -> dict[str, str]:
    return {"first": str(TODAY - timedelta(days=6)), "last": str(TODAY + timedelta(days=1)), "format": "csv", **values}


def body(response: object) -> str:
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def url(one: Conversation) -> str:
    return f"/w/northwind/imessages/{one.public_id}/export/"


def test_csv_keeps_numbers_and_disarms_formulas(bobs: Client, wrote: Heard) -> None:
    one = wrote(text="=HYPERLINK(1)")
    wrote(text="+12025550123")
    response = bobs.post(url(one), week())
    assert response["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(body(response).removeprefix("\ufeff"))))
    assert [row["Message"] for row in rows] == ["'=HYPERLINK(1)", "+12025550123"]
    assert {row["Address"] for row in rows} == {"+12025550101"}
    assert response["X-Messages"] == "2"
    entry = AuditEntry.objects.get(action="conversation.exported")
    assert entry.detail["format"] == "csv"


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
@example("=1+1")
@example("+1202555a")
@example("-\n1")
@example("+12345")
@example("+123456")
@example("+123456789012345")
@example("+1234567890123456")
@example("+123456\n")
def test_no_cell_begins_like_a_formula(northwind: Workspace, text: str) -> None:
    """The database guards cells as `guarded` does."""
    copy = f"COPY (SELECT {copying.guarded('k.text')} FROM (SELECT %(text)s::text AS text) k) {copying.AS_CSV}"
    found = copying.copied(northwind, copy, {"text": text}).decode()
    written = next(csv.reader(io.StringIO(found, newline="")), [""])
    assert (written or [""])[0] == guarded(text)
    assert guarded(text)[:1] not in ("=", "@", "-", "\t", "\r")


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]


def test_html_is_a_page_that_runs_nothing(bobs: Client, wrote: Heard) -> None:
    one = wrote(text=f'{EVIL}<img src=x onerror="1">')
    page = body(bobs.post(url(one), week(format="html")))
    parser = Elements()
    parser.feed(page)
    assert parser.found == {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div"}
    assert "default-src &#x27;none&#x27;" in page
    assert EVIL not in page


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("", str(TODAY), "Choose the start date"),
        (str(TODAY), "", "Choose the end date"),
        (str(TODAY - timedelta(days=8)), str(TODAY), "within 7 days"),
        (str(TODAY), str(TODAY - timedelta(days=1)), "before the start date"),
        ("yesterday", str(TODAY), "Choose a day"),
    ],
)
def test_days_are_required_and_at_most_a_week_apart(bobs: Client, wrote: Heard, first: str, last: str, says: str) -> None:
    response = bobs.post(url(wrote()), week(first=first, last=last))
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not AuditEntry.objects.filter(action="conversation.exported").exists()


def test_days_are_the_workspaces_days(northwind: Workspace, wrote: Heard, line: Line) -> None:
    line.workspace.time_zone = "Pacific/Auckland"
    one = wrote()
    one.workspace.time_zone = "Pacific/Auckland"
    moment = timezone.now()
    local = moment.astimezone(one.workspace.zone).date()
    text = b"".join(exporting.stream(one, "csv", local, local, by=None)).decode()
    assert "Hello" in text
    assert f"{local}T" in text
    before = local - timedelta(days=2)
    assert "Hello" not in b"".join(exporting.stream(one, "csv", before, before, by=None)).decode()


def start(workspace: Workspace, by: User, query: str = "") -> Export:
    first, last = date(2020, 1, 1), TODAY + timedelta(days=1)
    return exporting.start(workspace, "csv", first, last, query=query, families=["phone"], by=by, actor=by)


@pytest.fixture
def crowd(line: Line, wrote: Heard, monkeypatch: pytest.MonkeyPatch) -> list[Conversation]:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    return [wrote(f"+1202555020{n}", f"Words of {n}") for n in range(5)]


def test_a_list_is_written_page_by_page(alice: User, northwind: Workspace, alices: Client, crowd: list[Conversation]) -> None:
    export = start(northwind, alice)
    assert exporting._page(export.pk)
    page = alices.get(f"/w/northwind/exports/{export.public_id}/progress/")
    assert "2 of 5 conversations" in page.content.decode()
    exporting.advance(export.pk)
    export.refresh_from_db()
    assert (export.state, export.messages, export.conversations) == (Export.State.READY, 5, 5)
    text = body(alices.get(f"/w/northwind/exports/{export.public_id}/file/"))
    assert all(f"Words of {n}" in text for n in range(5))
    assert len(text.encode()) == export.size


def test_what_a_killed_worker_wrote_beyond_the_commit_is_cut_off(
    alice: User, northwind: Workspace, crowd: list[Conversation]
) -> None:
    export = start(northwind, alice)
    exporting._page(export.pk)
    export.refresh_from_db()
    with exporting.path_of(export).open("ab") as file:
        file.write(b"half a page that was never committed")
    exporting.advance(export.pk)
    text = exporting.path_of(export).read_text()
    assert "never committed" not in text
    assert sorted(row["Message"] for row in csv.DictReader(io.StringIO(text))) == [f"Words of {n}" for n in range(5)]


def test_a_file_that_cannot_be_written_is_told_and_not_tried_for_ever(
    alice: User, northwind: Workspace, alices: Client, wrote: Heard
) -> None:
    export = start(northwind, alice)
    exporting.path_of(export).mkdir(parents=True)
    exporting.advance(export.pk)
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert "could not be written (Is a directory)" in alices.get(f"/w/northwind/exports/{export.public_id}/").content.decode()


def test_the_filters_of_the_list_hold(alice: User, northwind: Workspace, crowd: list[Conversation]) -> None:
    Conversation.objects.filter(pk=crowd[0].pk).update(archived_at=timezone.now())
    export = start(northwind, alice, "record=archived")
    exporting.advance(export.pk)
    export.refresh_from_db()
    assert export.messages == 1


def test_nothing_of_another_workspace(alice: User, northwind: Workspace, contoso: Workspace, wrote: Heard) -> None:
    wrote("+12025550300", "Their secret", on=make_line(contoso))
    wrote("+12025550301", "Ours")
    export = start(northwind, alice)
    exporting.advance(export.pk)
    text = exporting.path_of(export).read_text()
    assert "Ours" in text
    assert "secret" not in text


def test_the_file_is_for_who_asked_and_for_a_day(
    alice: User, olga: User, charlie: User, northwind: Workspace, sign_in: SignIn, crowd: list[Conversation]
) -> None:
    export = start(northwind, alice)
    exporting.advance(export.pk)
    file = f"/w/northwind/exports/{export.public_id}/file/"
    assert sign_in(olga).get(file).status_code == 404
    assert sign_in(charlie).get(file).status_code == 404
    export.refresh_from_db()
    path: Path = exporting.path_of(export)
    Export.objects.update(expires_at=timezone.now())
    assert sign_in(alice).get(file).status_code == 302
    assert exporting.expire() == 1
    assert not path.exists()
    assert "Its file is gone" in sign_in(alice).get(f"/w/northwind/exports/{export.public_id}/").content.decode()


def test_reps_export_single_conversations_and_viewers_none(bobs: Client, rita: User, sign_in: SignIn, wrote: Heard) -> None:
    one = wrote()
    assert bobs.post("/w/northwind/exports/", week()).status_code == 403
    assert sign_in(rita).post(url(one), week()).status_code == 403


def test_a_foreign_conversation_is_not_exported(bobs: Client, contoso: Workspace) -> None:
    foreign = make_conversation(make_line(contoso))
    assert bobs.post(url(foreign), week()).status_code == 404


def test_ops_start_one_from_the_page(olga: User, sign_in: SignIn, wrote: Heard) -> None:
    wrote()
    response = sign_in(olga).post("/w/northwind/exports/", {**week(), "list": "imessages", "query": "waiting=1"})
    export = Export.objects.get()
    assert response["Location"] == f"/w/northwind/exports/{export.public_id}/"
    assert (export.query, export.total) == ("waiting=1", 1)
    assert "Needs reply: yes" in text_of(sign_in(olga).get(response["Location"]))
    bad = sign_in(olga).post("/w/northwind/exports/", {**week(), "query": "status=nonsense"})
    assert bad.status_code == 422
    assert Export.objects.count() == 1


def test_a_list_leads_to_its_export_with_the_filters_that_are_on_by_now(olgas: Client, bobs: Client) -> None:
    changed = {"HX-Request": "true", "HX-Target": "rows"}
    link = 'href="/w/northwind/exports/?list=imessages&amp;waiting=1"'
    assert link in olgas.get("/w/northwind/imessages/?waiting=1").content.decode()
    assert link in olgas.get("/w/northwind/imessages/?waiting=1", headers=changed).content.decode()
    assert "/exports/" not in olgas.get("/w/northwind/imessages/?q=price").content.decode()  # a search is no list
    assert "/exports/" not in bobs.get("/w/northwind/imessages/?waiting=1").content.decode()
