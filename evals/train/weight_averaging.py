"""Several readers of one shape averaged: ``python -m evals.train.weight_averaging OUT A B --parts 3 1``.

A fine-tuned model and what it came from, averaged weight for weight, hold up better on other data than
either (Wortsman et al. 2022, arXiv:2109.01903).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def average(folders: Sequence[Path], parts: Sequence[float], target: Path) -> None:
    """Writes the mean of the models' weights, each counted by its part, as a model folder.

    Raises:
        ValueError: not one positive part for each model, or models of different shapes.
    """
    from transformers import AutoModelForQuestionAnswering

    if len(parts) != len(folders) or min(parts) <= 0:
        raise ValueError(f"{len(folders)} models need as many parts, each over 0")
    models = [AutoModelForQuestionAnswering.from_pretrained(folder) for folder in folders]
    states = [model.state_dict() for model in models]
    shapes = [{name: value.shape for name, value in state.items()} for state in states]
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError("the models are not of one shape")
    whole = sum(parts)
    mean = {
        name: sum(state[name] * (part / whole) for state, part in zip(states, parts, strict=True))
        if value.is_floating_point()
        else value
        for name, value in states[0].items()
    }
    models[0].load_state_dict(mean)
    models[0].save_pretrained(target)


def main(arguments: list[str] | None = None) -> int:
    """Average from the command line. 2: wrong use."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.train.weight_averaging", description="Average readers."
    )
    parser.add_argument("target", type=Path, help="folder to write")
    parser.add_argument("models", type=Path, nargs="+", help="folders of trained models")
    parser.add_argument("--parts", type=float, nargs="+", required=True, help="how much each counts")
    options = parser.parse_args(arguments)
    try:
        average(options.models, options.parts, options.target)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
