"""Decisions that both probabilities are fitted to, over the service's own retrieval and reading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.train.calibration.collect_readings import (
    JudgedDecision,
    ReadingKind,
    collect_colleague,
    collect_pages,
)
from evals.train.calibration.fit import FUSED_WEIGHT, uninformative_calibration
from rag.adapters.onnx.reader import OnnxReader
from rag.answering.calibration import FEATURES, Calibration
from rag.answering.decision import Decider
from rag.settings import DecideSettings, Settings
from rag.types import Candidate, Reading

DECIDER = Decider(Calibration.load(uninformative_calibration(FUSED_WEIGHT)), DecideSettings())
TABLE = """# Rooms

| Room | Floor | Booked with |
|---|---|---|
| Oak | third | Ines Quell |
| Elm | cellar | the porter |
"""
CASES = (
    {
        "id": "oak",
        "question": "On which floor is Oak?",
        "answerable": True,
        "answers": [{"contains": ["third"]}],
        "must_cite": [["Oak"]],
    },
    {"id": "ash", "question": "On which floor is Ash?", "answerable": False, "kind": "missing_detail"},
)
LIFTS = "# Lifts\n\nThe lift stops on every floor but the fifth. It is out of order on Sundays.\n"
QUERIES = (
    {
        "id": "q-0",
        "file": "lifts.md",
        "kind": "fact",
        "question": "which floor does the lift skip?",
        "answerable": True,
        "answer": "the fifth",
        "evidence": ["The lift stops on every floor but the fifth."],
    },
    {
        "id": "q-1",
        "file": "lifts.md",
        "kind": "fact",
        "question": "how fast is the lift?",
        "answerable": False,
        "evidence": [],
    },
)


@pytest.fixture(scope="module")
def of_pages(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> list[JudgedDecision]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "texts").mkdir()
    (folder / "texts" / "rooms.md").write_text(TABLE)
    (folder / "texts" / "lifts.md").write_text(LIFTS)
    (folder / "rooms.toml").write_text('documents = "texts"\n')
    cases = folder / "rooms.jsonl"
    cases.write_text("".join(json.dumps(case) + "\n" for case in CASES))
    return list(collect_pages(str(cases), DECIDER, Settings(cache=model_cache)))


def test_an_answerable_question_is_decided_twice(of_pages: list[JudgedDecision]) -> None:
    """As it is, and without its gold passages; an unanswerable one once."""
    assert [(d.question_id, d.kind) for d in of_pages] == [
        ("rooms-oak", ReadingKind.ANSWERABLE),
        ("rooms-oak", ReadingKind.GOLD_REMOVED),
        ("rooms-ash", ReadingKind.UNANSWERABLE),
    ]
    assert {len(d.features) for d in of_pages} == {len(FEATURES)}


def test_only_what_the_gold_passage_answers_can_be_right(of_pages: list[JudgedDecision]) -> None:
    """Evidence and short answer alike."""
    assert [d.evidence_right for d in of_pages] == [True, False, False]
    assert [d.short_answer_right for d in of_pages] == [True, False, False]


def test_a_collection_in_a_colleagues_words_is_judged_by_its_evidence(
    model_cache: Path, tmp_path: Path
) -> None:
    """In the collection and in its file alone. Where further passages may answer too, none is removed."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "lifts.md").write_text(LIFTS)
    (tmp_path / "docs" / "rooms.md").write_text(TABLE)
    (tmp_path / "queries.jsonl").write_text("".join(json.dumps(query) + "\n" for query in QUERIES))
    decisions = list(collect_colleague(tmp_path, DECIDER, Settings(cache=model_cache)))
    alone = f"{tmp_path.name}, one document"
    assert [(d.dataset, d.kind) for d in decisions] == [
        (tmp_path.name, ReadingKind.ANSWERABLE),
        (alone, ReadingKind.ANSWERABLE),
        (tmp_path.name, ReadingKind.UNANSWERABLE),
        (alone, ReadingKind.UNANSWERABLE),
    ]
    assert [d.evidence_right for d in decisions] == [True, True, False, False]
    assert [d.short_answer_right for d in decisions[2:]] == [False, False]


def test_questions_are_read_as_the_service_reads_them(
    model_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the long forms of their acronyms; by each reader a passage once, for all decisions."""
    read: list[tuple[str, str, str]] = []
    original = OnnxReader.read

    def recorded(self: OnnxReader, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        read.extend((self.fingerprint, question, candidate.passage.id) for candidate in candidates)
        return original(self, question, candidates)

    monkeypatch.setattr(OnnxReader, "read", recorded)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "lifts.md").write_text(LIFTS)
    (tmp_path / "docs" / "leave.md").write_text("# Leave\n\nPaid time off (PTO) is 25 days a year.\n")
    query = {**QUERIES[0], "file": "leave.md", "question": "how much pto is there?", "answer": "25 days"}
    query["evidence"] = ["Paid time off (PTO) is 25 days a year."]
    (tmp_path / "queries.jsonl").write_text(json.dumps(query) + "\n")
    decisions = list(collect_colleague(tmp_path, DECIDER, Settings(cache=model_cache)))
    assert [d.evidence_right for d in decisions] == [True, True]
    assert {question for _, question, _ in read} == {"how much pto (Paid time off) is there?"}
    assert len(read) == len(set(read)) == 4  # two passages by two readers
