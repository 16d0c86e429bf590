"""The model card says what the artefact is."""

import json
from pathlib import Path

from intent import artefact
from intent.examples import load, training_files
from intent.training import card

CARD = Path(__file__).resolve().parents[2] / "docs" / "intent-model-card.md"


def test_the_card_is_that_of_the_artefact(tmp_path: Path) -> None:
    manifest = json.loads((artefact.FOLDER / "manifest.json").read_text())
    copy = tmp_path / "card.md"
    copy.write_text(CARD.read_text("utf-8"), "utf-8")
    card.rewrite(copy, manifest, load(training_files()), artefact.FOLDER)
    assert copy.read_text("utf-8") == CARD.read_text("utf-8"), "train_intent --card docs/intent-model-card.md"
    assert manifest["version"] in copy.read_text("utf-8")
