"""The examples of a run, kept in its folder: with SQuAD 1.1 drawing them takes five minutes.

One JSON object a line, gzipped, in their order; a crash while writing leaves what was there.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

from evals.train.data import Example, json_lines
from rag.types import Span


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
    }


def _example(record: dict[str, object]) -> Example:
    span = record.pop("span")
    return Example(span=Span(*span) if isinstance(span, list) else None, **record)  # type: ignore[arg-type]
