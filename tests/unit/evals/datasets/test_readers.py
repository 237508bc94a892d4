"""Published sets in their own forms: SQuAD, BEIR and TREC, CLAPnq."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cases.case import DatasetError
from evals.cases.evidence import Evidence
from evals.cases.matchers import Exact
from evals.datasets import load as datasets
from evals.datasets.beir import read_beir, read_qrels
from evals.datasets.clapnq import read_clapnq
from evals.datasets.squad import read_squad

SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Ada_Lovelace",
            "paragraphs": [
                {
                    "context": "Ada lived in London.",
                    "qas": [
                        {"id": "1", "question": " Where? ", "is_impossible": False,
                         "answers": [{"text": "London", "answer_start": 13}] * 2},
                        {"id": "2", "question": "When?", "is_impossible": True, "answers": [],
                         "plausible_answers": [{"text": "Ada", "answer_start": 0}]},
                    ],
                }
            ],
        }
    ],
}  # fmt: skip
CLAPNQ = [
    {"id": 7, "input": "where?", "passages": [{"title": "Ada", "text": "Ada lived. In London.", "sentences":
     ["Ada lived.", "In London."]}], "output": [{"answer": "In London.", "selected_sentences": [1]}]},
    {"id": 8, "input": "when?", "passages": [{"title": "Ada", "text": "Ada lived. In London.", "sentences":
     ["Ada lived.", "In London."]}], "output": [{"answer": "", "selected_sentences": []}]},
]  # fmt: skip


def lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def beir(folder: Path, qrels: str, name: str = "test.tsv") -> Path:
    lines(folder / "corpus.jsonl", [{"_id": "d1", "title": "T", "text": "x"}, {"_id": "d2", "text": "y"}])
    lines(folder / "queries.jsonl", [{"_id": "q1", "text": "x?"}, {"_id": "q2", "text": "unjudged?"}])
    (folder / "qrels").mkdir()
    (folder / "qrels" / name).write_text(qrels)
    return folder


def test_squad_paragraphs_are_documents_and_plausible_answers_no_answers(tmp_path: Path) -> None:
    """Unanswerable questions of SQuAD 2 have no answers, whatever is plausible."""
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(SQUAD))
    found = read_squad(path)
    assert [(t.id, t.title, t.text) for t in found.documents] == [
        ("Ada Lovelace-0", "Ada Lovelace", "Ada lived in London.")
    ]
    one, two = found.queries
    assert (one.text, one.answers, one.relevant) == ("Where?", ("London",), ("Ada Lovelace-0",))
    assert (two.answerable, two.answers, two.relevant) == (False, (), ())


def test_a_published_file_is_a_set_that_can_be_asked(tmp_path: Path) -> None:
    """With its documents; the document with the answer must be cited."""
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(SQUAD))
    loaded = datasets.load(path)
    assert [document.text for document in loaded.documents] == ["Ada lived in London."]
    assert loaded.cases[0].answers == (Exact("London"),)
    assert loaded.cases[0].must_cite == ((Evidence(document="Ada Lovelace-0"),),)
    assert loaded.cases[1].kind == "missing_detail"


def test_a_file_that_is_no_squad_is_a_plain_error(tmp_path: Path) -> None:
    """Named, whatever is missing in it."""
    for text in ("{", "[]", '{"data": [{"title": "x"}]}'):
        path = tmp_path / "dev.json"
        path.write_text(text)
        with pytest.raises(DatasetError, match="not a SQuAD file"):
            read_squad(path)


@pytest.mark.parametrize(
    ("qrels", "name"),
    [
        ("query-id\tcorpus-id\tscore\nq1\td2\t2\nq1\td1\t1\n", "test.tsv"),
        ("q1 0 d2 2\nq1 0 d1 1\nq1 0 d9 0\n", "test.qrels"),
    ],
)
def test_beir_and_trec_judgements_are_read_alike(tmp_path: Path, qrels: str, name: str) -> None:
    """Best grade first; without documents that aren't relevant and queries without a judgement."""
    found = read_beir(beir(tmp_path, qrels, name))
    (query,) = found.queries
    assert query.relevant == ("d2", "d1")
    assert query.grades["d2"] == 2
    assert [text.title for text in found.documents] == ["T", ""]
    assert datasets.load(tmp_path).cases[0].must_cite == ((Evidence(document="d2"), Evidence(document="d1")),)


def test_the_error_for_a_bad_judgement_names_its_line(tmp_path: Path) -> None:
    """Neither three nor four columns, or a grade that is no number."""
    for text in ("q1 d1\n", "a b c d e\n", "q1\td1\tmuch\n"):
        path = tmp_path / "qrels.txt"
        path.write_text("q0\td0\t1\n" + text)
        with pytest.raises(DatasetError, match=r"qrels\.txt:2: not a relevance judgement"):
            read_qrels(path)


def test_clapnq_has_each_passage_once_with_the_sentences_of_its_answers(tmp_path: Path) -> None:
    """A question with an empty long answer is unanswerable."""
    path = lines(tmp_path / "clapnq.jsonl", CLAPNQ)  # type: ignore[arg-type]
    found = read_clapnq(path)
    assert len(found.documents) == 1
    one, two = found.queries
    assert (one.sentences, one.answers) == (("In London.",), ("In London.",))
    assert not two.answerable
    assert [case.id for case in datasets.load(path).cases] == ["7", "8"]


def test_a_folder_of_no_known_form_is_a_plain_error(tmp_path: Path) -> None:
    """And no empty set."""
    with pytest.raises(DatasetError, match="of no set that can be read"):
        datasets.load(tmp_path)


def test_a_shipped_set_comes_before_a_folder_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`saywhere eval seeds` beside the folder `seeds`."""
    (tmp_path / "seeds").mkdir()
    monkeypatch.chdir(tmp_path)
    assert datasets.load("seeds").name == "seeds"
