"""A reader that takes less time: ``python -m evals.train.prune MODEL TARGET --keep 0.64 --data DIR``.

Attention heads and feed-forward neurons go one by one: of each layer the one whose loss the others can
make up for best, their weights being changed to do so (Hassibi and Stork 1993, "Second order derivatives
for network pruning: optimal brain surgeon"; heads and neurons as wholes: Kurtic et al. 2022,
arXiv:2203.07259). What a change costs is told by how a layer's inputs vary together and how the loss's
gradients at its outputs do, on a sample (their Kronecker product stands for the curvature: van der
Ouderaa et al. 2024, arXiv:2312.17244); the loss is the cross entropy of the model's own answers, so that
no labels are needed. That cost is comparable between layers, and so each keeps what the whole loses least
by in the time that is to be kept (Kurtic et al. 2023, arXiv:2302.04089).

What goes is made 0, and the folder written has the model's shape: training goes on from it (what is 0
has no gradient, and stays so), and a graph that is made of it has the smaller one (``rag.adapters.graphs``).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.train.data.example_cache import draw, read
from evals.train.data.examples import Example
from evals.train.data.mixture import hold_out
from evals.train.model.batches import encode, load_tokenizer
from evals.train.model.trainer import Recipe, accepted, load_model, place, tensors

if TYPE_CHECKING:
    import torch

_EXAMPLES = 2_000
_BATCH = 16
_RIDGE = 1e-4  # of the mean of the inputs' moments' diagonal
_NEURONS = 32  # how many go between two choices
# What one takes of the time of a passage of 150 tokens: 0.112 ms and, for 128 neurons, 0.12 (int8, one
# thread, ONNX Runtime 1.32).
_HEAD_COSTS, _NEURON_COSTS = 120, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The heads of a layer, or its neurons: what makes them and what takes them.

    ``width`` of what is taken go together. ``every`` so many of these groups there is a choice.
    """

    name: str
    makers: Sequence[Any]
    taker: Any
    width: int
    costs: int
    every: int

    @property
    def groups(self) -> int:
        return int(self.taker.in_features) // self.width

    @property
    def weight(self) -> torch.Tensor:
        """``[outputs, taken + 1]``, the bias in the last column."""
        import torch

        return torch.cat([self.taker.weight, self.taker.bias[:, None]], 1).detach().double()

    def leave(self, weight: torch.Tensor) -> None:
        """Takes these weights; what made an input that isn't asked for any more goes, too."""
        import torch

        gone = (weight[:, :-1] == 0).all(0)
        with torch.no_grad():
            self.taker.weight.copy_(weight[:, :-1])
            self.taker.bias.copy_(weight[:, -1])
            for maker in self.makers:
                maker.weight[gone] = 0
                maker.bias[gone] = 0


@dataclass(slots=True)
class Moments:
    """How what a part is given varies, and the loss with what it gives.

    ``inputs`` is ``[taken + 1, taken + 1]``, the products of what is taken and a constant 1, and
    ``gradients`` ``[outputs, outputs]``, those of the loss's slopes; both summed over tokens.
    """

    inputs: torch.Tensor
    gradients: torch.Tensor
    tokens: int = 0
    examples: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """So many groups stay: the weights then, and what the loss of an example rises by (nats)."""

    groups: int
    weight: torch.Tensor
    loss: float


def parts(model: Any) -> list[Part]:
    """Heads and neurons of each layer of a BERT, from below."""
    found = []
    for number, layer in enumerate(model.base_model.encoder.layer):
        own, out = layer.attention.self, layer.attention.output.dense
        heads = Part(
            name=f"layer {number}: heads",
            makers=(own.query, own.key, own.value),
            taker=out,
            width=own.attention_head_size,
            costs=_HEAD_COSTS,
            every=1,
        )
        neurons = Part(
            name=f"layer {number}: neurons",
            makers=(layer.intermediate.dense,),
            taker=layer.output.dense,
            width=1,
            costs=_NEURON_COSTS,
            every=_NEURONS,
        )
        found += [heads, neurons]
    return found


def measure(
    model: Any, found: Sequence[Part], examples: Sequence[Example], tokenizer: Any, *, seed: int
) -> list[Moments]:
    """The moments of each part, over the examples."""
    import torch

    seen: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}

    def watch(name: str) -> Any:
        def keep(_module: Any, taken: Any, given: Any) -> None:
            given.retain_grad()
            seen[name] = (taken[0].detach(), given)

        return keep

    hooks = [part.taker.register_forward_hook(watch(part.name)) for part in found]
    moments = [Moments(torch.zeros(()).double(), torch.zeros(()).double()) for _ in found]
    random = torch.Generator().manual_seed(seed)
    model.eval()
    ranked = sorted(examples, key=lambda example: len(example.context))  # little padding
    for at in range(0, len(ranked), _BATCH):
        batch = encode(ranked[at : at + _BATCH], tokenizer)
        inputs = tensors(batch.inputs, place(model))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = model(**accepted(model, inputs))
        model.zero_grad()
        _own_answers(out, inputs, random).backward()
        real = inputs["attention_mask"].bool()
        for part, moment in zip(found, moments, strict=True):
            taken, given = seen[part.name]
            moment.inputs = moment.inputs + _products(torch.nn.functional.pad(taken[real], (0, 1), value=1.0))
            moment.gradients = moment.gradients + _products(given.grad[real])
            moment.tokens += int(real.sum())
            moment.examples += len(real)
    model.zero_grad()
    for hook in hooks:
        hook.remove()
    return moments


def _products(rows: torch.Tensor) -> torch.Tensor:
    return (rows.float().T @ rows.float()).double()


