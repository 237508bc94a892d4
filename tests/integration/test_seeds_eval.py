"""The shipped evaluation from beginning to end: real models, real indexes, the true article."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals.command import evaluate
from evals.gate import Exit
from rag.settings import Settings

SHARED = Path(__file__).parents[2].parent / "shared"


def evaluated(dataset: str, settings: Settings, folder: Path) -> tuple[Exit, str, dict[str, Any]]:
    out = io.StringIO()
    told = folder / f"{dataset}.json"
    code = evaluate(dataset, settings, json_path=told, console=Console(file=out, width=200), progress=False)
    return code, out.getvalue(), json.loads(told.read_text(encoding="utf-8"))


def test_the_seed_article_is_answered_to_its_thresholds(tmp_path: Path, model_cache: Path) -> None:
    """Nine in ten answered right, nine in ten unanswerable declined, every citation exact."""
    code, told, data = evaluated("seeds", Settings(cache=model_cache), tmp_path)
    assert data["figures"]["citations_exact"]["value"] == 1.0, told
    assert code == Exit.PASSED, told


def test_the_headline_question_names_the_sheriff(tmp_path: Path, model_cache: Path) -> None:
    """Who demanded an apology: Grady Judd, citing the sentence that says it and the one that names him."""
    _, told, data = evaluated("seeds", Settings(cache=model_cache), tmp_path)
    (case,) = [case for case in data["cases"] if case["question"] == "who demanded an apology?"]
    assert case["right"], told
    assert case["scores"]["citation_recall"] == 1.0, case


@pytest.mark.skipif(not (SHARED / "data" / "guide").is_dir(), reason="the 18F guide is not here")
def test_the_handbook_is_answered_to_its_thresholds(tmp_path: Path, model_cache: Path) -> None:
    """Facts in prose, lists and tables of forty real Markdown files."""
    code, told, _ = evaluated("guide", Settings(cache=model_cache), tmp_path)
    assert code == Exit.PASSED, told
