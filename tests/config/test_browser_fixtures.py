"""A missing browser is never silent, and a browser that many tests share remembers nothing."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser_fixtures import chromium, forget


@pytest.fixture
def playwright_without_a_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Playwright:
    """All that is asked of Playwright is where its own browser would be. The real one may run only once in a thread."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    own = tmp_path / "chromium-1" / "chrome-linux64" / "chrome"
    return cast(Playwright, SimpleNamespace(chromium=SimpleNamespace(executable_path=str(own))))


def test_without_a_browser_its_tests_are_skipped_by_name(
    playwright_without_a_browser: Playwright, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium"):
        chromium(playwright_without_a_browser)


def test_in_ci_a_missing_browser_fails(playwright_without_a_browser: Playwright, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        chromium(playwright_without_a_browser)


def test_a_browser_named_in_the_environment_is_used(
    playwright_without_a_browser: Playwright, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chromium")
    assert chromium(playwright_without_a_browser) == "/opt/chromium"


def test_the_shell_that_playwright_downloads_is_found(playwright_without_a_browser: Playwright, tmp_path: Path) -> None:
    shell = tmp_path / "chromium_headless_shell-1" / "chrome-headless-shell-linux64" / "chrome-headless-shell"
    shell.parent.mkdir(parents=True)
    shell.touch()
    assert chromium(playwright_without_a_browser) == str(shell)


@pytest.mark.browser
def test_a_tab_remembers_nothing_of_the_test_before(page: Page) -> None:
    def visit() -> str:
        page.route("http://site.test/**", lambda route: route.fulfill(body="<p>A page</p>", content_type="text/html"))
        page.goto("http://site.test/")
        return str(page.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}, innerWidth])"))

    untouched = visit()
    page.evaluate("() => { document.cookie = 'a=1'; localStorage.b = 2; sessionStorage.c = 3; window.open('about:blank') }")
    page.set_viewport_size({"width": 390, "height": 844})
    forget(page)
    assert page.context.pages == [page]
    assert visit() == untouched
