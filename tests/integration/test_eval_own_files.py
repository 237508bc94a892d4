"""An evaluation whose cases lie among the documents that they ask about."""

from __future__ import annotations

import json
from pathlib import Path

from evals.datasets.load import load
from evals.run.target import in_process
from rag.settings import Settings


def test_the_sets_own_files_are_no_documents(tmp_path: Path) -> None:
    """Neither the questions with their accepted answers, nor the bounds, nor a baseline; other files are."""
    docs = tmp_path / "docs"
    docs.mkdir()
    case = {"id": "opens", "question": "When does it open?", "answerable": True, "answers": ["nine"]}
    (docs / "archive.md").write_text("# The archive\n\nThe archive opens at nine.\n")
    (docs / "figures.jsonl").write_text('{"text": "Nine shelves are full."}\n')
    (docs / "our [first] cases.jsonl").write_text(json.dumps(case) + "\n")
    (docs / "our [first] cases.toml").write_text('documents = "."\n')
    (docs / "our [first] cases.baseline.json").write_text("{}")
    with in_process(load(docs / "our [first] cases.jsonl"), Settings(data=tmp_path / "data")) as target:
        uris = {record.uri for record in target.store.list()}
    assert uris == {"docs/archive.md", "docs/figures.jsonl"}
