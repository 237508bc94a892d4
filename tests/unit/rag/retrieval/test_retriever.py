"""Filters, the weight of BM25, years that a question names, and texts that define its acronyms."""

from __future__ import annotations

import pytest

from rag.ports.catalog import Change
from rag.ports.indexes import Hit
from rag.retrieval import retriever as retrieve
from rag.retrieval.fusion import fuse
from rag.retrieval.retriever import Retriever
from rag.settings import RetrieveSettings
from rag.storage.library import Library
from rag.storage.visible_catalog import Remembered, VisibleCatalog
from rag.types import Question, Scores
from rag.types.view import View
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import MemoryCatalog, MemoryDenseIndex, MemoryLexicalIndex
from tests.samples import document, passage


@pytest.fixture
def retriever() -> Retriever:
    """Two hundred documents that all speak of the harbour; every fortieth is the port team's, and the others
    are for the group "sea"."""
    parts = MemoryCatalog(), MemoryDenseIndex(), MemoryLexicalIndex(), BagEmbedder()
    changes = []
    for number in range(200):
        team = "port" if number % 40 == 39 else "sea"
        words = (
            "The harbour opens." if team == "sea" else f"About the harbour and berth {number} there is much."
        )
        doc = document(words, id=f"d{number}", metadata={"team": team, "kind": "note"})
        readers = ("sea",) if team == "sea" else None
        changes.append(Change(document=doc, passages=(passage(doc),), readers=readers))
    Library(*parts).write(changes)
    return Retriever(*parts, RetrieveSettings(pool=10))


def retrieved_ids(retriever: Retriever, **filters: str) -> list[str]:
    question = Question(text="when does the harbour open", filters=filters)
    return [candidate.document.id for candidate in retriever.retrieve(question, 10)]


PORT = {"d39", "d79", "d119", "d159", "d199"}


def test_few_documents_are_searched_alone(retriever: Retriever) -> None:
    """Though ten nearer ones of the other team would fill the pool."""
    assert not PORT & set(retrieved_ids(retriever))
    assert set(retrieved_ids(retriever, team="port")) == PORT
    assert set(retrieved_ids(retriever, team="port", kind="note")) == PORT


def test_many_documents_are_filtered_from_a_larger_pool(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rarer they are, the larger the pool is."""
    monkeypatch.setattr(retrieve, "_PREFILTER_LIMIT", 2)
    assert set(retrieved_ids(retriever, team="port")) == PORT


def _seen_by(retriever: Retriever, *groups: str) -> Retriever:
    view = View(groups=frozenset(groups))
    return retriever.over(VisibleCatalog(retriever._catalog, view, Remembered()))


@pytest.mark.parametrize("searched_alone", [500, 2])
def test_documents_that_may_not_be_seen_take_no_place(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch, searched_alone: int
) -> None:
    """Neither among the results nor in the pool whose scores are compared; for a reader all is as it was."""
    monkeypatch.setattr(retrieve, "_PREFILTER_LIMIT", searched_alone)
    compared: list[int] = []

    def counting_fuse(dense: list[Hit], lexical: list[Hit], *, lexical_weight: float) -> dict[str, Scores]:
        scores = fuse(dense, lexical, lexical_weight=lexical_weight)
        compared.append(len(scores))
        return scores

    monkeypatch.setattr(retrieve, "fuse", counting_fuse)
    seen = _seen_by(retriever)
    assert set(retrieved_ids(seen)) == PORT
    assert compared == [5]
    assert retrieved_ids(seen, team="sea") == []
    assert seen.passages_held("default") == 5
    assert retrieved_ids(_seen_by(retriever, "sea")) == retrieved_ids(retriever)


def test_documents_that_match_no_filter_are_not_retrieved(retriever: Retriever) -> None:
    """An unknown name or value matches nothing."""
    assert retrieved_ids(retriever, team="air") == []
    assert retrieved_ids(retriever, crew="port") == []


@pytest.mark.parametrize(("words", "weight"), [(1, 0.7), (8, 0.7), (12, 1.05), (16, 1.4)])
def test_the_weight_of_bm25_grows_with_a_questions_length(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch, words: int, weight: float
) -> None:
    """In proportion to the content words; stop words and repeats don't count."""
    weights: list[float] = []

    def recording_fuse(dense: list[Hit], lexical: list[Hit], *, lexical_weight: float) -> dict[str, Scores]:
        weights.append(lexical_weight)
        return fuse(dense, lexical, lexical_weight=lexical_weight)

    monkeypatch.setattr(retrieve, "fuse", recording_fuse)
    text = " ".join(f"the harbour{n} of harbour{n}" for n in range(words))
    retriever.retrieve(Question(text=text), 10)
    assert weights == [pytest.approx(weight)]


def retriever_over(*titles_and_texts: tuple[str, str]) -> Retriever:
    parts = MemoryCatalog(), MemoryDenseIndex(), MemoryLexicalIndex(), BagEmbedder()
    changes = []
    for number, (title, text) in enumerate(titles_and_texts):
        doc = document(text, id=f"d{number}", title=title)
        changes.append(Change(document=doc, passages=(passage(doc),)))
    Library(*parts).write(changes)
    return Retriever(*parts, RetrieveSettings(pool=10))


def test_a_document_of_another_year_comes_after_the_right_one() -> None:
    """Though its text has more of the question's words."""
    retriever = retriever_over(
        ("Leave 2026", "Days of leave in 2026."),
        ("Leave 2025", "Days of leave each gets."),
        ("Harbour", "Boats lie there."),
        ("Kitchen", "Cups stand there."),
    )
    found = retriever.retrieve(Question(text="days of leave in 2025"), 2)
    assert [candidate.document.title for candidate in found] == ["Leave 2025", "Leave 2026"]


def test_definitions_are_found_by_acronym_and_by_long_form() -> None:
    """With the headings above them; a question of other words finds none."""
    retriever = retriever_over(
        ("Glossary", "PTO: paid time off"), ("Rules", "PTO is granted."), ("Leave", "Time off is paid.")
    )
    for text in ("how much pto is there", "my paid time off"):
        assert retriever.definitions(Question(text=text)) == ("Glossary\nPTO: paid time off",)
    assert retriever.definitions(Question(text="is it granted")) == ()


@pytest.mark.parametrize("limit", [500, 1])
def test_definitions_are_those_of_the_documents_that_match(
    monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """Whether few documents match or many, a definition elsewhere is not seen."""
    monkeypatch.setattr(retrieve, "_PREFILTER_LIMIT", limit)
    parts = MemoryCatalog(), MemoryDenseIndex(), MemoryLexicalIndex(), BagEmbedder()
    docs = [
        document("PTO: paid time off", id="d1", title="", metadata={"team": "port"}),
        document("PTO: please turn over", id="d2", title="", metadata={"team": "sea"}),
        document("PTO: power take off", id="d3", title="", metadata={"team": "port"}, collection="other"),
        document("Boats lie there.", id="d4", title="", metadata={"team": "port"}),
    ]
    Library(*parts).write(
        [Change(document=doc, passages=(passage(doc, collection=doc.collection),)) for doc in docs]
    )
    question = Question(text="how much pto is there", filters={"team": "port"})
    assert Retriever(*parts, RetrieveSettings()).definitions(question) == ("PTO: paid time off",)
