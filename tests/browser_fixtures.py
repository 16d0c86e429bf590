"""A Chromium that is already on the machine, or Playwright's own. `make test` installs one where there is none."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

MISSING = "no Chromium; install one (apt-get install chromium, or `playwright install chromium`) or name it in CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def found_chromium(playwright: Playwright) -> str | None:
    """The path of the Chromium named by CHROMIUM, else of one on PATH, else of the one Playwright has downloaded."""
    if named := os.environ.get("CHROMIUM"):
        return named
    own = playwright.chromium.executable_path
    return next((path for name in NAMES if (path := shutil.which(name))), own if Path(own).exists() else None)


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
    with sync_playwright() as playwright:
        flags = ["--disable-dev-shm-usage", "--disable-gpu"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium has no sandbox for root
        launched = playwright.chromium.launch(executable_path=chromium(playwright), args=flags)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", timezone_id="America/New_York")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page. The test fails when a script raised, or when the page broke its own Content-Security-Policy."""
    page = context.new_page()
    faults: list[str] = []

    def note_exception(error: Error) -> None:
        faults.append(f"script error: {error}")

    page.on("pageerror", note_exception)
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    assert not faults, "\n".join(faults)
