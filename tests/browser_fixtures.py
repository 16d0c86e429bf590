"""A Chromium that is already on the machine, or Playwright's own. `make test` installs one where there is none.

A headless shell (Chromium without its windows) does everything these tests need for three fifths of the work: it comes first.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, ViewportSize, expect, sync_playwright

if TYPE_CHECKING:
    from workspaces.models import User  # fixtures are imported before Django is ready

MISSING = "no Chromium; install one (apt-get install chromium, or `playwright install chromium`) or name it in CHROMIUM"
PATIENCE = 10_000  # milliseconds; a machine may be busy
SIZE: ViewportSize = {"width": 1440, "height": 900}
# Every tab of a person is drawn by one process, and none waits in reserve: to start them took longer than most tests. Nor is the
# graphics card's part played by the processor; Debian asks for that. Scripts are not optimized either: to compile what a page runs
# for a second or two takes a quarter of the renderer's time.
FLAGS = (
    "--disable-gpu", "--disable-gpu-compositing", "--disable-gpu-rasterization", "--disable-site-isolation-trials",
    "--renderer-process-limit=1", "--js-flags=--no-opt --no-maglev",
)  # fmt: skip
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SHELLS = "chromium_headless_shell-*/chrome-headless-shell-*/chrome-headless-shell"
"""Where Playwright puts the shell it downloads, beside the directory of the whole browser."""


def chromium_on_path() -> str | None:
    """The path of the Chromium named by CHROMIUM, else of one on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def found_chromium(playwright: Playwright) -> str | None:
    """The one on PATH, else the one Playwright has downloaded."""
    if there := chromium_on_path():
        return there
    own = Path(playwright.chromium.executable_path)  # .../ms-playwright/chromium-1255/chrome-linux64/chrome
    shells = sorted(own.parents[2].glob(SHELLS))
    return next((str(path) for path in (*reversed(shells), own) if path.exists()), None)


def chromium(playwright: Playwright) -> str:
    """The Chromium to use. Without one the test is skipped, and fails where CI=true."""
    if found := found_chromium(playwright):
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING, pytrace=False)
    pytest.skip(MISSING)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that did not run, instead of counting them."""
    reports = terminalreporter.stats.get("skipped", [])
    if names := sorted(report.nodeid for report in reports if MISSING in str(report.longrepr)):
        terminalreporter.section(f"Tests that did not run ({len(names)}): {MISSING}", yellow=True)
        for name in names:
            terminalreporter.write_line(name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's synchronous API runs an event loop in this thread, where Django then refuses the ORM to be safe.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        flags = list(FLAGS)
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium has no sandbox for root
        launched = playwright.chromium.launch(executable_path=chromium(playwright), args=flags)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def _tab(browser: Browser) -> Page:
    return new_tab(browser)


@pytest.fixture(scope="session")
def _tab_without_scripts(browser: Browser) -> Page:
    return new_tab(browser, scripts=False)


def new_tab(browser: Browser, *, scripts: bool = True) -> Page:
    """The tab of a browser that shares nothing with the others."""
    context = browser.new_context(
        viewport=SIZE, reduced_motion="reduce", locale="en-US", timezone_id="America/New_York", java_script_enabled=scripts
    )
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def forget(tab: Page) -> None:
    """Leave the tab as a new one: signed out, nothing stored, nothing intercepted, the usual screen.

    What a test adds with `tab.on(...)` it takes away itself. The cache of static files stays, as it does for people.
    """
    for other in set(tab.context.pages) - {tab}:
        other.close()
    tab.unroute_all(behavior="ignoreErrors")
    if tab.url.startswith("http"):
        tab.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
    tab.goto("about:blank")
    tab.context.clear_cookies()
    tab.set_viewport_size(SIZE)
    tab.emulate_media(color_scheme="light", reduced_motion="reduce")


def let_in(page: Page, url: str, user: User) -> None:
    """Sign the user in to the browser of this page, past the form."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])


@pytest.fixture
def page(_tab: Page) -> Iterator[Page]:
    """A page. The test fails when a script raised, or when the page broke its own Content-Security-Policy."""
    faults: list[str] = []

    def note_exception(error: Error) -> None:
        faults.append(f"script error: {error}")

    def note_policy(said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            faults.append(said.text)

    _tab.on("pageerror", note_exception)
    _tab.on("console", note_policy)
    yield _tab
    forget(_tab)
    _tab.remove_listener("pageerror", note_exception)
    _tab.remove_listener("console", note_policy)
    assert not faults, "\n".join(faults)


@pytest.fixture
def page_without_scripts(_tab_without_scripts: Page) -> Iterator[Page]:
    """The page of another browser, one that runs no scripts."""
    yield _tab_without_scripts
    forget(_tab_without_scripts)
