"""The trained artefact on disk: read with its hashes checked, once per process.

``intent/model/`` holds manifest.json (versions, hashes, blend, figures), encoder.onnx (the
graph without weights), adapters.npz (float16) and linear.npz (int8).
"""

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from intent.blend import Blend
from intent.encoder import Adapters
from intent.ngrams import Linear

FOLDER: Final = Path(__file__).resolve().parent / "model"
PARTS: Final = ("encoder.onnx", "adapters.npz", "linear.npz")


class BrokenArtefact(RuntimeError):
    """A part is missing or is not the one the manifest names."""


@dataclass(frozen=True, slots=True)
class Artefact:
    version: str
    graph: bytes
    adapters: Adapters
    linear: Linear
    blend: Blend
    light: Blend
    """The blend for the n-gram model alone, used where the encoder is not installed."""


def load(folder: Path = FOLDER) -> Artefact:
    """Raises BrokenArtefact where a part does not match its hash."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        parts = {name: (folder / name).read_bytes() for name in PARTS}
    except (OSError, ValueError) as error:
        raise BrokenArtefact(f"the intent model cannot be read: {error}") from error
    for name, raw in parts.items():
        if manifest["sha256"].get(name) != hashlib.sha256(raw).hexdigest():
            raise BrokenArtefact(f"{name} is not the part this manifest was written for")
    with np.load(io.BytesIO(parts["adapters.npz"]), allow_pickle=False) as stored:
        adapters = {name: stored[name].astype(np.float32) for name in stored.files}
    with np.load(io.BytesIO(parts["linear.npz"]), allow_pickle=False) as stored:
        linear = Linear(stored["weights"], stored["scales"], stored["bias"])
    return Artefact(
        version=manifest["version"],
        graph=parts["encoder.onnx"],
        adapters=adapters,
        linear=linear,
        blend=_blend(manifest["blend"]),
        light=_blend(manifest["light"]),
    )


def save(
    folder: Path,
    graph: bytes,
    adapters: Adapters,
    linear: Linear,
    blend: Blend,
    light: Blend,
    about: dict[str, Any],
) -> dict[str, Any]:
    """Write every part and the manifest, and return it. The version is made of hashes and blends."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "encoder.onnx").write_bytes(graph)
    _write_npz(folder / "adapters.npz", {k: v.astype(np.float16) for k, v in adapters.items()})
    _write_npz(
        folder / "linear.npz",
        {"weights": linear.weights, "scales": linear.scales, "bias": linear.bias},
    )
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in PARTS}
    decisive = json.dumps([hashes, asdict(blend), asdict(light)], sort_keys=True)
    version = "1-" + hashlib.sha256(decisive.encode()).hexdigest()[:8]
    manifest: dict[str, Any] = {
        "version": version,
        "sha256": hashes,
        "blend": asdict(blend),
        "light": asdict(light),
        **about,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    return manifest


def _write_npz(path: Path, arrays: dict[str, Any]) -> None:
    """Compressed; NumPy dates every entry alike, so equal arrays give equal bytes."""
    np.savez_compressed(path, **arrays)


def _blend(stored: dict[str, Any]) -> Blend:
    a, b, c, constant = stored["opt_out"]
    by = stored["by_manner"]
    return Blend(
        joint=(stored["joint"][0], stored["joint"][1]),
        by_manner=(by[0], by[1], by[2], by[3]),
        bias=tuple(stored["bias"]),
        vote=stored["vote"],
        wish=stored["wish"],
        opt_out=(a, b, c, constant),
        trust=(stored["trust"][0], stored["trust"][1]),
        sure=stored["sure"],
        suspect=stored["suspect"],
        decided=stored["decided"],
    )
