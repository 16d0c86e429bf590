"""Compare the counts that lists show with the conversations themselves; `--repair` writes the difference back.

They agree, because they are written in one transaction. They may not after rows were restored with triggers switched off.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conversations import facets


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        if repair:
            print(f"Repaired {facets.repair()} counts.")
        found = facets.drift()
        for workspace, campaign, cell, n in found[:20]:
            print(f"workspace {workspace}, campaign {campaign}, cell {cell}: counted {n:+} too many")
        if found:
            raise CommandError(f"{len(found)} counts differ from the rows. Run it with --repair.")
        print("Every count is that of the rows.")
