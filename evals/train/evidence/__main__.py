"""``python -m evals.train.evidence``: groups for the evidence reader, and its training.

Three steps, each of which reads what the one before wrote::

    python -m evals.train.evidence groups --colleague ../shared/data/colleague/train \
        --published ../shared/data/train/real --single ../shared/data/train --out GROUPS
    python -m evals.train.evidence train --groups GROUPS --start READER --out RUN [--resume]
    python -m evals.train.evidence export RUN/average rag/models/reader

``READER`` is a span reader's folder (``python -m evals.train.dequantize READER`` makes one of the shipped
graph). Collections named with ``--hold-out`` are not learnt from; the run is watched by them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from evals.train.evidence.groups import Group, read_groups, write_groups
from evals.train.evidence.training import Hyperparameters, Sources, Training

PUBLISHED = "published"
SINGLE = "single"
READER = Path("rag/models/reader")
_SUFFIX = ".jsonl.gz"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. 1: it failed; 2: wrong use."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.train.evidence", description=__doc__.split("\n")[0]
    )
    commands = parser.add_subparsers(required=True)
    groups = commands.add_parser("groups", help="make the files of groups")
    groups.add_argument("--colleague", type=Path, required=True, help="folder of sets with docs and queries")
    groups.add_argument("--published", type=Path, help="folder of published examples")
    groups.add_argument("--single", type=Path, help="folder of the span reader's training files")
    groups.add_argument("--out", type=Path, required=True, help="folder to write")
    groups.add_argument("--seed", type=int, default=Hyperparameters().seed)
    groups.set_defaults(run=_make_groups)
    train = commands.add_parser("train", help="train on files of groups")
    train.add_argument("--groups", type=Path, required=True, help="folder that `groups` wrote")
    train.add_argument("--start", type=Path, required=True, help="folder of a span reader")
    train.add_argument("--tokenizer", type=Path, default=READER, help="folder of its tokenizer")
    train.add_argument("--out", type=Path, required=True, help="folder of the run")
    train.add_argument("--hold-out", nargs="*", default=[], metavar="SET", help="collections to watch by")
    train.add_argument("--steps", type=int, default=Hyperparameters().steps)
    train.add_argument("--minutes", type=float, help="end by then at the latest")
    train.add_argument("--seed", type=int, default=Hyperparameters().seed)
    train.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    train.set_defaults(run=_train)
    export = commands.add_parser("export", help="write the int8 graph that ships")
    export.add_argument("weights", type=Path, help="`average/` of a run")
    export.add_argument("target", type=Path, help="folder to write")
    export.add_argument("--tokenizer", type=Path, default=READER, help="folder of its tokenizer")
    export.add_argument("--keep", nargs="*", default=[], help="parts of the graph that stay fp32")
    export.set_defaults(run=_export)
    return parser


def _export(options: argparse.Namespace) -> None:
    from evals.train.evidence.export import export

    export(options.weights, options.tokenizer, options.target, keep_float=options.keep)


def _make_groups(options: argparse.Namespace) -> None:
    from evals.run.indexing import fresh_service
    from evals.train.evidence.colleague import colleague_groups
    from evals.train.evidence.published import published_groups
    from ingest.wiring import ingest
    from rag.settings import load

    options.out.mkdir(parents=True, exist_ok=True)
    for folder in sorted(path for path in options.colleague.iterdir() if (path / "queries.jsonl").is_file()):
        target = options.out / f"{folder.name}{_SUFFIX}"
        if target.is_file():
            continue
        began = time.monotonic()
        with fresh_service(load()) as service:
            ingest(service, [folder / "docs"])
            count = write_groups(colleague_groups(service, folder), target)
        _say(f"{folder.name}: {count} groups, {time.monotonic() - began:.0f} s")
    if options.published is not None:
        count = write_groups(
            published_groups(options.published, seed=options.seed), options.out / f"{PUBLISHED}{_SUFFIX}"
        )
        _say(f"published: {count} groups")
    if options.single is not None:
        from evals.train.evidence.single import single_groups

        count = write_groups(
            single_groups(options.single, seed=options.seed), options.out / f"{SINGLE}{_SUFFIX}"
        )
        _say(f"single: {count} groups")


def _train(options: argparse.Namespace) -> None:
    from evals.train.evidence.encoding import MAX_TOKENS
    from evals.train.evidence.model import open_model
    from evals.train.model.batches import load_tokenizer

    parameters = Hyperparameters(steps=options.steps, minutes=options.minutes, seed=options.seed)
    sources = _sources(options.groups, set(options.hold_out))
    _say(
        f"{len(sources.retrieved)} retrieved, {len(sources.published)} published, "
        f"{len(sources.single)} single, {len(sources.development)} held-out groups"
    )
    tokenizer = load_tokenizer(options.tokenizer, MAX_TOKENS)
    training = Training(open_model(options.start), tokenizer, options.out, parameters, _say)
    if options.resume:
        _say("resumed" if training.resume() else "no checkpoint: from the start")
    scores = training.run(sources)
    if scores is not None:
        _say(f"held out: {scores}")


def _sources(folder: Path, held_out: set[str]) -> Sources:
    """The groups of a folder by source.

    Raises:
        ValueError: a held-out set has no file, or none is left to learn from.
    """
    by_name = {path.name.removesuffix(_SUFFIX): path for path in sorted(folder.glob(f"*{_SUFFIX}"))}
    missing = held_out - by_name.keys()
    if missing:
        raise ValueError(f"{folder} has no groups of {', '.join(sorted(missing))}")
    published, single = (
        list(read_groups(by_name.pop(name))) if name in by_name else [] for name in (PUBLISHED, SINGLE)
    )
    retrieved: list[Group] = []
    development: list[Group] = []
    for name, path in by_name.items():
        groups = [group for group in read_groups(path) if _is_usable(group)]
        (development if name in held_out else retrieved).extend(groups)
    if not retrieved and not published:
        raise ValueError(f"{folder} has no groups to learn from")
    return Sources(retrieved=retrieved, published=published, single=single, development=development)


def _is_usable(group: Group) -> bool:
    """False where an answerable question's evidence was found in no passage."""
    return bool(group.passages) and (not group.answerable or any(p.relevant for p in group.passages))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
