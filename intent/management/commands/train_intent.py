"""``manage.py train_intent --seed 1``: train the intent model and print its figures."""

import hashlib
import json
import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intent import artefact
from intent.examples import BadExample, load, training_files


class Command(BaseCommand):
    help = "Train the intent model on intent/data (needs the [train] extra) and print figures."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--jobs", type=int, default=1, choices=range(1, 5), help="fits at a time, each on one thread")
        parser.add_argument("--out", type=Path, default=artefact.FOLDER, help="artefact folder")
        parser.add_argument("--keep", type=Path, help="folder where fits are kept: a run that was broken off goes on from there")
        parser.add_argument("--card", type=Path, help="model card whose marked parts are rewritten: docs/intent-model-card.md")
        parser.add_argument("--rounds", type=int, default=3, choices=(1, 2, 3), help="folds read for calibration and figures")

    def handle(self, *args: Any, seed: int, jobs: int, out: Path, **options: Any) -> None:
        try:
            from intent.training.card import rewrite
            from intent.training.run import train
        except ImportError as error:
            raise CommandError(f"training needs the [train] extra: {error}") from error
        logging.basicConfig(level=logging.INFO, format="%(message)s")
        files = training_files()
        try:
            examples = load(files)
        except BadExample as error:
            raise CommandError(str(error)) from error
        data = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
        figures = train(examples, out, seed=seed, data=data, jobs=jobs, rounds=options["rounds"], keep=options["keep"])
        if options["card"]:
            rewrite(options["card"], figures, examples, out)
        self.stdout.write(json.dumps(figures, indent=1, ensure_ascii=False))
