"""The shipped data sets from beginning to end, with real models and indexes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals.evaluation import Options, Reports, evaluate
from evals.gate import Exit
from rag.settings import Settings
from tests.require import require_shared


def evaluated(dataset: str, settings: Settings, folder: Path) -> tuple[Exit, str, dict[str, Any]]:
    out = io.StringIO()
    report = folder / f"{dataset}.json"
    options = Options(reports=Reports(json=report))
    code = evaluate(dataset, settings, options, console=Console(file=out, width=200), progress=False)
    return code, out.getvalue(), json.loads(report.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def seeds(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Exit, str, dict[str, Any]]:
    """One evaluation of the seeds, for several tests."""
    return evaluated("seeds", Settings(cache=model_cache), tmp_path_factory.mktemp("seeds"))


def test_every_citation_of_the_seeds_is_exact(seeds: tuple[Exit, str, dict[str, Any]]) -> None:
    """Each equals the stored text; no question raised an error."""
    _, output, data = seeds
    assert data["figures"]["citations_exact"]["value"] == 1.0, output
    assert data["figures"]["errors"]["value"] == 0, output


def test_the_seed_article_is_answered_to_its_thresholds(seeds: tuple[Exit, str, dict[str, Any]]) -> None:
    """Nine in ten answered right and cited, nine in ten unanswerable declined."""
    code, output, _ = seeds
    assert code == Exit.PASSED, output


def test_the_headline_question_names_the_sheriff(seeds: tuple[Exit, str, dict[str, Any]]) -> None:
    """Grady Judd demanded the apology: cited are the sentence that says it and the one that names him."""
    _, output, data = seeds
    (case,) = [case for case in data["cases"] if case["question"] == "who demanded an apology?"]
    assert case["right"], output
    assert case["scores"]["citation_recall"] == 1.0, case


@pytest.mark.parametrize("dataset", ["factory", "clinic", "faculty", "ferry", "hotel"])
def test_pages_as_teams_write_them_are_answered_to_their_thresholds(
    dataset: str, tmp_path: Path, model_cache: Path
) -> None:
    """Tables, FAQs, e-mails, minutes, contacts, prose, in six formats; every citation is exact."""
    code, output, data = evaluated(dataset, Settings(cache=model_cache), tmp_path)
    assert code == Exit.PASSED, output
    assert data["figures"]["citations_exact"]["value"] == 1.0, output


def test_the_handbook_is_answered_to_its_thresholds(tmp_path: Path, model_cache: Path) -> None:
    """Facts in prose, lists and tables of forty real Markdown files."""
    require_shared("data", "guide")
    code, output, _ = evaluated("guide", Settings(cache=model_cache), tmp_path)
    assert code == Exit.PASSED, output