def _own_answers(out: Any, given: Mapping[str, torch.Tensor], random: torch.Generator) -> torch.Tensor:
    """Minus the log probability of answers drawn from the model's own: their gradients' moments are the
    curvature of its distribution (Fisher's information).
    """
    import torch

    allowed = given["token_type_ids"] == 1
    allowed[:, 0] = True
    loss = torch.zeros(())
    for logits in (out.start_logits, out.end_logits):
        said = logits.float().masked_fill(~allowed, -1e9).log_softmax(1)
        drawn = torch.multinomial(said.detach().exp(), 1, generator=random)
        loss = loss - said.gather(1, drawn).sum()
    return loss


def surgery(part: Part, moments: Moments) -> Iterator[Choice]:
    """Fewer and fewer groups, all of them first; each time the one goes that costs least."""
    import torch

    inputs, slopes = moments.inputs / moments.tokens, moments.gradients / moments.tokens
    start, width, groups = part.weight, part.width, part.groups
    weight = start.clone()
    ridge = _RIDGE * inputs.diagonal()[:-1].mean()
    inverse = torch.linalg.inv(inputs + ridge * torch.eye(len(inputs)).double())
    gone = torch.zeros(groups, dtype=torch.bool)
    yield Choice(groups, start.float(), 0.0)
    for left in range(groups - 1, 0, -1):
        cost = _costs(weight[:, :-1], inverse[:-1, :-1], slopes, width)
        cost[gone] = torch.inf
        worst = int(cost.argmin())
        here = slice(worst * width, (worst + 1) * width)
        share = torch.linalg.solve(inverse[here, here], inverse[here])
        weight -= weight[:, here] @ share
        inverse -= inverse[:, here] @ share
        # What is left of it is rounding, and must not come back.
        weight[:, here] = inverse[here] = inverse[:, here] = 0
        inverse[here, here] = torch.eye(width).double()
        gone[worst] = True
        if left % part.every == 0:
            change = weight - start
            each = moments.tokens / moments.examples * ((slopes @ change) * (change @ inputs)).sum() / 2
            yield Choice(left, weight.float(), float(each))


def _costs(weight: torch.Tensor, inverse: torch.Tensor, slopes: torch.Tensor, width: int) -> torch.Tensor:
    """``[groups]``: what the loss rises by, up to a factor, if a group goes and the rest makes up for it."""
    import torch

    groups = weight.shape[1] // width
    own = inverse.reshape(groups, width, groups, width).diagonal(dim1=0, dim2=2).permute(2, 0, 1)
    each = weight.reshape(-1, groups, width)
    sloped = (slopes @ weight).reshape(-1, groups, width)
    bent = torch.einsum("ogi,ogj->gij", each, sloped)
    return torch.linalg.solve(own, bent).diagonal(dim1=1, dim2=2).sum(1)


def choose(paths: Sequence[tuple[int, Sequence[Choice]]], keep: float) -> list[Choice]:
    """One choice of each path, with what one group of it costs: the least loss in a share of all costs.

    Raises:
        ValueError: the share isn't over 0 and at most 1, or even the least of each costs more.
    """
    if not 0 < keep <= 1:
        raise ValueError(f"a share of the time is over 0 and at most 1, not {keep}")
    most = keep * sum(costs * choices[0].groups for costs, choices in paths)
    best: dict[int, tuple[float, list[Choice]]] = {0: (0.0, [])}
    for costs, choices in paths:
        grown: dict[int, tuple[float, list[Choice]]] = {}
        for spent, (loss, chosen) in best.items():
            for choice in choices:
                total, worse = spent + costs * choice.groups, loss + choice.loss
                if total <= most and worse < grown.get(total, (float("inf"), []))[0]:
                    grown[total] = (worse, [*chosen, choice])
        best = grown
    if not best:
        raise ValueError(f"a share of {keep} is less than the least that can be kept")
    return min(best.values(), key=lambda found: found[0])[1]


def prune(
    model: Any, examples: Sequence[Example], tokenizer: Any, *, keep: float, seed: int
) -> dict[str, Choice]:
    """Leaves of the model what takes a share ``keep`` of its layers' time; what that is, by part.

    Raises:
        ValueError: the share can't be had.
    """
    found = parts(model)
    moments = measure(model, found, examples, tokenizer, seed=seed)
    paths = [list(surgery(part, of)) for part, of in zip(found, moments, strict=True)]
    chosen = choose([(part.costs, path) for part, path in zip(found, paths, strict=True)], keep)
    for part, choice in zip(found, chosen, strict=True):
        part.leave(choice.weight)
    return {part.name: choice for part, choice in zip(found, chosen, strict=True)}


def main(arguments: list[str] | None = None) -> int:
    """Prune from the command line; prints what stays of each layer. 2: wrong use."""
    parser = argparse.ArgumentParser(prog="python -m evals.train.prune", description="Prune a reader.")
    parser.add_argument("model", type=Path)
    parser.add_argument("target", type=Path, help="folder to write")
    parser.add_argument("--keep", type=float, required=True, help="share of the layers' time to keep")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files")
    parser.add_argument("--squad", type=Path, help="SQuAD 1.1's train-v1.1.json; most of the sample then")
    parser.add_argument("--tokenizer", type=Path, default=Path("rag/models/reader"))
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    options = parser.parse_args(arguments)
    try:
        learn, _ = hold_out(read(options.data, options.squad))
        model = load_model(options.model, keep_words=True)
        examples = draw(learn, _EXAMPLES, seed=options.seed)
        tokenizer = load_tokenizer(options.tokenizer, Recipe().tokens)
        stays = prune(model, examples, tokenizer, keep=options.keep, seed=options.seed)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for name, choice in stays.items():
        sys.stdout.write(f"{name} {choice.groups}, loss {choice.loss:+.4f}\n")
    model.save_pretrained(options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
