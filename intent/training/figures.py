"""Out-of-fold figures for the manifest and the model card: overall, by language, by tag."""

from collections.abc import Sequence
from typing import Any

from intent.blend import Judgement
from intent.examples import Example
from intent.measuring import Read, figures
from intent.vocabulary import PAIRS, OptOut, Verdict

Judged = Sequence[tuple[Example, Judgement]]


def of(judged: Judged) -> dict[str, Any]:
    """Overall figures, then shares right per tag (``lang:en`` for untagged) and per pair."""
    reads = [Read(example, _verdict(one), 0.0) for example, one in judged]
    return overall(judged) | {"by_tag": _by_tag(reads), "by_pair": _by_pair(reads)}


def overall(judged: Judged) -> dict[str, Any]:
    """What ``manage.py measure_intent`` would say, without times and mistakes."""
    found: dict[str, Any] = dict(figures([Read(example, _verdict(one), 0.0) for example, one in judged]))
    return {key: value for key, value in found.items() if key not in ("worst", "ms", "model_version")}


def _by_tag(reads: Sequence[Read]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[Read]] = {}
    for read in reads:
        tags = read.example.tags
        spoken = [] if any(tag.startswith("lang:") for tag in tags) else ["lang:en"]
        for tag in (*tags, *spoken):
            groups.setdefault(tag, []).append(read)
    return {tag: _group(group) for tag, group in sorted(groups.items())}


def _group(group: Sequence[Read]) -> dict[str, float]:
    outs = [read for read in group if read.example.opt_out]
    others = [read for read in group if not read.example.opt_out]
    right = sum(read.right for read in group)
    status = sum(read.verdict.status == read.example.pair.status for read in group)
    found = {"replies": len(group), "right": right / len(group), "status": status / len(group)}
    if outs:
        found["sure_recall"] = sum(r.verdict.opt_out == OptOut.SURE for r in outs) / len(outs)
    if others:
        found["called"] = sum(r.verdict.opt_out == OptOut.SURE for r in others)
    return {name: round(value, 3) for name, value in found.items()}


def _by_pair(reads: Sequence[Read]) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    for pair in PAIRS:
        true = [read for read in reads if read.example.pair == pair]
        said = [r for r in reads if (r.verdict.status, r.verdict.reason) == tuple(pair)]
        hits = sum(read.right for read in true)
        name = f"{pair.status.label}/{pair.reason.label if pair.reason else 'none'}"
        out[name] = {
            "replies": len(true),
            "precision": round(hits / len(said), 3) if said else 0.0,
            "recall": round(hits / len(true), 3) if true else 0.0,
        }
    return out


def _verdict(one: Judgement) -> Verdict:
    return Verdict(one.pair.status, one.pair.reason, one.band, one.score, one.confidence, (), "out of fold")
