"""Prunes a reader: ``python -m evals.train.prune MODEL TARGET --keep 0.73 --data ../shared/data/train``.

The folder written has the model's shape, with zeros for what was removed (see ``evals.train.pruning``).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evals.train.data.mixture import draw_mixture, hold_out_articles
from evals.train.data.questions import read_sources
from evals.train.model.batches import load_tokenizer
from evals.train.model.loading import load_model
from evals.train.model.trainer import Hyperparameters
from evals.train.pruning.surgeon import prune

_EXAMPLES = 2_000


def main(arguments: list[str] | None = None) -> int:
    """Prune from the command line; prints what each layer keeps. 2: wrong use."""
    default = Hyperparameters()
    parser = argparse.ArgumentParser(prog="python -m evals.train.prune", description="Prune a reader.")
    parser.add_argument("model", type=Path)
    parser.add_argument("target", type=Path, help="folder to write")
    parser.add_argument("--keep", type=float, required=True, help="share of the layers' time to keep")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files")
    parser.add_argument("--squad", type=Path, help="SQuAD 1.1's train-v1.1.json; most of the sample then")
    parser.add_argument("--examples", type=int, default=_EXAMPLES, help="to estimate the curvature on")
    parser.add_argument("--tokenizer", type=Path, default=Path("rag/models/reader"))
    parser.add_argument("--seed", type=int, default=default.seed)
    options = parser.parse_args(arguments)
    try:
        training, _ = hold_out_articles(read_sources(options.data, options.squad))
        model = load_model(options.model, freeze_embeddings=True)
        examples = draw_mixture(training, options.examples, seed=options.seed)
        tokenizer = load_tokenizer(options.tokenizer, default.max_tokens)
        remaining = prune(model, examples, tokenizer, keep=options.keep, seed=options.seed)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for name, layer in remaining.items():
        sys.stdout.write(f"{name} {layer.groups}, loss {layer.loss_increase:+.4f}\n")
    model.save_pretrained(options.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
