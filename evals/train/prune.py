"""A reader with fewer neurons: ``python -m evals.train.prune MODEL TARGET --neurons 1280 --data DIR``.

In each feed-forward layer those that matter least to the loss go. A neuron matters as much as its output
times the loss's gradient there, summed over a text's tokens, squared and summed over texts (Molchanov et
al. 2019, arXiv:1906.10771, a gate on each neuron). What is left is trained on for a little.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.train import negatives
from evals.train.batches import encode, load_tokenizer
from evals.train.data import Example, Row, positive, read_rows
from evals.train.mix import hold_out
from evals.train.train import Recipe, load_model, loss_of

if TYPE_CHECKING:
    import torch

_SOURCES = ("new_wiki", "qamr", "reddit")
_EACH = 160
_BATCH = 16


def sample(rows: Mapping[str, Sequence[Row]], *, seed: int) -> list[Example]:
    """Examples to judge neurons by: answered ones of several sources, and what is left without the answer."""
    rng = random.Random(f"{seed} neurons")  # noqa: S311 (reproducible, not secret)
    chosen = [row for name in _SOURCES for row in rng.sample(rows[name], min(_EACH, len(rows[name])))]
    emptied = [negatives.removed(row, rng) for row in chosen]
    return [*(positive(row, rng) for row in chosen), *(example for example in emptied if example)]


def importance(model: Any, examples: Sequence[Example], tokenizer: Any) -> list[torch.Tensor]:
    """How much each neuron matters, ``[neurons]`` for each layer from below."""
    outputs: dict[int, torch.Tensor] = {}

    def keep(layer: int) -> Any:
        def hook(_module: Any, _inputs: Any, output: torch.Tensor) -> None:
            output.retain_grad()
            outputs[layer] = output

        return hook

    layers = model.base_model.encoder.layer
    hooks = [layer.intermediate.register_forward_hook(keep(n)) for n, layer in enumerate(layers)]
    model.eval()
    totals: list[torch.Tensor] = []
    for at in range(0, len(examples), _BATCH):
        loss_of(model, encode(examples[at : at + _BATCH], tokenizer)).backward()
        found = [_squared(outputs[n]) for n in range(len(layers))]
        totals = [a + b for a, b in zip(totals, found, strict=True)] if totals else found
        model.zero_grad(set_to_none=True)
    for hook in hooks:
        hook.remove()
    return totals


def _squared(output: torch.Tensor) -> torch.Tensor:
    assert output.grad is not None  # noqa: S101 (retained, and the loss went back through it)
    return ((output.float() * output.grad.float()).sum(1) ** 2).sum(0).detach()


def prune(model: Any, scores: Sequence[torch.Tensor], neurons: int) -> None:
    """Leaves the ``neurons`` that matter most in each layer, in their order.

    Raises:
        ValueError: there aren't so many.
    """
    import torch

    if not 0 < neurons <= model.config.intermediate_size:
        raise ValueError(f"a layer has {model.config.intermediate_size} neurons, not {neurons}")
    for layer, score in zip(model.base_model.encoder.layer, scores, strict=True):
        kept = score.argsort(descending=True)[:neurons].sort().values
        up, down = layer.intermediate.dense, layer.output.dense
        up.weight = torch.nn.Parameter(up.weight[kept].clone())
        up.bias = torch.nn.Parameter(up.bias[kept].clone())
        down.weight = torch.nn.Parameter(down.weight[:, kept].clone())
        up.out_features = down.in_features = neurons
    model.config.intermediate_size = neurons


def main(arguments: list[str] | None = None) -> int:
    """Prune from the command line; prints what each layer loses. 2: wrong use."""
    parser = argparse.ArgumentParser(prog="python -m evals.train.prune", description="Prune a reader.")
    parser.add_argument("model", type=Path)
    parser.add_argument("target", type=Path, help="folder to write")
    parser.add_argument("--neurons", type=int, required=True, help="how many each layer keeps")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files")
    parser.add_argument("--tokenizer", type=Path, default=Path("rag/models/reader"))
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    options = parser.parse_args(arguments)
    try:
        learn, _ = hold_out(read_rows(options.data))
        model = load_model(options.model)
        tokenizer = load_tokenizer(options.tokenizer, Recipe().tokens)
        scores = importance(model, sample(learn, seed=options.seed), tokenizer)
        prune(model, scores, options.neurons)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for number, score in enumerate(scores):
        lost = score.sort().values[: len(score) - options.neurons].sum() / score.sum()
        sys.stdout.write(f"layer {number}: {100 * float(lost):.1f} % of what its neurons matter is gone\n")
    model.save_pretrained(options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
