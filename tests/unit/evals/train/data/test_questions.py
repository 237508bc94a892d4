"""Annotated questions: the training files and SQuAD 1.1 as questions whose spans are their answers."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from pathlib import Path

import pytest

from evals.train.data.examples import answerable_example
from evals.train.data.questions import read_squad, read_training_files
from evals.train.data.sampling_weights import SAMPLING_WEIGHTS
from evals.train.data.unanswerable import remove_answer

SENTENCES = [
    f"sentence number {n} is about the {n}th of the towers that stood along the old road ." for n in range(30)
]


def test_a_sentence_pair_has_its_neighbours_as_context(tmp_path: Path) -> None:
    """Lower-case sentences have no ends that a rule finds: windows are short even so, and the answer's
    sentence can be removed.
    """
    for name in ("spans", "squad2", "policyqa"):
        gzip.open(tmp_path / f"{name}.jsonl.gz", "wt").close()
    with gzip.open(tmp_path / "sentence-pairs.jsonl.gz", "wt") as lines:
        for sentence in SENTENCES:
            lines.write(json.dumps({"question": "which tower ?", "sentence": sentence}) + "\n")
    questions = read_training_files(tmp_path)["pairs"]
    assert len(questions) == 30
    rng = random.Random(7)
    for question, sentence in zip(questions, SENTENCES, strict=True):
        assert question.sentence_level
        assert question.answer_text == sentence.replace(" .", ".")
        assert answerable_example(question, rng).context.count(" ") < 131
        removed = remove_answer(question, rng)
        assert removed
        assert question.answer_text not in removed.context


def test_every_answer_of_the_training_files_is_text(shared: Path) -> None:
    """All sources of the mixture are there; only SQuAD 2 has unanswerable questions."""
    sources = read_training_files(shared / "data" / "train")
    assert {source for _, source in SAMPLING_WEIGHTS} <= sources.keys()
    for questions in sources.values():
        assert all(q.answer is None or q.answer_text.strip() for q in questions)
    assert {name for name, members in sources.items() if any(q.answer is None for q in members)} == {"squad2"}


def test_squad_questions_have_their_first_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles are numbered, so that whole ones can be held out, and titles are decoded."""
    record = {"question": " Who wrote it? ", "answers": [{"text": "Ada", "answer_start": 0}] * 2}
    article = {
        "title": "Ada_%C3%A9_Co",
        "paragraphs": [{"context": "Ada wrote the first program.", "qas": [record]}],
    }
    path = tmp_path / "train-v1.1.json"
    path.write_text(json.dumps({"data": [article, article]}), encoding="utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr("evals.train.data.questions.SQUAD_SHA256", digest)
    assert [(q.question, q.answer_text, q.article, q.title) for q in read_squad(path)] == [
        ("Who wrote it?", "Ada", "squad:0", "Ada é Co"),
        ("Who wrote it?", "Ada", "squad:1", "Ada é Co"),
    ]


def test_another_file_than_squads_training_set_is_refused(tmp_path: Path) -> None:
    """The open sets measure with paragraphs of its development set."""
    path = tmp_path / "dev-v1.1.json"
    path.write_text('{"data": []}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"is not SQuAD 1\.1's training set"):
        read_squad(path)
