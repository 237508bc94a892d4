"""A run's examples in a file of its folder: with SQuAD 1.1 it takes five minutes to draw them.

One JSON object a line, gzipped, in order; a crash during the write leaves the file that was there.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

from evals.train.data.examples import Example, ExampleKind
from evals.train.data.questions import read_json_lines
from rag.types import Span


def save_examples(examples: Sequence[Example], path: Path) -> None:
    """Write the examples, without soft labels, in place of the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    with gzip.open(temporary, "wt", encoding="utf-8", compresslevel=3) as lines:
        for example in examples:
            lines.write(json.dumps(_to_record(example)) + "\n")
    temporary.replace(path)


def load_examples(path: Path) -> list[Example]:
    """The examples of the file; none where it doesn't exist."""
    return [_from_record(record) for record in read_json_lines(path)] if path.exists() else []


def _to_record(example: Example) -> dict[str, object]:
    return {
        "question": example.question,
        "context": example.context,
        "span": example.span and [example.span.start, example.span.end],
        "kind": example.kind,
        "region": example.sentence_level,
        "title": example.title,
        "labelled": example.label_only,
    }


def _from_record(record: dict[str, object]) -> Example:
    span = record["span"]
    return Example(
        question=str(record["question"]),
        context=str(record["context"]),
        span=Span(*span) if isinstance(span, list) else None,
        kind=ExampleKind(str(record["kind"])),
        sentence_level=bool(record["region"]),
        title=str(record["title"]),
        label_only=bool(record["labelled"]),
    )
