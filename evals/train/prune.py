"""A reader with fewer neurons: ``python -m evals.train.prune MODEL TARGET --neurons 1280 --data DIR``.

In each feed-forward layer neurons go one by one: the one without which the layer's output can be had
again best from the others, by least squares over the tokens of a sample; and the others' weights are
changed to give it (Hassibi and Stork 1993, "Second order derivatives for network pruning: optimal brain
surgeon"; whole neurons at once: Kurtic et al. 2023, arXiv:2302.04089). It needs no gradients and no labels.
What is left can be trained on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.train.batches import encode, load_tokenizer
from evals.train.data import Example, read_rows
from evals.train.mix import Mixer, hold_out
from evals.train.train import Recipe, accepted, load_model

if TYPE_CHECKING:
    import torch

_EXAMPLES = 2_000
_BATCH = 16
_RIDGE = 1e-4  # of the mean of the moments' diagonal


def moments(model: Any, examples: Sequence[Example], tokenizer: Any) -> list[torch.Tensor]:
    """How the neurons of each layer vary together, ``[neurons + 1, neurons + 1]`` for each from below.

    The mean over all tokens of the products of outputs; the last one is a constant 1.
    """
    import torch

    layers = model.base_model.encoder.layer
    kept: dict[int, torch.Tensor] = {}

    def keep(layer: int) -> Any:
        return lambda _module, _inputs, output: kept.__setitem__(layer, output)

    hooks = [layer.intermediate.register_forward_hook(keep(n)) for n, layer in enumerate(layers)]
    model.eval()
    ranked = sorted(examples, key=lambda example: len(example.context))  # little padding
    totals, tokens = [torch.zeros(()).double() for _ in layers], 0
    for at in range(0, len(ranked), _BATCH):
        batch = encode(ranked[at : at + _BATCH], tokenizer)
        inputs = {name: torch.from_numpy(array) for name, array in batch.inputs.items()}
        with torch.inference_mode():
            model(**accepted(model, inputs))
        real = inputs["attention_mask"].bool()
        tokens += int(real.sum())
        for n in range(len(layers)):
            outputs = torch.nn.functional.pad(kept[n][real], (0, 1), value=1.0)
            totals[n] = totals[n] + (outputs.T @ outputs).double()
    for hook in hooks:
        hook.remove()
    return [total / tokens for total in totals]


def surgery(weight: torch.Tensor, moment: torch.Tensor, neurons: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The numbers of the ``neurons`` that stay, in order, and the weights that make up for the rest.

    ``weight`` is ``[outputs, neurons + 1]``, the bias in the last column, which stays; so does that of
    what comes back, ``[outputs, neurons kept + 1]``.
    """
    import torch

    weight, size = weight.double().clone(), len(moment)
    ridge = _RIDGE * moment.diagonal().mean()
    inverse = torch.linalg.inv(moment.double() + ridge * torch.eye(size).double())
    gone = torch.zeros(size, dtype=torch.bool)
    for _ in range(size - 1 - neurons):
        cost = (weight**2).sum(0) / inverse.diagonal()
        cost[gone] = cost[-1] = torch.inf
        worst = int(cost.argmin())
        row = inverse[worst].clone()
        weight -= torch.outer(weight[:, worst] / row[worst], row)
        inverse -= torch.outer(row, row) / row[worst]
        # What is left of it is rounding, and must not come back.
        weight[:, worst] = inverse[worst] = inverse[:, worst] = 0
        inverse[worst, worst] = 1
        gone[worst] = True
    stay = (~gone).nonzero()[:, 0]
    return stay[:-1], weight[:, stay].float()


def prune(model: Any, moments: Sequence[torch.Tensor], neurons: int) -> list[float]:
    """Leaves ``neurons`` in each layer; what share of each layer's output (squared) is lost by it.

    Raises:
        ValueError: there aren't so many.
    """
    import torch

    if not 0 < neurons <= model.config.intermediate_size:
        raise ValueError(f"a layer has {model.config.intermediate_size} neurons, not {neurons}")
    lost = []
    for layer, moment in zip(model.base_model.encoder.layer, moments, strict=True):
        up, down = layer.intermediate.dense, layer.output.dense
        before = torch.cat([down.weight, down.bias[:, None]], 1).detach()
        stay, after = surgery(before, moment, neurons)
        change = before.double().clone()
        change[:, [*stay.tolist(), -1]] -= after
        lost.append(float(_energy(change, moment) / _energy(before.double(), moment)))
        up.weight = torch.nn.Parameter(up.weight[stay].detach().clone())
        up.bias = torch.nn.Parameter(up.bias[stay].detach().clone())
        down.weight = torch.nn.Parameter(after[:, :-1].clone())
        down.bias = torch.nn.Parameter(after[:, -1].clone())
        up.out_features = down.in_features = neurons
    model.config.intermediate_size = neurons
    return lost


def _energy(weight: torch.Tensor, moment: torch.Tensor) -> torch.Tensor:
    return ((weight @ moment) * weight).sum()


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
        examples = Mixer(learn, seed=options.seed).draw(_EXAMPLES)
        lost = prune(model, moments(model, examples, tokenizer), options.neurons)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for number, share in enumerate(lost):
        sys.stdout.write(f"layer {number}: {100 * share:.2f} % of its output is lost\n")
    model.save_pretrained(options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
