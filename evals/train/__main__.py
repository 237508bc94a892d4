"""``python -m evals.train --data ../shared/data/train --start MODEL --out DIR``: trains the reader."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from evals.metrics.auroc import auroc_between
from evals.metrics.exact_match import exact_match
from evals.metrics.f1 import f1
from evals.train.data.example_cache import load_examples, save_examples
from evals.train.data.examples import Example
from evals.train.data.mixture import (
    draw_mixture,
    hold_out_articles,
    repeat_epochs,
    validation_examples,
)
from evals.train.data.questions import AnnotatedQuestion, read_sources
from evals.train.model.batches import load_tokenizer
from evals.train.model.feature_distillation import feature_distillation_loss
from evals.train.model.loading import load_model
from evals.train.model.losses import Loss, span_loss
from evals.train.model.predictions import predict_spans, torch_logits
from evals.train.model.soft_labels import Teacher, add_soft_labels
from evals.train.model.trainer import Hyperparameters, Trainer
from evals.train.synthetic.mixing import mix_in_pages

_EXAMPLES = "examples.jsonl.gz"
_SOFT_LABELS = "soft_labels.npz"
_VALIDATION_EXAMPLES = 200


def main(arguments: list[str] | None = None) -> int:
    """Train, and leave `average/` (the weights) and `checkpoint.pt` in ``--out``. 2: wrong use."""
    options = _parser().parse_args(arguments)
    try:
        _check_data(options)
        sources = read_sources(options.data, options.squad)
        _check_models(options)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    parameters = _hyperparameters(options)
    training, held_out = hold_out_articles(sources)
    log(f"{sum(map(len, training.values()))} questions, {sum(map(len, held_out.values()))} held out")
    tokenizer = load_tokenizer(options.tokenizer, parameters.max_tokens)
    examples = _examples(options, training)
    if options.teacher:
        examples = _with_soft_labels(examples, options, tokenizer)
    log(f"{len(examples)} examples, {sum(e.span is None for e in examples)} unanswerable")
    model = load_model(
        options.start,
        dropout=options.dropout,
        freeze_embeddings=options.freeze_embeddings,
        device=options.device,
    )
    loss: Loss = span_loss
    if options.feature_teacher:
        loss = feature_distillation_loss(load_model(options.feature_teacher, device=options.device))
    trainer = Trainer(model, options.out, parameters, log, loss)
    if options.resume and trainer.resume():
        log("resuming from the checkpoint")
    validation = validation_examples(held_out, seed=parameters.seed, count=_VALIDATION_EXAMPLES)
    examples = repeat_epochs(examples, parameters.steps * parameters.batch_size, seed=parameters.seed)
    trainer.run(examples, tokenizer, lambda model: figures(model, tokenizer, validation))
    return 0


def _check_data(options: argparse.Namespace) -> None:
    """Raises ValueError where the training files are missing or a share isn't one."""
    if not (options.data / "spans.jsonl.gz").exists():
        raise ValueError(f"No training files in {options.data}: spans.jsonl.gz is missing.")
    if options.synthetic_share is not None and not 0 < options.synthetic_share < 1:
        raise ValueError(f"--synthetic-share is between 0 and 1, not {options.synthetic_share}.")


def _check_models(options: argparse.Namespace) -> None:
    """Raises ValueError where a model is missing."""
    for folder in (options.start, options.teacher, options.feature_teacher):
        if folder and not (folder / "config.json").exists():
            raise ValueError(f"No model in {folder}: config.json is missing.")


def _hyperparameters(options: argparse.Namespace) -> Hyperparameters:
    return Hyperparameters(
        steps=options.steps,
        minutes=options.minutes,
        batch_size=options.batch_size,
        max_tokens=options.max_tokens,
        learning_rate=options.learning_rate,
        ema_decay=options.ema_decay,
        seed=options.seed,
    )


