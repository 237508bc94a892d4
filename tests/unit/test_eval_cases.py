from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals import cases
from evals.cases import Case, DatasetError, lint
from evals.datasets import load as datasets
from evals.matchers import Contains, Exact, Number, Regex, Said
from rag.types import Document
from tests.unit.evals_fakes import AGE, DOCUMENT, WHERE, WHO

LINE = '{"id": "a", "question": "q?", "answerable": false, "kind": "off_topic"}\n'
SHARED = Path(__file__).parents[2].parent / "shared"


def parsed(tmp_path: Path, line: str) -> Case:
    path = tmp_path / "cases.jsonl"
    path.write_text(line + "\n\n", encoding="utf-8")
    (case,) = cases.load(path)
    return case


def test_a_line_becomes_a_case(tmp_path: Path) -> None:
    """Every form of answer and need has its place."""
    case = parsed(
        tmp_path,
        '{"id": "a", "question": "q?", "answerable": true, "must_cite": ["x", ["y", "z"]], "tags": ["who"],'
        ' "answers": ["t", {"contains": ["c"]}, {"regex": "r+"}, {"number": 10000}]}',
    )
    assert case.answers == (Exact("t"), Contains(("c",)), Regex("r+"), Number(10000))
    assert case.must_cite == (("x",), ("y", "z"))
    assert (case.exact_answers, case.tags) == (("t",), ("who",))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line"),
        ('{"id": "a", "question": "q?"}', "answerable: Field required"),
        ('{"id": "a", "question": "q?", "answerable": true, "anwsers": []}', "anwsers: Extra inputs"),
        ('{"id": "a", "question": "q?", "answerable": true, "answers": [{"regex": "("}]}', "not a regular"),
        ('{"id": "a", "question": "q?", "answerable": true, "answers": [{}]}', "one of contains, regex"),
        ('{"id": "a", "question": "q?", "answerable": false, "kind": "odd"}', "kind: Input should be"),
    ],
)
def test_a_bad_line_is_named_with_its_place(tmp_path: Path, line: str, message: str) -> None:
    """The error tells file, line and field."""
    with pytest.raises(DatasetError, match=r"cases\.jsonl:1: ") as caught:
        parsed(tmp_path, line)
    assert message in str(caught.value)


def test_a_missing_file_is_a_plain_error(tmp_path: Path) -> None:
    """No traceback for a wrong path."""
    with pytest.raises(DatasetError, match="can't be read"):
        cases.load(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("matcher", "text", "right"),
    [
        (Exact("the Sheriff"), "Sheriff.", True),
        (Exact("Sheriff"), "Sheriff Judd", False),
        (Contains(("force multipliers", "thanks")), "He said: “force multipliers”, no thanks", True),
        (Contains(("rust",)), "trust", False),
        (Regex(r"^a\b"), "a \n b", True),
        (Regex(r"^b"), "a b", False),
        (Number(10000), "10,000 new agents", True),
        (Number(10000), "10,000 of 20,000", False),
        (Number(10000), "ten thousand", False),
        (Number(2.5), "2.5 %", True),
    ],
)
def test_matchers_accept_what_they_say(matcher: Exact, text: str, right: bool) -> None:
    """Each rule on a hit and a miss."""
    assert matcher.accepts(Said(text=text)) is right


def test_only_contains_looks_into_the_support() -> None:
    """A right sentence as support makes no wrong short answer right, but for how and why."""
    said = Said(text="Kristi Noem", statements=("He called for an apology.",))
    assert Contains(("called for an apology",)).accepts(said)
    assert not Regex("apology").accepts(said)
    assert not Exact("He called for an apology").accepts(said)


def test_good_cases_have_no_findings() -> None:
    """The linter is silent on cases that hold."""
    assert lint([WHO, WHERE, AGE], [DOCUMENT]) == []


