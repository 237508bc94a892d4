"""What further queries bring to retrieval: kept queries, ranks over a real index, and the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench.retrieval_parts import questions_with_evidence
from evals.bench.rewriting import WEIGHTS, KeptQueries, Ranks, figures, main, ranks_of
from evals.run.indexing import fresh_service
from ingest.wiring import ingest
from rag.settings import load
from rag.types import Question, Turn

PAGES = {
    "leave.md": "# Leave\n\nEvery employee has 30 days of paid leave a year.\n",
    "canteen.md": "# Canteen\n\nLunch is served from noon until two.\n",
    "parking.md": "# Parking\n\nThe garage closes at ten in the evening.\n",
}
QUESTION = '{"id": "q1", "question": "When may I eat?", "answerable": true, "file": "canteen.md", \
"answer": "from noon", "evidence": ["Lunch is served from noon until two."], "kind": "fact"}'


def test_queries_are_asked_for_once(tmp_path: Path) -> None:
    """Also by a later run with the same file; after other turns the same words are another question."""
    asked: list[Question] = []

    def rewrite(question: Question) -> tuple[str, ...]:
        asked.append(question)
        return ("paid leave",)

    first = Question(text="How many days?")
    later = Question(text="How many days?", history=(Turn(question="And sick leave?", answer=""),))
    for _run in range(2):
        kept = KeptQueries(tmp_path / "q.jsonl", rewrite)
        assert kept.of(first) == kept.of(first) == kept.of(later) == ("paid leave",)
    assert asked == [first, later]


def test_a_query_in_other_words_finds_the_evidence(tmp_path: Path) -> None:
    """The rank as asked and merged, for each weight of the further queries."""
    folder = tmp_path / "set"
    (folder / "docs").mkdir(parents=True)
    for name, text in PAGES.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    (folder / "queries.jsonl").write_text(QUESTION + "\n", encoding="utf-8")
    kept = KeptQueries(None, lambda _: ("lunch",))
    with fresh_service(load()) as service:
        ingest(service, [folder / "docs"])
        [one] = ranks_of(service, "set", list(questions_with_evidence(folder, service)), kept)
    assert one.number_of_queries == 1
    assert one.merged[-1] == 0
    assert len(one.merged) == len(WEIGHTS)


def test_figures_are_of_all_sets_and_of_each() -> None:
    """By row and depth; a question whose evidence isn't in the pool is in the total."""
    ranks = [
        Ranks(set="a", number_of_queries=2, alone=4, merged=(4, 0, 0, 0)),
        Ranks(set="b", number_of_queries=0, alone=None, merged=(None, None, None, None)),
    ]
    values = {(figure.group, figure.name): figure.value for figure in figures(ranks)}
    assert values["all", "queries"] == 1.0
    assert values["all", "as asked, first 5"] == 0.5
    assert values["a", "as asked, first 1"] == 0.0
    assert values["a", "weight 0.5, first 1"] == 1.0
    assert values["b", "weight 0.5, first 12"] == 0.0


def test_without_an_llm_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a line, with status 2."""
    monkeypatch.delenv("SAYWHERE_LLM__PROVIDER", raising=False)
    assert main([]) == 2
    assert "no LLM is set" in capsys.readouterr().err