def _examples(options: argparse.Namespace, training: dict[str, list[AnnotatedQuestion]]) -> list[Example]:
    """The run's examples: those of its folder if it resumes, else drawn anew and saved there."""
    path = options.out / _EXAMPLES
    examples = load_examples(path) if options.resume else []
    if not examples:
        count = options.examples or options.steps * options.batch_size
        examples = draw_mixture(training, count, seed=options.seed, max_words=options.max_words)
        if options.synthetic_share:
            examples = mix_in_pages(examples, training, options.synthetic_share, seed=options.seed)
        save_examples(examples, path)
    return examples


def _with_soft_labels(
    examples: list[Example], options: argparse.Namespace, student_tokenizer: Any
) -> list[Example]:
    """The examples with the teacher's probabilities; a resumed run goes on where it stopped."""
    cache = options.out / _SOFT_LABELS
    if not options.resume:
        cache.unlink(missing_ok=True)  # of other examples
    tokenizer = load_tokenizer(options.teacher, Hyperparameters().max_tokens)
    model = load_model(options.teacher, device=options.device).eval()
    teacher = Teacher(torch_logits(model), tokenizer, student_tokenizer)
    return add_soft_labels(examples, teacher, cache=cache, log=log)


def log(line: str) -> None:
    """Print one line of progress with the time of day."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


def figures(model: Any, tokenizer: Any, examples: list[Example]) -> str:
    """F1 and exact match of the answerable examples (in percent), and by kind of unanswerable ones the AUROC
    of the margin between the two.
    """
    pairs = [(example.question, example.context) for example in examples]
    predictions = predict_spans(pairs, tokenizer, torch_logits(model))
    answerable = [(p, e) for p, e in zip(predictions, examples, strict=True) if e.span]
    answers = [(p.text, [e.span.slice(e.context)]) for p, e in answerable if e.span]
    parts = [
        f"F1 {100 * sum(f1(*answer) for answer in answers) / len(answers):.1f}",
        f"EM {100 * sum(exact_match(*answer) for answer in answers) / len(answers):.1f}",
    ]
    margins = [p.margin for p, _ in answerable]
    for kind in sorted({e.kind for e in examples if e.span is None}):
        unanswerable = [p.margin for p, e in zip(predictions, examples, strict=True) if e.kind == kind]
        name = kind.name.lower().replace("_", " ")
        parts.append(f"AUROC {name} {auroc_between(margins, unanswerable):.3f}")
    return " ".join(parts)


def _parser() -> argparse.ArgumentParser:
    default = Hyperparameters()
    parser = argparse.ArgumentParser(prog="python -m evals.train", description="Train the reader.")
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of the training files")
    add("--squad", type=Path, help="SQuAD 1.1's train-v1.1.json; most of the mixture then")
    add("--out", type=Path, required=True, help="folder for checkpoints and weights")
    add("--start", type=Path, required=True, help="folder of the model to start from")
    add("--tokenizer", type=Path, default=Path("rag/models/reader"), help="folder of its tokenizer.json")
    add("--freeze-embeddings", action="store_true", help="leave the word embeddings as they are")
    add("--dropout", type=float, help="of hidden states (default: the model's)")
    add("--max-words", type=int, help="leave out longer contexts")
    add("--batch-size", type=int, default=default.batch_size, help="examples a step")
    add("--max-tokens", type=int, default=default.max_tokens, help="of question and context together")
    teachers = parser.add_mutually_exclusive_group()
    teachers.add_argument("--teacher", type=Path, help="model folder: distil by its soft labels")
    teachers.add_argument(
        "--feature-teacher", type=Path, help="model folder: distil by its features, without labels"
    )
    add("--examples", type=int, help="examples to draw (default: as many as the steps see)")
    add("--synthetic-share", type=float, help="share of synthetic pages among the examples")
    add("--steps", type=int, default=default.steps)
    add("--minutes", type=float, help="end by then; the learning rate falls to zero sooner")
    add("--learning-rate", type=float, default=default.learning_rate, help="the peak")
    add("--ema-decay", type=float, default=default.ema_decay, help="of the weights' moving average")
    add("--device", default="cpu", help="cpu, or an accelerator as torch names it")
    add("--seed", type=int, default=default.seed)
    add("--resume", action="store_true", help="resume from the checkpoint in --out")
    return parser


if __name__ == "__main__":
    sys.exit(main())
