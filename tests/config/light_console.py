"""A console whose processes are light: `python -m tests.config.light_console 8000`.

What it does around its processes (starts them, starts them again, ends them in order, the databases last) is the same whatever
they do, and the product's own take seconds to start.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from config.embedded.console import Console
from config.embedded.recipes import Recipe


class LightConsole(Console):
    def prepare(self) -> None:
        """Nobody asks the database for anything."""

    def recipes(self) -> Iterator[Recipe]:
        process = Path(__file__).with_name("light_process.py")
        for name in ("web", "worker", "beat"):
            yield Recipe(name, (sys.executable, str(process), name, str(self.port), str(self.paths.postgres)))


if __name__ == "__main__":
    sys.exit(LightConsole("127.0.0.1", int(sys.argv[1]), demo=False).run())
