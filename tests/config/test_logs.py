"""Logs can be read, and hold no secret of an address."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from django.core.exceptions import RequestDataTooBig

from config import logs

SECRET = "kX3-secret-9Tq"


@pytest.fixture
def output() -> Iterator[Any]:
    """Configure logging as the product does and read what comes out; the suite's own comes back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()

    def configure(form: str) -> io.StringIO:
        wanted = logs.logging(form, "INFO")
        wanted["handlers"]["main"]["stream"] = stream
        logging.config.dictConfig(wanted)
        return stream

    yield configure
    root.handlers[:], root.level = handlers, level


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "text",
    [
        f"GET http://10.0.0.1:1234/api/v1/ping?password={SECRET}&limit=1",
        f"GET http://mac/api?guid={SECRET}",
        f"POST /hooks/bluebubbles/{SECRET}",
        f"Not Found: /hooks/bluebubbles/{SECRET}/x",
        f"GET /invitations/{SECRET}",
    ],
)
def test_secrets_of_addresses_are_struck_out(output: Any, form: str, text: str) -> None:
    stream = output(form)
    logging.getLogger("somebody.else").warning("%s", text)
    structlog.get_logger("ours").warning("it_happened", request=text)
    try:
        raise RuntimeError(text)
    except RuntimeError:
        logging.getLogger("somebody.else").exception("broke")
        structlog.get_logger("ours").exception("broke")
    assert "***" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_production_logs_are_json_with_level_logger_and_time(output: Any) -> None:
    stream = output("json")
    structlog.get_logger("lines.health").warning("line_paused", line="ln_1")
    said = json.loads(stream.getvalue())
    assert (said["event"], said["line"], said["level"], said["logger"]) == ("line_paused", "ln_1", "warning", "lines.health")
    assert said["timestamp"].endswith("Z")


def test_lines_for_people_are_short(output: Any) -> None:
    stream = output("console")
    structlog.get_logger("lines.health").warning("line_paused", line="ln_1")
    assert stream.getvalue() == "warning lines.health: line_paused line=ln_1\n"


def test_httpx_does_not_write_addresses(output: Any) -> None:
    stream = output("json")
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200))) as client:
        client.get(f"http://mac.example.com/?password={SECRET}")
    assert stream.getvalue() == ""


def test_probes_leave_no_line(output: Any) -> None:
    stream = output("json")
    logging.getLogger("django.request").error("%s: %s", "Service Unavailable", "/healthz")
    logging.getLogger("django.request").error("%s: %s", "Service Unavailable", "/leads")
    assert "/healthz" not in stream.getvalue()
    assert "/leads" in stream.getvalue()


def test_a_refused_request_is_one_line(output: Any) -> None:
    stream = output("console")
    try:
        raise RequestDataTooBig("the body is too big")
    except RequestDataTooBig:
        logging.getLogger("django.security.RequestDataTooBig").error("the body is too big", exc_info=True)
    assert stream.getvalue().splitlines() == ["error django.security.RequestDataTooBig: the body is too big"]
