"""``manage.py measure_intent FILE.jsonl [--json]``: figures over labelled replies."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intent.classifier import read
from intent.examples import BadExample, load
from intent.measuring import Figures, measure


class Command(BaseCommand):
    help = "Measure the intent classifier on a file of labelled replies (JSON lines)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE.jsonl")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, files: list[Path], json: bool, **options: Any) -> None:
        try:
            found = measure(load(files), read)
        except (OSError, BadExample, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_as_json(found) if json else _as_text(found))


def _as_json(found: Figures) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False)


def _as_text(found: Figures) -> str:
    sure, flagged = found["opt_out"]["sure"], found["opt_out"]["flagged"]
    lines = [
        f"{found['replies']} replies, model {found['model_version']}",
        f"status   accuracy {found['status_accuracy']:.3f}   macro-F1 {found['status_macro_f1']:.3f}",
        f"reason   macro-F1 {found['reason_macro_f1']:.3f}",
        f"opt-out  sure: precision {sure['precision']:.3f}, recall {sure['recall']:.3f}   "
        f"flagged: recall {flagged['recall']:.3f}, others {flagged['others_share']:.3f}   "
        f"look-alikes called {found['lookalikes_called']}",
        f"confidence error {found['ece']:.3f}   {found['ms']['p50']:.1f} ms a reply (p95 {found['ms']['p95']:.1f})",
        "worst:",
    ]
    lines += [
        f"  {one['id']}: {one['reply'][:70]!r} is {one['expected']}, read as {one['read_as']} ({one['confidence']:.2f})"
        for one in found["worst"]
    ]
    return "\n".join(lines)
