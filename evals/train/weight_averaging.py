"""Averages readers: ``python -m evals.train.weight_averaging TARGET A B --weights 3 1``.

The mean of a fine-tuned model's weights and those of the model it came from holds up better on other data
than either model (Wortsman et al. 2022, arXiv:2109.01903).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def average_models(folders: Sequence[Path], weights: Sequence[float], target: Path) -> None:
    """Write the weighted mean of the models' parameters as a model folder.

    Args:
        weights: one for each model, in any scale.

    Raises:
        OSError: a model is missing.
        ValueError: not one positive weight for each model, or models of different shapes.
    """
    from transformers import AutoModelForQuestionAnswering

    if len(weights) != len(folders) or min(weights) <= 0:
        raise ValueError(f"{len(folders)} models need as many weights, each over 0")
    models = [AutoModelForQuestionAnswering.from_pretrained(folder) for folder in folders]
    states = [model.state_dict() for model in models]
    shapes = [{name: value.shape for name, value in state.items()} for state in states]
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError("the models are not of one shape")
    total = sum(weights)
    mean = {
        name: sum(state[name] * (weight / total) for state, weight in zip(states, weights, strict=True))
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
    parser.add_argument("--weights", type=float, nargs="+", required=True, help="of each model in the mean")
    options = parser.parse_args(arguments)
    try:
        average_models(options.models, options.weights, options.target)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
