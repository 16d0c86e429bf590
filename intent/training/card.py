"""The parts of the model card that follow from a training run, written between marks in docs/intent-model-card.md."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from intent.artefact import PARTS
from intent.examples import Example

_WHAT: Final = {
    "linear.npz": "hashed word and letter n-grams (2^16 buckets), 16 pairs and an opt-out output, int8",
    "adapters.npz": "low-rank changes to the upper four of the encoder's six layers, and the heads, float16",
    "encoder.onnx": "the six layers as a graph without weights",
}
_FEW: Final = 5
"""Tags with fewer replies are left out."""


def rewrite(card: Path, manifest: dict[str, Any], examples: Sequence[Example], folder: Path) -> None:
    """Put what a run found between ``<!-- NAME -->`` and ``<!-- /NAME -->``; everything else stays as people wrote it."""
    text = card.read_text("utf-8")
    for name, made in parts(manifest, examples, folder).items():
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, found, rest = text.partition(start)
        if found:
            text = f"{before}{start}\n{made}\n{end}{rest.partition(end)[2]}"
    card.write_text(text, "utf-8")


def parts(manifest: dict[str, Any], examples: Sequence[Example], folder: Path) -> dict[str, str]:
    """{name of the mark: Markdown}."""
    sizes = [(name, _WHAT[name], f"{(folder / name).stat().st_size:,}") for name in sorted(PARTS, key=list(_WHAT).index)]
    tongues = Counter(next((tag[5:] for tag in one.tags if tag.startswith("lang:")), "en") for one in examples)
    found = manifest["out_of_fold"]
    return {
        "model": f"Model {manifest['version']}, seed {manifest['seed']}.",
        "parts": _table(("part", "what", "bytes in git"), sizes),
        "languages": "Languages: " + ", ".join(f"{name} {n:,}" for name, n in tongues.most_common()) + ".",
        "figures": _figures(manifest),
        "labels": _table(
            ("label", "replies", "precision", "recall"),
            [(name, one["replies"], f"{one['precision']:.2f}", f"{one['recall']:.2f}") for name, one in found["by_pair"].items()],
        ),
        "tags": _table(
            ("tag", "replies", "status and reason right", "status right", "sure opt-outs found", "called opt-out wrongly"),
            [_tag(name, one) for name, one in _largest(found["by_tag"]) if one["replies"] >= _FEW],
        ),
    }


def _figures(manifest: dict[str, Any]) -> str:
    columns = {"all": manifest["out_of_fold"], **manifest["out_of_fold_by"]}
    rows: dict[str, list[object]] = {
        "replies": [f"{one['replies']:,}" for one in columns.values()],
        "status accuracy": [one["status_accuracy"] for one in columns.values()],
        "status macro-F1": [one["status_macro_f1"] for one in columns.values()],
        "reason macro-F1 (none is a class)": [one["reason_macro_f1"] for one in columns.values()],
        "opt-out, sure: precision": [one["opt_out"]["sure"]["precision"] for one in columns.values()],
        "opt-out, sure: recall": [one["opt_out"]["sure"]["recall"] for one in columns.values()],
        "opt-out, sure or suspect: recall": [one["opt_out"]["flagged"]["recall"] for one in columns.values()],
        "other replies flagged": [one["opt_out"]["flagged"]["others_share"] for one in columns.values()],
        "look-alikes called opt-out": [one["lookalikes_called"] for one in columns.values()],
        "expected calibration error": [one["ece"] for one in columns.values()],
    }
    shown = [(name, *(f"{one:.3f}" if isinstance(one, float) else one for one in values)) for name, values in rows.items()]
    return _table(("figure", *columns), shown)


def _largest(tags: dict[str, dict[str, float]]) -> list[tuple[str, dict[str, float]]]:
    return sorted(tags.items(), key=lambda item: -item[1]["replies"])


def _tag(name: str, one: dict[str, float]) -> tuple[object, ...]:
    sure = f"{one['sure_recall']:.2f}" if "sure_recall" in one else "-"
    called = int(one["called"]) if "called" in one else "-"
    return name, int(one["replies"]), f"{one['right']:.2f}", f"{one['status']:.2f}", sure, called


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
