"""Compare the counts that lists and reports show with the rows themselves; `--repair` writes what is right.

They agree, because they are written in one transaction. They may not after rows were restored with triggers switched off.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conversations.inbox import upkeep
from conversations.reports import tallies


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        if repair:
            print(f"Repaired {upkeep.repair()} counts of lists, and the reports of {tallies.repair()} workspaces.")
        found = [f"workspace {one}, campaign {campaign}, cell {cell}: {n:+} too many" for one, campaign, cell, n in upkeep.drift()]
        found += [f"workspace {one}, report by campaign, line, day, key: {told} too many" for one, told in tallies.drift()]
        for told in found[:20]:
            print(told)
        if found:
            raise CommandError(f"{len(found)} counts differ from the rows. Run it with --repair.")
        print("Every count is that of the rows.")
