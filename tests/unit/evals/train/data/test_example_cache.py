"""Examples kept in a run's folder come back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.train.data.example_cache import keep, kept
from evals.train.data.examples import Example
from rag.types import Span

EXAMPLES = [
    Example(question="Wo?", context="In Köln\u2028am Rhein.", span=Span(3, 7), kind="span", title="Köln"),
    Example(question="Who?", context="Nobody.\n", span=None, kind="elsewhere"),
    Example(question="What?", context="It is so. Or not.", span=Span(0, 9), kind="region", region=True),
    Example(question="Where?", context="Desk: 4", span=Span(6, 7), kind="page", labelled=True),
]


def test_examples_come_back(tmp_path: Path) -> None:
    """All of them, in order, whatever their texts hold; a later list takes the place of the first."""
    path = tmp_path / "run" / "examples.jsonl.gz"
    assert kept(path) == []
    keep(EXAMPLES[1:], path)
    keep(EXAMPLES, path)
    assert kept(path) == EXAMPLES
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_broken_write_leaves_what_was_there(tmp_path: Path) -> None:
    """A run that ends while it writes has its old examples, or none."""
    path = tmp_path / "examples.jsonl.gz"
    keep(EXAMPLES, path)
    with pytest.raises(AttributeError):
        keep([EXAMPLES[0], None], path)  # type: ignore[list-item]
    assert kept(path) == EXAMPLES
