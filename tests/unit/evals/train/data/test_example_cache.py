"""A run's examples in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.train.data.example_cache import load_examples, save_examples
from evals.train.data.examples import Example, ExampleKind
from rag.types import Span

EXAMPLES = [
    Example(
        question="Wo?",
        context="In Köln\u2028am Rhein.",
        span=Span(3, 7),
        kind=ExampleKind.ANSWER,
        title="Köln",
    ),
    Example(question="Who?", context="Nobody.\n", span=None, kind=ExampleKind.HARD_NEGATIVE),
    Example(
        question="What?",
        context="It is so. Or not.",
        span=Span(0, 9),
        kind=ExampleKind.ANSWER_SENTENCE,
        sentence_level=True,
    ),
    Example(
        question="Where?",
        context="Desk: 4",
        span=Span(6, 7),
        kind=ExampleKind.SYNTHETIC_PAGE,
        label_only=True,
    ),
]


def test_saved_examples_load_as_they_were(tmp_path: Path) -> None:
    """In order, whatever their texts hold; a later list replaces the first."""
    path = tmp_path / "run" / "examples.jsonl.gz"
    assert load_examples(path) == []
    save_examples(EXAMPLES[1:], path)
    save_examples(EXAMPLES, path)
    assert load_examples(path) == EXAMPLES
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_interrupted_write_leaves_the_file_before(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl.gz"
    save_examples(EXAMPLES, path)
    with pytest.raises(AttributeError):
        save_examples([EXAMPLES[0], None], path)  # type: ignore[list-item]
    assert load_examples(path) == EXAMPLES
