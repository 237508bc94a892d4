"""The laws of ``Reader``, held by the fakes and by the packaged model."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest

from rag.adapters.onnx import reader as onnx_reader
from rag.adapters.onnx.reader import OnnxReader
from rag.errors import ModelError
from rag.ports.reader import Reader
from rag.types import Candidate
from tests.fakes.models import EvidenceFake, PhraseReader
from tests.samples import candidate, document, find, mention
from tests.unit.rag.answering.samples import HEADER, ROW, page, part_of

QUESTION = "Who called for an apology?"
NEWS = (
    "Polk County, Florida, Sheriff Grady Judd expressed his displeasure about the letter. "
    "He called for an apology from Homeland Security Secretary Kristi Noem."
)


@pytest.fixture(params=["phrases", "evidence", "real"])
def any_reader(request: pytest.FixtureRequest) -> Reader:
    if request.param == "phrases":
        return PhraseReader(apology=3.0, Kristi_Noem=2.0)
    if request.param == "evidence":
        return EvidenceFake(support={"apology": 3.0}, spans={"apology": 3.0, "Kristi Noem": 2.0})
    packaged: Reader = request.getfixturevalue("reader")
    return packaged


def news() -> Candidate:
    return candidate(document(NEWS))


def resolved() -> Candidate:
    doc = document(NEWS)
    return candidate(doc, mentions=(mention(doc, find(NEWS, "He"), "Sheriff Grady Judd"),))


def longer() -> list[Candidate]:
    """Passages of more sentences than span refinement reads, one with a resolved pronoun."""
    text = f"It rained on Monday. Nobody came to the fair. {NEWS} The letter was long. Ships waited."
    doc = document(text)
    resolved_he = mention(doc, find(text, "He"), "Sheriff Grady Judd")
    return [candidate(doc), candidate(doc, mentions=(resolved_he,))]


def strange() -> list[Candidate]:
    """Texts that no tokenizer was made for."""
    texts = ["\ud800 lone", "日本語。" * 50, "a" * 5_000, "word " * 3_000, "\x00\x01", "🧩" * 300]
    return [candidate(document(text, id=str(i))) for i, text in enumerate(texts)]


def row_below_its_header() -> Candidate:
    """A table's second row: the header is a context span."""
    return part_of(page((HEADER, "Name | Office"), (ROW, "Judd | Sheriff"), (ROW, "Noem | Secretary")), 2)


def test_each_candidate_has_a_reading(any_reader: Reader) -> None:
    """In the order of the candidates; one finite support for each sentence, probabilities that sum to 1."""
    candidates = [news(), *strange(), resolved(), row_below_its_header()]
    readings = any_reader.read(QUESTION, candidates)
    assert [reading.candidate for reading in readings] == candidates
    for reading in readings:
        assert len(reading.support) == len(reading.candidate.passage.sentences)
        assert all(math.isfinite(logit) for logit in (reading.relevance, *reading.support))
        if reading.polarity is not None:
            polarity = (reading.polarity.yes, reading.polarity.no, reading.polarity.neither)
            assert min(polarity) >= 0
            assert sum(polarity) == pytest.approx(1.0)


def test_spans_are_of_their_candidate_best_first(any_reader: Reader) -> None:
    """Inside the passage or one of its context spans; the text is the slice, or antecedents'."""
    for reading in any_reader.read(QUESTION, [news(), *strange(), resolved(), row_below_its_header()]):
        passage = reading.candidate.passage
        assert [a.score for a in reading.spans] == sorted((a.score for a in reading.spans), reverse=True)
        for answer in reading.spans:
            assert answer.candidate is reading.candidate
            assert any(span.contains(answer.span) for span in (passage.span, *passage.context_spans))
            if not answer.antecedents:
                assert answer.span.slice(reading.candidate.document.text).strip() == answer.text


def test_a_reading_does_not_depend_on_its_neighbours(any_reader: Reader) -> None:
    """Alone or among others, twice or once: the same logits and the same spans."""
    [alone] = any_reader.read(QUESTION, [news()])
    assert any_reader.read(QUESTION, [*strange(), news()])[-1] == alone
    assert any_reader.read(QUESTION, [news(), news()]) == [alone, alone]


