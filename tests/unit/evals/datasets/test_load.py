from __future__ import annotations

from pathlib import Path

import pytest

from evals.cases.case import DatasetError
from evals.cases.lint import lint
from evals.datasets import load as datasets
from rag.types import Document
from tests.require import require_shared

LINE = '{"id": "a", "question": "q?", "answerable": false, "kind": "off_topic"}\n'


def documents(folder: Path, suffix: str) -> list[Document]:
    paths = sorted(folder.rglob(f"*{suffix}"))
    return [Document(id=p.name, uri=p.name, title=p.stem, text=p.read_text("utf-8")) for p in paths]


def test_the_seed_cases_fit_the_article() -> None:
    """At least 70 cases, 24 of them unanswerable, the headline among them, and nothing to lint."""
    seeds = datasets.load("seeds")
    assert len(seeds.cases) >= 70
    assert sum(not case.answerable for case in seeds.cases) >= 24
    assert "who demanded an apology?" in {case.question for case in seeds.cases}
    assert lint(seeds.cases, documents(seeds.folder(), ".txt")) == []


def test_the_guide_cases_fit_the_handbook() -> None:
    """Cases over prose, lists and tables, with nothing to lint."""
    guide = datasets.load("guide")
    require_shared("data", "guide")
    assert {tag for case in guide.cases for tag in case.tags} >= {"prose", "list", "table"}
    assert lint(guide.cases, documents(guide.folder(), ".md")) == []


def test_the_shipped_thresholds_are_loaded() -> None:
    """The seeds must be answered to 0.9 and cited exactly."""
    seeds = datasets.load("seeds")
    assert seeds.at_least["answered_right"] == 0.9
    assert seeds.at_least["abstained"] == 0.9
    assert seeds.at_least["citations_exact"] == 1.0


def test_a_set_of_your_own_is_loaded_by_its_path(tmp_path: Path) -> None:
    """The cases with the TOML file beside them; the folder is relative to that file."""
    (tmp_path / "mine.jsonl").write_text(LINE)
    (tmp_path / "mine.toml").write_text('documents = "texts"\n[at_least]\nabstained = 1\n')
    (tmp_path / "texts").mkdir()
    mine = datasets.load(tmp_path / "mine.toml")
    assert (mine.name, mine.folder(), mine.at_least) == ("mine", tmp_path / "texts", {"abstained": 1.0})


def test_a_set_without_documents_says_so(tmp_path: Path) -> None:
    """The error says to name a data folder."""
    (tmp_path / "mine.jsonl").write_text("")
    with pytest.raises(DatasetError, match="names no documents"):
        datasets.load(tmp_path / "mine.jsonl").folder()


def test_a_bad_toml_is_a_plain_error(tmp_path: Path) -> None:
    """A misspelt table is an error that names it."""
    (tmp_path / "mine.jsonl").write_text("")
    (tmp_path / "mine.toml").write_text("[at_lest]\nabstained = 1\n")
    with pytest.raises(DatasetError, match="at_lest"):
        datasets.load(tmp_path / "mine.jsonl")
