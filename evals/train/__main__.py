"""``python -m evals.train --data ../shared/data/train --out DIR [--resume]``: trains the reader."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from evals.metrics.auroc import auroc_between
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.train.data.example_cache import draw, keep, kept, read, with_pages
from evals.train.data.examples import Example
from evals.train.data.mixture import hold_out, passes, watched
from evals.train.model.batches import load_tokenizer
from evals.train.model.feature_distillation import likeness
from evals.train.model.predictions import read as readings_of
from evals.train.model.predictions import torch_logits
from evals.train.model.soft_labels import Teacher, taught
from evals.train.model.trainer import Recipe, Trainer, load_model, loss_of

_DRAWN = "examples.jsonl.gz"


def main(arguments: list[str] | None = None) -> int:
    """Train, and leave `average/` (the weights) and `checkpoint.pt` in ``--out``. 2: wrong use."""
    options = _parser().parse_args(arguments)
    if not (options.data / "spans.jsonl.gz").exists():
        sys.stderr.write(f"No training files in {options.data}: spans.jsonl.gz is missing.\n")
        return 2
    recipe = Recipe(
        steps=options.steps,
        minutes=options.minutes,
        batch=options.batch,
        tokens=options.tokens,
        rate=options.rate,
        average=options.average,
        seed=options.seed,
    )
    if options.pages is not None and not 0 < options.pages < 1:
        sys.stderr.write(f"--pages is a share between 0 and 1, not {options.pages}.\n")
        return 2
    try:
        rows = read(options.data, options.squad)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for folder in (options.start, options.teacher, options.like):
        if folder and not (folder / "config.json").exists():
            sys.stderr.write(f"No model in {folder}: config.json is missing.\n")
            return 2
    learn, watch = hold_out(rows)
    say(f"{sum(map(len, learn.values()))} rows to learn from, {sum(map(len, watch.values()))} to watch")
    tokenizer = load_tokenizer(options.tokenizer, recipe.tokens)
    examples = kept(options.out / _DRAWN) if options.resume else []
    if not examples:
        count = options.examples or options.steps * options.batch
        examples = draw(learn, count, seed=options.seed, longest=options.words)
        if options.pages:
            examples = with_pages(examples, learn, options.pages, seed=options.seed)
        keep(examples, options.out / _DRAWN)
    if options.teacher:
        examples = _taught(examples, options, tokenizer)
    say(f"{len(examples)} examples, {sum(e.span is None for e in examples)} without an answer")
    model = load_model(
        options.start, dropout=options.dropout, keep_words=options.keep_words, device=options.device
    )
    loss = likeness(load_model(options.like, device=options.device)) if options.like else loss_of
    trainer = Trainer(model, options.out, recipe, say, loss)
    if options.resume and trainer.resume():
        say("going on from the checkpoint")
    seen = watched(watch, seed=recipe.seed, each=200)
    examples = passes(examples, recipe.steps * recipe.batch, seed=recipe.seed)
    trainer.run(examples, tokenizer, lambda model: figures(model, tokenizer, seen))
    return 0


def _taught(examples: list[Example], options: argparse.Namespace, tokenizer: Any) -> list[Example]:
    """The examples with what the bigger model makes of each; a restart goes on where it was asked last."""
    said = options.out / "taught.npz"
    if not options.resume:
        said.unlink(missing_ok=True)  # it was of other examples
    theirs = load_tokenizer(options.teacher, Recipe().tokens)
    bigger = load_model(options.teacher, device=options.device).eval()
    teacher = Teacher(torch_logits(bigger), theirs, tokenizer)
    return taught(examples, teacher, keep=said, say=say)


def say(line: str) -> None:
    """One line of progress, with the time of day."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


def figures(model: Any, tokenizer: Any, examples: list[Example]) -> str:
    """F1 and exact match where there is an answer, and AUROC of the margin, by kind of the rest."""
    readings = readings_of([(e.question, e.context) for e in examples], tokenizer, torch_logits(model))
    answered = [(r, e) for r, e in zip(readings, examples, strict=True) if e.span]
    texts = [(r.text, [e.context[e.span.start : e.span.end]]) for r, e in answered if e.span]
    parts = [
        f"F1 {100 * sum(f1(*t) for t in texts) / len(texts):.1f}",
        f"EM {100 * sum(exact_match(*t) for t in texts) / len(texts):.1f}",
    ]
    for kind in sorted({e.kind for e in examples if e.span is None}):
        rest = [r.margin for r, e in zip(readings, examples, strict=True) if e.kind == kind]
        parts.append(f"AUROC {kind} {auroc_between([r.margin for r, _ in answered], rest):.3f}")
    return " ".join(parts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.train", description="Train the reader.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training files")
    parser.add_argument("--squad", type=Path, help="SQuAD 1.1's train-v1.1.json; most of the mix then")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and weights")
    parser.add_argument("--start", type=Path, required=True, help="folder of the model to start from")
    parser.add_argument(
        "--tokenizer", type=Path, default=Path("rag/models/reader"), help="folder of its tokenizer.json"
    )
    parser.add_argument("--keep-words", action="store_true", help="leave the words' vectors as they are")
    parser.add_argument("--dropout", type=float, help="of hidden states (default: as the model's)")
    parser.add_argument("--words", type=int, help="leave out longer texts: more examples in the time")
    parser.add_argument("--batch", type=int, default=Recipe().batch, help="examples a step")
    parser.add_argument("--tokens", type=int, default=Recipe().tokens, help="of question and text, at most")
    learnt_from = parser.add_mutually_exclusive_group()
    learnt_from.add_argument("--teacher", type=Path, help="folder of a bigger model to be taught by")
    learnt_from.add_argument("--like", type=Path, help="of one to be like, layer by layer, without labels")
    parser.add_argument("--examples", type=int, help="examples to draw (default: as many as the steps see)")
    parser.add_argument(
        "--pages", type=float, help="share of invented tables, lists and mails to add, learnt from labels"
    )
    parser.add_argument("--steps", type=int, default=Recipe().steps)
    parser.add_argument("--minutes", type=float, help="end by then, the rate falling to zero sooner")
    parser.add_argument("--rate", type=float, default=Recipe().rate, help="peak learning rate")
    parser.add_argument(
        "--average", type=float, default=Recipe().average, help="decay of the running average"
    )
    parser.add_argument("--device", default="cpu", help="cpu, or an accelerator as torch names it")
    parser.add_argument("--seed", type=int, default=Recipe().seed)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    return parser


if __name__ == "__main__":
    sys.exit(main())