def test_nothing_to_read_gives_nothing(any_reader: Reader) -> None:
    """No candidates, no results."""
    assert any_reader.read(QUESTION, []) == []


def test_a_resolved_pronoun_is_read_as_its_antecedent(reader: OnnxReader) -> None:
    """With "He" resolved the answer is the sheriff, with the spans of the pronoun and of his name."""
    best = reader.read("who demanded an apology?", [resolved()])[0].spans[0]
    assert "Grady Judd" in best.text
    assert [r.slice(NEWS) for r in best.antecedents] == [best.text]


def test_a_long_passage_is_read_to_its_end(reader: OnnxReader) -> None:
    """The answer comes after 3,000 words, beyond the model's window; its sentence has the most support."""
    text = "The weather was mild and nothing else happened. " * 380 + NEWS
    [reading] = reader.read("What is the first name of Secretary Noem?", [candidate(document(text))])
    best = reading.spans[0]
    assert "Kristi" in best.text
    assert best.span.slice(text) == best.text
    most = max(range(len(reading.support)), key=reading.support.__getitem__)
    assert "Kristi" in reading.candidate.passage.sentences[most].slice(text)


def test_a_very_long_question_leaves_room_for_the_passage(reader: OnnxReader) -> None:
    """Its first words are read; nothing breaks."""
    assert reader.read("Who called for an apology " * 300, [news()])[0].spans


def test_a_damaged_reader_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flipped byte in the packaged weights; a pin file without them."""
    copy = tmp_path / "reader"
    shutil.copytree(onnx_reader._FOLDER, copy)
    monkeypatch.setitem(onnx_reader._PACKAGED_FOLDERS, onnx_reader.PACKAGED, copy)
    weights = bytearray((copy / "reader.onnx").read_bytes())
    weights[len(weights) // 2] ^= 1
    (copy / "reader.onnx").write_bytes(weights)
    with pytest.raises(ModelError, match=r"reader\.onnx is not the one that was measured"):
        OnnxReader("packaged", cache=tmp_path)
    (copy / "sha256.json").write_text(json.dumps({}))
    with pytest.raises(ModelError, match="doesn't pin"):
        OnnxReader("packaged", cache=tmp_path)


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    """Text where a graph should be: one plain line."""
    (tmp_path / "model.onnx").write_text("not a graph")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="can't be") as caught:
        OnnxReader(str(tmp_path), cache=tmp_path / "cache")
    assert "\n" not in str(caught.value)


def test_the_sentence_that_answers_has_the_most_support(reader: OnnxReader) -> None:
    """And its passage is more relevant than one of another subject."""
    texts = (
        "The letter was long. The minister asked for an apology on Monday. It rained on Tuesday.",
        "The library opens at nine. Readers may borrow six books. Fines are paid at the desk.",
    )
    about, other = reader.read(
        "Who asked for an apology?", [candidate(document(text, id=text[:9])) for text in texts]
    )
    assert max(range(3), key=about.support.__getitem__) == 1
    assert about.relevance > other.relevance


def test_refinement_keeps_the_candidate_and_its_scores(any_reader: Reader) -> None:
    """The same candidate and scores; the span in its passage, its text the document's slice."""
    for reading in any_reader.read(QUESTION, longer()):
        read, best = reading.candidate, reading.spans[0]
        refined = any_reader.refine(QUESTION, best)
        assert refined.candidate.passage == read.passage
        assert (refined.score, refined.no_answer_score) == (best.score, best.no_answer_score)
        assert read.passage.span.contains(refined.span)
        if not refined.antecedents:
            assert refined.span.slice(read.document.text).strip() == refined.text


def test_refinement_does_not_depend_on_what_was_read_before(reader: OnnxReader) -> None:
    """Just after reading, or after its forward pass was evicted: the same answer."""
    answer = reader.read(QUESTION, longer()[:1])[0].spans[0]
    first = reader.refine(QUESTION, answer)
    others = [candidate(document(f"{n} people came. They left.", id=str(n))) for n in range(80)]
    reader.read(QUESTION, others)
    assert reader.refine(QUESTION, answer) == first


def test_a_short_passage_is_not_refined(reader: OnnxReader) -> None:
    """The sentences around the span are the whole passage."""
    answer = reader.read(QUESTION, [news()])[0].spans[0]
    assert reader.refine(QUESTION, answer) is answer