@pytest.mark.parametrize(
    ("case", "finding"),
    [
        (replace(WHERE, must_cite=(("She lived in Paris.",),)), "no document holds 'She lived in Paris.'"),
        (replace(WHERE, may_cite=("gone",)), "no document holds 'gone'"),
        (replace(WHERE, answers=(Exact("Paris"),)), "no document holds any of its answers (Paris)"),
        (replace(WHERE, answers=()), "answerable, but has no answers"),
        (replace(WHERE, must_cite=()), "answerable, but names no quote that must be cited"),
        (replace(WHERE, kind="off_topic"), "answerable, but of kind off_topic"),
        (replace(AGE, kind=None), "unanswerable, but has no kind"),
        (replace(AGE, answers=(Exact("36"),)), "unanswerable, but has answers or quotes"),
    ],
)
def test_the_linter_finds(case: Case, finding: str) -> None:
    """Each kind of mistake gives a line that starts with the case's id."""
    assert f"{case.id}: {finding}" in lint([case], [DOCUMENT])


def test_rules_excuse_an_answer_from_standing_in_a_document() -> None:
    """Beside a regex or contains, texts may be the writer's own words."""
    assert lint([replace(WHERE, answers=(Exact("the capital"), Regex("London")))], [DOCUMENT]) == []


def test_the_linter_finds_doubles() -> None:
    """Two cases may share neither id nor question."""
    twice = lint([WHO, WHO], [DOCUMENT])
    assert twice[:2] == ["who: id used 2 times", "question asked 2 times: who wrote the first program?"]


def test_a_quote_may_be_wrapped_otherwise() -> None:
    """Line breaks in a document don't hide a quote."""
    wrapped = Document(id="w", uri="w", title="w", text="She lived\n  in London.")
    assert lint([WHERE], [wrapped]) == []


def documents(folder: Path, suffix: str) -> list[Document]:
    paths = sorted(folder.rglob(f"*{suffix}"))
    return [Document(id=p.name, uri=p.name, title=p.stem, text=p.read_text("utf-8")) for p in paths]


def test_the_seed_cases_hold_against_the_article() -> None:
    """At least 70 cases, 24 of them unanswerable, the headline among them, and nothing to lint."""
    seeds = datasets.load("seeds")
    assert len(seeds.cases) >= 70
    assert sum(not case.answerable for case in seeds.cases) >= 24
    assert "who demanded an apology?" in {case.question for case in seeds.cases}
    assert lint(seeds.cases, documents(seeds.folder(), ".txt")) == []


def test_the_guide_cases_hold_against_the_handbook() -> None:
    """Cases over prose, lists and tables, with nothing to lint."""
    guide = datasets.load("guide")
    if not (SHARED / "data" / "guide").is_dir():
        pytest.skip("the 18F guide is not here")
    assert {tag for case in guide.cases for tag in case.tags} >= {"prose", "list", "table"}
    assert lint(guide.cases, documents(guide.folder(), ".md")) == []


def test_the_shipped_thresholds_are_read() -> None:
    """The seeds must be answered to 0.9 and cited exactly."""
    seeds = datasets.load("seeds")
    assert seeds.at_least["answered_right"] == 0.9
    assert seeds.at_least["abstained"] == 0.9
    assert seeds.at_least["citations_exact"] == 1.0


def test_a_set_of_ones_own_lies_beside_its_documents(tmp_path: Path) -> None:
    """A path loads the .jsonl with its .toml; the folder is resolved from there."""
    (tmp_path / "mine.jsonl").write_text(LINE)
    (tmp_path / "mine.toml").write_text('documents = "texts"\n[at_least]\nabstained = 1\n')
    (tmp_path / "texts").mkdir()
    mine = datasets.load(tmp_path / "mine.toml")
    assert (mine.name, mine.folder(), mine.at_least) == ("mine", tmp_path / "texts", {"abstained": 1.0})


def test_a_set_without_documents_says_so(tmp_path: Path) -> None:
    """Without a folder named, one is asked to say which data folder to ask."""
    (tmp_path / "mine.jsonl").write_text("")
    with pytest.raises(DatasetError, match="names no documents"):
        datasets.load(tmp_path / "mine.jsonl").folder()


def test_a_bad_toml_is_a_plain_error(tmp_path: Path) -> None:
    """A misspelt table is named, not ignored."""
    (tmp_path / "mine.jsonl").write_text("")
    (tmp_path / "mine.toml").write_text("[at_lest]\nabstained = 1\n")
    with pytest.raises(DatasetError, match="at_lest"):
        datasets.load(tmp_path / "mine.jsonl")
