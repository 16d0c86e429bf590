"""The processes of `make run`, their output under one roof, and their end in order."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from config.embedded import process
from config.embedded.paths import ROOT

COLOURS: Final = {"web": 36, "worker": 32, "beat": 33, "phones": 34, "console": 1}
_printing = threading.Lock()


def say(name: str, text: str) -> None:
    """One line on the terminal with the name of who said it, in colour where a person looks at it."""
    tag = f"{name:>7} |"
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        tag = f"\033[{COLOURS.get(name, 0)}m{tag}\033[0m"
    with _printing:
        print(f"{tag} {text}", flush=True)


class Child:
    """A process whose every line of output is said under its name."""

    def __init__(self, name: str, args: Sequence[str | Path], env: Mapping[str, str]) -> None:
        self.name = name
        self.process = process.start(args, env=env, cwd=ROOT, output=subprocess.PIPE)
        self._pump = threading.Thread(target=self._repeat, daemon=True)
        self._pump.start()

    def _repeat(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if text := line.decode(errors="replace").rstrip():
                say(self.name, text)

    @property
    def ended(self) -> int | None:
        """Its status (negative: the signal that ended it), or None while it runs."""
        return self.process.poll()

    def ask_to_end(self) -> None:
        if self.ended is None:
            self.process.terminate()

    def kill(self) -> None:
        """End the child and what it started, at once. Safe in a signal handler: it takes no lock."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def wait(self, patience: float) -> None:
        """Wait, and after `patience` seconds kill."""
        try:
            self.process.wait(max(0.1, patience))
        except subprocess.TimeoutExpired:
            say("console", f"{self.name} does not end, so it is killed")
            self.kill()
            self.process.wait()
        self._pump.join(timeout=1)


def end_together(children: Iterable[Child], patience: float = 15) -> None:
    """Ask all of them at once and wait for all of them."""
    group = list(children)
    deadline = time.monotonic() + patience
    for child in group:
        child.ask_to_end()
    for child in group:
        child.wait(deadline - time.monotonic())
