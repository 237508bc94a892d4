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


def test_a_corpus_line_becomes_a_text_that_can_be_stored(tmp_path: Path) -> None:
    """Its id stays, so that "relevant" points at it; further fields are kept."""
    written(tmp_path, "corpus", {"_id": "d", "title": "T", "text": "Text.", "url": "u"})
    (text,) = corpus(tmp_path)
    assert (text.id, text.title, text.text, text.extra) == ("d", "T", "Text.", {"url": "u"})
    assert (text.document("c").id, text.document("c").collection) == ("d", "c")


def test_held_out_queries_come_only_when_asked_for(tmp_path: Path) -> None:
    """Split "open" comes out; the rest for a measurement of the whole file."""
    written(
        tmp_path, "queries", query(_id="a"), query(_id="b", split="hidden"), query(_id="c", split="train")
    )
    assert [q.id for q in queries(tmp_path)] == ["a"]
    assert [q.id for q in queries(tmp_path, include_held_out=True)] == ["a", "b", "c"]


def test_a_history_becomes_turns(tmp_path: Path) -> None:
    """User and agent messages pair up; one without reply has an empty answer."""
    said = [{"role": r, "text": t} for r, t in [("user", "1?"), ("agent", "1."), ("user", "2?")]]
    written(tmp_path, "queries", query(history=said, task="email"))
    (found,) = queries(tmp_path)
    assert found.history == (Turn(question="1?", answer="1."), Turn(question="2?"))
    assert found.extra == {"task": "email"}
    assert found.question("c").history == found.history


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
