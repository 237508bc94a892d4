"""What a pruned reader learnt, given back to the whole one.

``python -m evals.train.regrow OUT WHOLE PRUNED TRAINED --share 0.25``: the difference that training made
to the pruned reader (a task vector, Ilharco et al. 2023, arXiv:2212.04089), times the share, is added to
the weights of the reader it was pruned from; the neurons that were pruned away stay as they were.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    State = dict[str, torch.Tensor]

_ROWS = re.compile(r"^(.*layer\.\d+\.)intermediate\.dense\.weight$")
_UP = re.compile(r"^(.*layer\.\d+\.)intermediate\.dense\.(?:weight|bias)$")
_DOWN = re.compile(r"^(.*layer\.\d+\.)output\.dense\.weight$")


def regrow(whole: State, pruned: State, trained: State, share: float) -> State:
    """The whole reader's weights with ``share`` of what the pruned one learnt.

    Raises:
        ValueError: ``pruned`` is not what pruning left of ``whole``.
    """
    kept = {found[1]: _kept(whole, pruned, name) for name in whole if (found := _ROWS.match(name))}
    grown = {name: value.clone() for name, value in whole.items()}
    for name, value in grown.items():
        if not value.is_floating_point():
            continue
        learnt = share * (trained[name] - pruned[name])
        if found := _UP.match(name):
            value[kept[found[1]]] += learnt
        elif found := _DOWN.match(name):
            value[:, kept[found[1]]] += learnt
        else:
            value += learnt
    return grown


def _kept(whole: State, pruned: State, name: str) -> list[int]:
    """Numbers of the neurons that pruning left in a layer, by its rows; it keeps their order."""
    rows = {tuple(row): number for number, row in enumerate(whole[name].tolist())}
    kept = [rows.get(tuple(row), -1) for row in pruned[name].tolist()]
    if -1 in kept or kept != sorted(set(kept)):
        raise ValueError(f"{name} was not pruned from the whole reader's")
    return kept


def main(arguments: list[str] | None = None) -> int:
    """Regrow from the command line. 2: wrong use."""
    parser = argparse.ArgumentParser(prog="python -m evals.train.regrow", description="Regrow a reader.")
    parser.add_argument("target", type=Path, help="folder to write")
    for name in ("whole", "pruned", "trained"):
        parser.add_argument(name, type=Path, help="folder of that model")
    parser.add_argument("--share", type=float, default=1.0, help="how much of what was learnt")
    options = parser.parse_args(arguments)
    from transformers import AutoModelForQuestionAnswering

    try:
        whole, pruned, trained = (
            AutoModelForQuestionAnswering.from_pretrained(folder)
            for folder in (options.whole, options.pruned, options.trained)
        )
        grown = regrow(whole.state_dict(), pruned.state_dict(), trained.state_dict(), options.share)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    whole.load_state_dict(grown)
    whole.save_pretrained(options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
