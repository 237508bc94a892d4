"""The examples of a run, drawn and kept in its folder: with SQuAD 1.1 drawing them takes five minutes.

What is kept: one JSON object a line, gzipped, in their order; a crash while writing leaves what was there.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evals.train.data.examples import Example, Row, json_lines, read_rows, squad_rows
from evals.train.data.mixture import SHARES, SQUAD_SHARES, Mixer, typed
from evals.train.synthetic.pages import Pages
from rag.settings import Settings
from rag.types import Span
from rag.wiring import open_embedder


def read(data: Path, squad: Path | None) -> dict[str, list[Row]]:
    """The rows of a folder, and of SQuAD 1.1's training set where its file is named.

    Raises:
        OSError: a file is missing.
        ValueError: that file is another.
    """
    rows = read_rows(data)
    if squad:
        rows["squad"] = squad_rows(squad)
    return rows


def draw(
    rows: Mapping[str, Sequence[Row]], count: int, *, seed: int, longest: int | None = None
) -> list[Example]:
    """A mix of them: with SQuAD 1.1 also texts that the service's retriever ranks high."""
    squad = "squad" in rows
    mixer = Mixer(
        rows,
        seed=seed,
        longest=longest,
        shares=SQUAD_SHARES if squad else SHARES,
        embedder=open_embedder(Settings()) if squad else None,
    )
    return mixer.draw(count)


def with_pages(
    examples: Sequence[Example], rows: Mapping[str, Sequence[Row]], share: float, *, seed: int
) -> list[Example]:
    """The examples with invented pages among them, so many that they make up ``share`` of all.

    Their prose is SQuAD 1.1's where it is at hand, else that of Wikipedia's newer questions.
    """
    count = round(len(examples) * share / (1 - share))
    rng = random.Random(f"{seed} with pages")  # noqa: S311 (reproducible, not secret)
    pages = Pages(rows["squad" if "squad" in rows else "new_wiki"], seed=seed).draw(count)
    mixed = [*examples, *(replace(page, question=typed(page.question, rng)) for page in pages)]
    rng.shuffle(mixed)
    return mixed


def keep(examples: Sequence[Example], path: Path) -> None:
    """Write them, in place of what is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    with gzip.open(temporary, "wt", encoding="utf-8", compresslevel=3) as lines:
        for example in examples:
            lines.write(json.dumps(_record(example)) + "\n")
    temporary.replace(path)


def kept(path: Path) -> list[Example]:
    """What was kept there; none where nothing was."""
    return [_example(record) for record in json_lines(path)] if path.exists() else []


def _record(example: Example) -> dict[str, object]:
    return {
        "question": example.question,
        "context": example.context,
        "span": example.span and [example.span.start, example.span.end],
        "kind": example.kind,
        "region": example.region,
        "title": example.title,
        "labelled": example.labelled,
    }


def _example(record: dict[str, object]) -> Example:
    span = record.pop("span")
    return Example(span=Span(*span) if isinstance(span, list) else None, **record)  # type: ignore[arg-type]
