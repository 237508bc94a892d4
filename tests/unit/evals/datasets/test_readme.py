"""The page on data sets: its examples can be loaded, and its tables agree with the code and the sets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from evals.cases.case import Case, UnanswerableKind
from evals.cases.load import load_cases
from evals.datasets import load as datasets
from evals.diagnose.stage import Stage
from evals.run.verdict_figures import calibration_figures, certainty_figures, share_figures
from rag.types import QuestionForm

README = (datasets.HERE / "README.md").read_text(encoding="utf-8")


def examples(language: str) -> list[str]:
    """The page's code blocks in a language, without the indent of a list."""
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", README, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in blocks]


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table after a heading, without its head."""
    table = README.partition(f"\n{heading}")[2].partition("\n\n|")[2].partition("\n\n")[0]
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def cases_of(example: str, tmp_path: Path) -> list[Case]:
    path = tmp_path / "cases.yaml"
    path.write_text(example, encoding="utf-8")
    return load_cases(path)


def test_its_first_yaml_example_has_everything_a_case_can_say(tmp_path: Path) -> None:
    """Every rule of answers and kind of evidence, an earlier turn, filters, and an unanswerable question."""
    first, second = cases_of(examples("yaml")[0], tmp_path)
    assert (len(first.answers), len(first.must_cite)) == (6, 5)
    assert first.may_cite
    assert first.must_not_cite
    assert first.history
    assert first.filters == {"team": "legal"}
    assert (second.answerable, second.kind) == (False, "missing_detail")


def test_its_second_yaml_example_has_forms(tmp_path: Path) -> None:
    """A list by its items, and a yes/no question that is answered no."""
    listed, dog = cases_of(examples("yaml")[1], tmp_path)
    assert (listed.form, len(listed.must_cite), listed.answers) == (QuestionForm.LIST, 3, ())
    assert (dog.form, dog.polarity, len(dog.must_cite)) == (QuestionForm.YES_NO, "no", 1)


def test_it_explains_every_form_figure_and_stage() -> None:
    """Those that are there, and no other."""
    forms = {name for row in rows("### Forms") for name in row[0].replace("`", "").split(", ")}
    assert forms == set(QuestionForm)
    names = {
        name
        for row in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", README.partition("| figure |")[2], re.MULTILINE)
        for name in re.findall(r"\w+", row)
    }
    assert names >= set(Stage) - {Stage.BROKE, Stage.UNKNOWN}
    figures = [*share_figures([]), *certainty_figures([]), *calibration_figures([])]
    assert {figure.name for figure in figures} <= names


@pytest.mark.parametrize("example", examples("json"))
def test_its_json_examples_are_cases(example: str, tmp_path: Path) -> None:
    """One object a line."""
    path = tmp_path / "cases.jsonl"
    path.write_text(example, encoding="utf-8")
    assert all(case.answers for case in load_cases(path))


@pytest.mark.parametrize("example", examples("toml"))
def test_its_toml_examples_are_options_of_a_set(example: str, tmp_path: Path) -> None:
    """A folder of documents and bounds."""
    (tmp_path / "cases.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "cases.toml").write_text(example, encoding="utf-8")
    dataset = datasets.load(tmp_path / "cases.jsonl")
    assert dataset.folder() == tmp_path
    assert dataset.at_least == {"answered_right": 0.9, "citations_exact": 1.0}
    assert dataset.at_most == {"errors": 0.0}


def test_it_has_an_example_in_each_language() -> None:
    """So that the tests above have something to load."""
    assert all(examples(language) for language in ("yaml", "json", "toml"))


def test_it_explains_every_kind_of_unanswerable_question() -> None:
    """And no other."""
    kinds = README.partition("| `kind` | the question |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", kinds, re.MULTILINE) == list(get_args(UnanswerableKind))


def test_it_lists_every_set_that_ships_with_its_counts() -> None:
    """Cases, answerable and unanswerable ones, as they are in the files."""
    listed = {row[0]: tuple(map(int, row[2:5])) for row in rows("## Sets that ship")}
    shipped = {}
    for path in datasets.HERE.glob("*.jsonl"):
        cases = load_cases(path)
        answerable = sum(case.answerable for case in cases)
        shipped[path.stem] = (len(cases), answerable, len(cases) - answerable)
    assert listed == shipped


def test_it_names_every_set_that_the_confidence_is_fitted_on() -> None:
    """In the table of sets and in the table of choices."""
    from evals.train.calibrate import PAGE_SETS

    fitted = {row[0] for row in rows("## Sets that ship") if row[5] == "fits the confidence"}
    assert fitted == set(PAGE_SETS)
    weights = next(row for row in rows("## What was chosen or fitted") if row[0] == "confidence: weights")
    assert set(PAGE_SETS) <= set(re.findall(r"\w+", weights[2]))
