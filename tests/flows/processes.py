"""The product as processes: web, worker, beat and the simulated phones, on the rows of a test."""

from __future__ import annotations

import http.cookiejar
import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode

from tests.faults.phones import PASSWORD, Phones

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds; a machine may be busy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False


@contextmanager
def processes(env: Mapping[str, str], log: Path) -> Iterator[tuple[str, Phones]]:
    """The address of the web process, and the phones. Everything ends with the body."""
    web_port, phone_port = free_port(), free_port()
    phones = Phones(f"http://127.0.0.1:{phone_port}")
    url = f"http://127.0.0.1:{web_port}"
    env = {**env, "PUBLIC_URL": url, "SIMULATOR_URL": phones.url, "GATEWAY_ALLOWED_NETWORKS": "127.0.0.0/8", "DEBUG": "1"}
    env["WEB_WORKERS"] = "1"
    celery = ["celery", "--quiet", "--skip-checks", "-A", "config"]
    line = [f"--line=+1202555019{n}:{PASSWORD}" for n in (0, 1)]
    commands = [
        ["manage.py", "phone_network", "--memory", "--pace=0.02", "--seed=7", f"--port={phone_port}", *line],
        ["gunicorn", "config.wsgi", "-c", "python:config.gunicorn", "-b", f"127.0.0.1:{web_port}"],
        [*celery, "worker", "-P", "threads", "-c", "4", "--without-gossip", "--without-mingle"],
        [*celery, "worker", "-P", "threads", "-c", "4", "--without-gossip", "--without-mingle", "-n", "second@%h"],
        [*celery, "beat", "--schedule", str(log.parent / "beat-1")],
        [*celery, "beat", "--schedule", str(log.parent / "beat-2")],
    ]
    with log.open("w") as output:
        forked = [sys.executable, "-W", "ignore", "-m", "tests.flows.forked"]
        parent = subprocess.Popen(
            forked, env=env, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT
        )
        assert parent.stdin
        try:
            print(json.dumps(commands), file=parent.stdin, flush=True)
            until(lambda: answers(url + "/healthz") and answers(phones.url + "/_sim/healthz"), "web and phones answer")
            yield url, phones
        finally:
            parent.communicate()
        assert parent.returncode == 0, f"{parent.returncode} of them did not end by themselves"


class Browser:
    """A person's browser without JavaScript: cookies, pages and forms."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path: str) -> str:
        with self._opener.open(self.url + path, timeout=PATIENCE) as page:
            return str(page.read().decode())

    def post(self, path: str, page: str, **fields: str) -> str:
        """Send the form of `page` that posts to `path`, with these fields filled in."""
        forms = re.findall(r"<form.*?</form>", page, re.S)
        form = next(form for form in forms if path in form or 'action="' not in form)
        hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
        data = urlencode({**hidden, **fields}).encode()
        request = urllib.request.Request(self.url + path, data, {"Referer": self.url + path})
        with self._opener.open(request, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def sign_in(self, email: str, password: str) -> None:
        self.post("/account/sign-in/", self.get("/account/sign-in/"), login=email, password=password)
