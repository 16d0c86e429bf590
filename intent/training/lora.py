"""The encoder in torch, with low-rank adapters on every linear layer: training only."""

import math
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from intent.encoder import HEAD_WIDTH, LAYERS, Adapters, base_weights

WIDTH, HEADS = 384, 12
LINEARS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class Adapted(nn.Module):
    """A frozen linear layer plus ``b @ a`` of a small rank; the bias is trained."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, rank: int) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.bias = nn.Parameter(bias.clone())
        self.a = nn.Parameter(torch.randn(rank, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.b = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # Kept apart: the frozen weight needs no gradient, which saves a third of the time.
        return F.linear(x, self.weight, self.bias) + F.linear(F.linear(x, self.a), self.b)


class Layer(nn.Module):
    def __init__(self, index: int, weights: dict[str, torch.Tensor], rank: int) -> None:
        super().__init__()
        at = f"encoder.layer.{index}."
        self.linears = nn.ModuleList([Adapted(weights[at + n + ".weight"], weights[at + n + ".bias"], rank) for n in LINEARS])
        self.norms = nn.ModuleList()
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            norm = nn.LayerNorm(WIDTH, eps=1e-12)
            norm.weight.data.copy_(weights[at + name + ".weight"])
            norm.bias.data.copy_(weights[at + name + ".bias"])
            self.norms.append(norm)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        query, key, value, out, up, down = self.linears
        batch, length, _ = x.shape

        def heads(y: torch.Tensor) -> torch.Tensor:
            return y.view(batch, length, HEADS, HEAD_WIDTH).transpose(1, 2)

        mixed = F.scaled_dot_product_attention(heads(query(x)), heads(key(x)), heads(value(x)), attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.norms[0](self.drop(out(mixed)) + x)
        result: torch.Tensor = self.norms[1](self.drop(down(F.gelu(up(x)))) + x)
        return result


class Classifier(nn.Module):
    """Encoder, pooling and heads: 16 joint logits and one opt-out logit per row."""

    def __init__(self, outputs: int, rank: int) -> None:
        super().__init__()
        weights = {k: torch.from_numpy(np.array(v)) for k, v in base_weights().items()}
        for part in ("word", "position", "token_type"):
            self.register_buffer(part, weights[f"embeddings.{part}_embeddings.weight"])
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.norm.weight.data.copy_(weights["embeddings.LayerNorm.weight"])
        self.norm.bias.data.copy_(weights["embeddings.LayerNorm.bias"])
        # A small learned correction for every word piece: the base vocabulary knows English
        # only, and pieces of other languages and typos need a meaning of their own.
        self.piece = nn.Embedding(self.word.shape[0], rank)
        nn.init.zeros_(self.piece.weight)
        self.lift = nn.Parameter(torch.randn(rank, WIDTH) * 0.02)
        self.layers = nn.ModuleList([Layer(i, weights, rank) for i in range(LAYERS)])
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(2 * WIDTH, outputs)

    def pooled(self, ids: torch.Tensor, kinds: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
        """(batch, 768): the first token and the mean over the reply's own tokens."""
        where = torch.arange(ids.shape[1])
        inside = where[None] < length[:, None]
        words = self.word[ids] + self.piece(ids) @ self.lift
        x = self.norm(words + self.position[where][None] + self.token_type[kinds])
        x = self.drop(x)
        for layer in self.layers:
            x = layer(x, inside[:, None, None, :])
        own = (inside & (kinds == 0)).float()[..., None]
        return torch.cat([x[:, 0], (x * own).sum(1) / own.sum(1)], dim=1)

    def forward(self, ids: torch.Tensor, kinds: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.head(self.drop(self.pooled(ids, kinds, length)))
        return result

    def adapters(self) -> Adapters:
        """The trained parts by the base tensor's name; low-rank pairs end in .a and .b."""
        out: Adapters = {
            "embeddings.piece": _numpy(self.piece.weight),
            "embeddings.lift": _numpy(self.lift),
            "embeddings.LayerNorm.weight": _numpy(self.norm.weight),
            "embeddings.LayerNorm.bias": _numpy(self.norm.bias),
        }
        for index, layer in enumerate(self.layers):
            at = f"encoder.layer.{index}."
            for name, linear in zip(LINEARS, layer.linears, strict=True):
                for part in ("a", "b", "bias"):
                    out[f"{at}{name}.{part}"] = _numpy(getattr(linear, part))
            for name, norm in zip(("attention.output.LayerNorm", "output.LayerNorm"), layer.norms, strict=True):
                out[f"{at}{name}.weight"] = _numpy(norm.weight)
                out[f"{at}{name}.bias"] = _numpy(norm.bias)
        return out

    def heads(self) -> Adapters:
        return {"head.w": _numpy(self.head.weight), "head.b": _numpy(self.head.bias)}


def _numpy(tensor: Any) -> Any:
    return tensor.detach().float().numpy().copy()
