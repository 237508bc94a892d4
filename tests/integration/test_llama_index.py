"""Saywhere under llama-index's own interfaces, and a llama-index store under Saywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.wiring import ingest
from rag.adapters.llama_index.retriever import SaywhereQueryEngine, SaywhereRetriever
from rag.errors import InvalidSettings
from rag.settings import load
from rag.types import Answer, Question
from rag.wiring import Service, open_service

SEEDS = Path(__file__).parents[2] / "seeds"
QUESTION = "who demanded an apology?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The seed article, answered however unsure: what is tested is how answers are handed on."""
    settings = load(data=tmp_path_factory.mktemp("data"), decide={"threshold": 0.0})
    with open_service(settings) as opened:
        assert ingest(opened, [SEEDS]).added
        yield opened


def test_retrieved_nodes_hold_exact_offsets(service: Service) -> None:
    """A node's text is the stored document's slice; its source is the document."""
    nodes = SaywhereRetriever(service.engine, k=3).retrieve(QUESTION)
    assert 1 <= len(nodes) <= 3
    for found in nodes:
        document = service.catalog.document(found.node.ref_doc_id)
        assert document.text[found.node.start_char_idx : found.node.end_char_idx] == found.node.text
        assert found.node.metadata["version"] == document.sha256
    assert [n.score for n in nodes] == sorted((n.score for n in nodes), reverse=True)


def test_a_response_is_the_engines_answer_with_its_citations(service: Service) -> None:
    """Text, confidence and citations in their order are those of the engine."""
    answer = service.engine.ask(Question(text=QUESTION))
    response = SaywhereQueryEngine(service.engine).query(QUESTION)
    assert isinstance(answer, Answer)
    assert str(response) == answer.text
    assert [n.node.text for n in response.source_nodes] == [c.quote for c in answer.citations]
    assert response.metadata["confidence"] == answer.confidence
    assert response.metadata["statements"][0]["citations"] == list(answer.statements[0].citations)


def test_an_abstention_has_no_text_and_a_reason(service: Service, tmp_path: Path) -> None:
    """The nearest passages are its source nodes."""
    with open_service(load(data=tmp_path, decide={"threshold": 1.0})) as strict:
        ingest(strict, [SEEDS])
        response = SaywhereQueryEngine(strict.engine).query(QUESTION)
    assert response.response == ""
    assert response.metadata["answered"] is False
    assert response.metadata["reason"] in {"not_confident", "not_answered_here"}
    assert response.source_nodes


def test_both_are_asynchronous_too(service: Service) -> None:
    """The same from a running loop, without blocking it."""

    async def both() -> tuple[str, int]:
        response = await SaywhereQueryEngine(service.engine).aquery(QUESTION)
        nodes = await SaywhereRetriever(service.engine).aretrieve(QUESTION)
        return str(response), len(nodes)

    text, count = asyncio.run(both())
    assert text == str(SaywhereQueryEngine(service.engine).query(QUESTION))
    assert count == len(SaywhereRetriever(service.engine).retrieve(QUESTION))


def test_a_llama_index_store_takes_chromas_place_by_setting(service: Service, tmp_path: Path) -> None:
    """The same answer from another store, also after it was opened anew; no Chroma folder is made."""
    settings = load(
        data=tmp_path, vector_store="tests.fakes.vector_stores:in_memory", decide={"threshold": 0.0}
    )
    with open_service(settings) as other:
        ingest(other, [SEEDS])
        first = other.engine.ask(Question(text=QUESTION))
    with open_service(settings) as again:
        assert again.library.check() == []
        second = again.engine.ask(Question(text=QUESTION))
    expected = service.engine.ask(Question(text=QUESTION))
    assert isinstance(expected, Answer)
    assert isinstance(first, Answer)
    assert first == second
    assert (first.text, first.citations) == (expected.text, expected.citations)
    assert not (tmp_path / "chroma").exists()


@pytest.mark.parametrize("name", ["no.such.module:store", "tests.fakes.vector_stores:none", "plain"])
def test_a_store_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    """The setting is told by its name, in one line."""
    with pytest.raises(InvalidSettings, match="SAYWHERE_VECTOR_STORE"):
        open_service(load(data=tmp_path, vector_store=name))
