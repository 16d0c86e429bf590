"""See which processes belong to a data directory, and wait for conditions."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from config.embedded.paths import paths_of


def processes_of(root: Path) -> dict[int, str]:
    """Processes whose command line or environment names `root`, or where its servers are kept, by id. This one is none of them."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("reads /proc")
    found = {}
    wanted = {os.fsencode(root), os.fsencode(paths_of(root).servers)}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            environment = (entry / "environ").read_bytes() if command else b""
            if any(name in command or name in environment for name in wanted):
                found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # it ended, or is not ours to look at
    return found


def eventually(condition: Callable[[], object], patience: float = 10) -> bool:
    """Whether the condition comes true within `patience` seconds."""
    deadline, pause = time.monotonic() + patience, 0.02
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(2 * pause, 0.25)  # some look through all processes of the machine, which keeps it from getting there
    return True
