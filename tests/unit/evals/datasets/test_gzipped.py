from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from evals.cases.case import DatasetError
from evals.datasets.gzipped import corpus, queries
from rag.types import Turn
from tests.require import require_shared


def written(folder: Path, name: str, *rows: dict[str, Any]) -> None:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def query(**more: Any) -> dict[str, Any]:
    row = {"_id": "q", "text": "t?", "answers": ["a"], "answerable": True, "relevant": ["d"], "split": "open"}
    return row | more


def test_a_corpus_line_becomes_a_document_to_store(tmp_path: Path) -> None:
    """With its id, which "relevant" refers to; further fields are extra."""
    written(tmp_path, "corpus", {"_id": "d", "title": "T", "text": "Text.", "url": "u"})
    (document,) = corpus(tmp_path)
    assert (document.id, document.title, document.text, document.extra) == ("d", "T", "Text.", {"url": "u"})
    assert (document.document("c").id, document.document("c").collection) == ("d", "c")


def test_held_out_queries_come_only_when_asked_for(tmp_path: Path) -> None:
    """By default those of split "open" alone; all of them for published figures of the whole set."""
    written(
        tmp_path, "queries", query(_id="a"), query(_id="b", split="hidden"), query(_id="c", split="train")
    )
    assert [q.id for q in queries(tmp_path)] == ["a"]
    assert [q.id for q in queries(tmp_path, include_held_out=True)] == ["a", "b", "c"]


def test_a_history_becomes_turns(tmp_path: Path) -> None:
    """A user's message with the agent's reply; without a reply the answer is empty."""
    messages = [{"role": r, "text": t} for r, t in [("user", "1?"), ("agent", "1."), ("user", "2?")]]
    written(tmp_path, "queries", query(history=messages, task="email"))
    (first,) = queries(tmp_path)
    assert first.history == (Turn(question="1?", answer="1."), Turn(question="2?"))
    assert first.extra == {"task": "email"}
    assert first.question("c").history == first.history


def test_missing_and_damaged_files_are_plain_errors(tmp_path: Path) -> None:
    """No traceback from gzip."""
    with pytest.raises(DatasetError, match="can't be read"):
        list(corpus(tmp_path))
    (tmp_path / "corpus.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(DatasetError, match="can't be read"):
        list(corpus(tmp_path))


def test_the_published_sets_are_read(subtests: pytest.Subtests) -> None:
    """Every set gives documents and open queries."""
    for folder in sorted(require_shared("data", "open").iterdir()):
        with subtests.test(folder.name):
            assert next(corpus(folder)).id
            assert sum(1 for _ in queries(folder)) > 0
