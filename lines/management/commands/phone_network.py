"""`manage.py phone_network`: run the simulated phone network as a process of its own."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lines.simulator.defaults import DEMO_LINES
from lines.simulator.network import LineSpec, Network
from lines.simulator.server import serve
from lines.simulator.storage import Storage


class Command(BaseCommand):
    help = "Simulate a phone network: lines that speak the BlueBubbles wire format, and people who answer."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        demo = ", ".join(f"{line.address}:{line.password}" for line in DEMO_LINES)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001)
        parser.add_argument(
            "--line",
            action="append",
            metavar="NUMBER:PASSWORD",
            help=f"a line to simulate; give it again for more. They live below /line1, /line2, … Default: {demo}",
        )
        parser.add_argument("--pace", type=float, default=0.2, help="factor on human delays; 1 is real life (default 0.2)")
        parser.add_argument("--seed", type=int, help="make people's whims repeatable")
        parser.add_argument("--memory", action="store_true", help="forget everything at the end")
        parser.add_argument("--file", type=Path, help="where conversations are kept (default: in the data directory)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = [LineSpec.parse(text) for text in options["line"]] if options["line"] else DEMO_LINES
        except ValueError as error:
            raise CommandError(str(error)) from None
        path = None if options["memory"] else options["file"] or _default_file()
        network = Network(lines, pace=options["pace"], seed=options["seed"], storage=Storage(path))
        url = f"http://{options['host']}:{options['port']}"
        self.stdout.write(f"Phones at {url}/")
        for mac in network.macs.values():
            self.stdout.write(f"  {mac.address}: server URL {url}/{mac.name}, password {mac.password}")
        try:
            serve(network, options["host"], options["port"])
        except OSError as error:
            raise CommandError(f"Cannot listen on {url}: {error.strerror}.") from None


def _default_file() -> Path:
    """Beside the database of `make run`, so that resetting one resets the other."""
    return Path(settings.DATA_DIR) / "phone_network.sqlite3"
