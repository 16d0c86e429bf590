"""python -m tests.install_browser: see that there is a Chromium for the browser tests, and install one where there is none.

As root on Debian its own package, which brings the libraries and fonts along; else the one Playwright downloads. The headless
shell where there is one: it is smaller and quicker. When nothing can be had this says so and ends well: the tests themselves
then say that they did not run, or fail where CI=true.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

from tests.browser_fixtures import chromium_on_path, found_chromium

PATIENCE = 150  # seconds that all of it may take


def main() -> None:
    if chromium_on_path():
        return
    with sync_playwright() as playwright:
        if found_chromium(playwright):
            return
    print("No Chromium is here; installing one for the browser tests ...", flush=True)
    if not any(run(*command) for command in ways()):
        print("No Chromium could be installed: the browser tests will not run.", file=sys.stderr)


def ways() -> list[list[list[str]]]:
    """Each way is a list of commands that all have to succeed."""
    downloaded = [[sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]]
    if os.geteuid() or not shutil.which("apt-get"):
        return [downloaded]
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "fonts-liberation"]
    shell, whole = [*install, "chromium-headless-shell"], [*install, "chromium"]
    return [[["apt-get", "update", "-qq"], shell], [whole], downloaded]


def run(*commands: list[str]) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return all(
            subprocess.run(command, env=env, stdout=subprocess.DEVNULL, timeout=PATIENCE).returncode == 0 for command in commands
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        print(error, file=sys.stderr)
        return False


if __name__ == "__main__":
    main()
