"""Measure one part of the product against its floor in the same run: `manage.py bench import --rows 200000 --json`.

Absolute times belong to one machine; the ratios are the result. A bench works in a workspace of its own, “bench”, and
removes what it made there; `inbox` measures the workspace “scale” that `seed_scale` fills, and leaves it.
"""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BENCHES: Final = {
    "checks": "leads.benches_checks.checks_",
    "dispatch": "conversations.benches.dispatch.dispatch_",
    "export": "conversations.benches.exports.export_",
    "import": "leads.benches.import_",
    "inbox": "conversations.benches.inbox.inbox_",
}
"""{name: module.function}. Each returns figures by name; its whole-number arguments with defaults become options."""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(BENCHES))
        parser.add_argument("--rows", type=int, help="How much of it; each bench has its own default.")
        parser.add_argument("--json", action="store_true", help="One JSON object instead of lines.")

    def handle(self, *args: Any, name: str, rows: int | None, **options: Any) -> None:
        plan = MigrationExecutor(connection)
        if plan.migration_plan(plan.loader.graph.leaf_nodes()):
            raise CommandError("The database is not up to date. Run `manage.py migrate` first, or `make run` once.")
        module, _, function = BENCHES[name].rpartition(".")
        bench = getattr(import_module(module), function)
        given = {"rows": rows} if rows is not None else {}
        if given and "rows" not in inspect.signature(bench).parameters:
            raise CommandError(f"bench {name} takes no --rows")
        figures: dict[str, Any] = {"bench": name, **bench(**given)}
        if options["json"]:
            print(json.dumps(figures))
        else:
            for label, figure in figures.items():
                print(f"{label.replace('_', ' '):<34} {figure:,}" if isinstance(figure, int | float) else f"{label:<34} {figure}")
