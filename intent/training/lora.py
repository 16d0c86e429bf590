"""The encoder in torch, with low-rank adapters on every linear layer: training only."""

import math
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from intent.encoder import HEAD_WIDTH, LAYERS, Adapters, base_weights

WIDTH, HEADS = 384, 12
#: How many lower layers stay as they are.
FROZEN = 2
#: Type of the frozen weights while training. Where the processor multiplies bfloat16 itself a fit takes 0.6 of the
#: time; elsewhere it would take longer, so float32 stays (and the parts come out a little different).
FROZEN_TYPE = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")
LINEARS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class _Adapted(torch.autograd.Function):
    """``x @ weight.T + (x @ a.T) @ b.T + bias`` with the frozen product in bfloat16.

    The frozen weight takes nearly all the time and needs no gradient; in half the bits it takes less than half of it.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, a: torch.Tensor, b: torch.Tensor, bias: torch.Tensor) -> Any:
        low = F.linear(x, a)
        out = F.linear(x.to(weight.dtype), weight).to(x.dtype)
        out.addmm_(low, b.t()).add_(bias)
        ctx.save_for_backward(x, low, weight, a, b)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        x, low, weight, a, b = ctx.saved_tensors
        (grad,) = grads
        to_low = grad @ b
        to_x = (grad.to(weight.dtype) @ weight).to(x.dtype).addmm_(to_low, a)
        return to_x, None, to_low.t() @ x, grad.t() @ low, grad.sum(0)


class Adapted(nn.Module):
    """A frozen linear layer plus ``b @ a`` of a small rank; the bias is trained."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, rank: int) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("quick", weight.to(FROZEN_TYPE))
        self.bias = nn.Parameter(bias.clone())
        self.a = nn.Parameter(torch.randn(rank, weight.shape[1]) / math.sqrt(weight.shape[1]))
        self.b = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        frozen = self.quick if self.training else self.weight
        flat: torch.Tensor = _Adapted.apply(x.reshape(-1, x.shape[-1]), frozen, self.a, self.b, self.bias)
        return flat.view(*x.shape[:-1], -1)


class Layer(nn.Module):
    def __init__(self, index: int, weights: dict[str, torch.Tensor], rank: int) -> None:
        super().__init__()
        at = f"encoder.layer.{index}."
        self.linears = nn.ModuleList([Adapted(weights[at + n + ".weight"], weights[at + n + ".bias"], rank) for n in LINEARS])
        self.norms = nn.ModuleList()
        for name in NORMS:
            norm = nn.LayerNorm(WIDTH, eps=1e-12)
            norm.weight.data.copy_(weights[at + name + ".weight"])
            norm.bias.data.copy_(weights[at + name + ".bias"])
            self.norms.append(norm)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, mask: torch.Tensor, upto: int | None = None) -> torch.Tensor:
        """(batch, upto, 384) from (batch, tokens, 384): all tokens are looked at, the first ``upto`` are worked out."""
        query, key, value, out, up, down = self.linears

        def heads(y: torch.Tensor) -> torch.Tensor:
            return y.view(*y.shape[:2], HEADS, HEAD_WIDTH).transpose(1, 2)

        mine = x[:, :upto]
        mixed = F.scaled_dot_product_attention(heads(query(mine)), heads(key(x)), heads(value(x)), attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(mine.shape)
        x = self.norms[0](self.drop(out(mixed)) + mine)
        result: torch.Tensor = self.norms[1](self.drop(down(F.gelu(up(x)))) + x)
        return result


class Classifier(nn.Module):
    """The upper layers with adapters, pooling and heads: 16 joint logits and one opt-out logit.

    The lower layers stay as they are, so what they make of a row is computed once (``below``).
    """

    def __init__(self, outputs: int, rank: int) -> None:
        super().__init__()
        weights = _base()
        self.layers = nn.ModuleList([Layer(i, weights, rank) for i in range(FROZEN, LAYERS)])
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(2 * WIDTH, outputs)

    def forward(self, x: torch.Tensor, own: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
        """(batch, outputs) from (batch, tokens, 384), how many tokens are the reply's own, and lengths.

        The first token and the mean over the reply's own tokens are pooled.
        """
        inside = (torch.arange(x.shape[1])[None] < length[:, None])[:, None, None, :]
        for layer in self.layers[:-1]:
            x = layer(x, inside)
        x = self.layers[-1](x, inside, int(own.max()))  # of the question nothing is pooled
        mine = (torch.arange(x.shape[1])[None] < own[:, None]).to(x.dtype)[..., None]
        pooled = torch.cat([x[:, 0], (x * mine).sum(1) / mine.sum(1)], dim=1)
        result: torch.Tensor = self.head(self.drop(pooled))
        return result

    def adapters(self) -> Adapters:
        """The trained parts by the base tensor's name; low-rank pairs end in .a and .b."""
        out: Adapters = {}
        for index, layer in enumerate(self.layers, FROZEN):
            at = f"encoder.layer.{index}."
            for name, linear in zip(LINEARS, layer.linears, strict=True):
                for part in ("a", "b", "bias"):
                    out[f"{at}{name}.{part}"] = _numpy(getattr(linear, part))
            for name, norm in zip(NORMS, layer.norms, strict=True):
                out[f"{at}{name}.weight"] = _numpy(norm.weight)
                out[f"{at}{name}.bias"] = _numpy(norm.bias)
        return out

    def heads(self) -> Adapters:
        return {"head.w": _numpy(self.head.weight), "head.b": _numpy(self.head.bias)}


class Below(nn.Module):
    """Embeddings and the frozen lower layers."""

    def __init__(self) -> None:
        super().__init__()
        weights = _base()
        for part in ("word", "position", "token_type"):
            self.register_buffer(part, weights[f"embeddings.{part}_embeddings.weight"])
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.norm.weight.data.copy_(weights["embeddings.LayerNorm.weight"])
        self.norm.bias.data.copy_(weights["embeddings.LayerNorm.bias"])
        self.layers = nn.ModuleList([Layer(i, weights, 1) for i in range(FROZEN)])
        self.eval()

    def forward(self, ids: torch.Tensor, kinds: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
        """(batch, tokens, 384) from padded (batch, tokens) ids and segments, and true lengths."""
        inside = (torch.arange(ids.shape[1])[None] < length[:, None])[:, None, None, :]
        x: torch.Tensor = self.norm(self.word[ids] + self.position[: ids.shape[1]] + self.token_type[kinds])
        for layer in self.layers:
            x = layer(x, inside)
        return x


def _base() -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(np.array(value)) for name, value in base_weights().items()}


def _numpy(tensor: Any) -> Any:
    return tensor.detach().float().numpy().copy()
