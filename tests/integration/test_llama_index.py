"""Saywhere under llama-index's own interfaces, its documents in Saywhere, and its stores under it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core import SimpleDirectoryReader
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.tools import QueryEngineTool
from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters

from ingest.llama_index import SaywhereIndex
from ingest.wiring import ingest
from rag.adapters.llama_index import SaywhereQueryEngine, SaywhereRetriever
from rag.errors import InvalidSettings, UnknownDocument
from rag.settings import load
from rag.types import Answer, Question
from rag.wiring import Service, open_service
from tests.fakes import outcomes
from tests.fakes.engine import FakeBackend

SEEDS = Path(__file__).parents[2] / "seeds"
QUESTION = "who demanded an apology?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The seed article, read as a file; every question is answered, however low the confidence."""
    settings = load(data=tmp_path_factory.mktemp("data"), decide={"threshold": 0.0})
    with open_service(settings) as opened:
        assert ingest(opened, [SEEDS]).added
        yield opened


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SaywhereIndex]:
    """An empty data folder."""
    with SaywhereIndex.open(tmp_path / "data") as opened:
        yield opened


def choirs() -> list[LlamaDocument]:
    return [
        LlamaDocument(
            text="The Northfield choir has 40 singers.\r\nIt sings in Ash Hall.",
            id_="northfield",
            metadata={"year": 2024, "town": "Northfield"},
        ),
        LlamaDocument(
            text="The Easton choir has 25 singers.", id_="easton", metadata={"year": 2023, "town": "Easton"}
        ),
    ]


def year(value: int) -> MetadataFilters:
    return MetadataFilters(filters=[MetadataFilter(key="year", value=value)])


def test_retrieved_nodes_hold_exact_offsets(service: Service) -> None:
    """A node's text is the stored document's slice; its source is the document."""
    nodes = SaywhereRetriever(service, similarity_top_k=3).retrieve(QUESTION)
    assert 1 <= len(nodes) <= 3
    for scored in nodes:
        document = service.catalog.document(scored.node.metadata["document_id"])
        assert document.text[scored.node.start_char_idx : scored.node.end_char_idx] == scored.node.text
        assert scored.node.metadata["version"] == document.sha256
        assert scored.node.ref_doc_id == document.uri
    assert [n.score for n in nodes] == sorted((n.score for n in nodes), reverse=True)


def test_a_response_is_the_engines_answer_with_its_citations(service: Service) -> None:
    """Text, confidence and citations in their order are those of the engine."""
    answer = service.engine.ask(Question(text=QUESTION))
    response = SaywhereQueryEngine(service).query(QUESTION)
    assert isinstance(answer, Answer)
    assert str(response) == answer.text
    assert [n.node.text for n in response.source_nodes] == [c.quote for c in answer.citations]
    assert response.metadata["confidence"] == answer.confidence
    assert response.metadata["statements"][0]["citations"] == list(answer.statements[0].citations)
    assert response.source_nodes[0].metadata["file_name"] == next(SEEDS.iterdir()).name


@pytest.mark.parametrize("outcome", outcomes.ANSWERS, ids=lambda outcome: outcome.unit)
def test_a_response_says_what_kind_of_answer_it_is(outcome: Answer) -> None:
    """Unit, certainty, both confidences, roles, and what was left out, as plain values."""
    backend = FakeBackend(script=outcomes.outcome_of)
    backend.catalog.stored = (outcomes.DOCUMENT,)
    response = SaywhereQueryEngine(backend).query(outcome.question)
    metadata = json.loads(json.dumps(response.metadata))
    assert str(response) == outcome.text
    assert (metadata["unit"], metadata["certainty"]) == (outcome.unit, outcome.certainty)
    assert metadata["short_answer_confidence"] == outcome.short_answer_confidence
    assert [s["role"] for s in metadata["statements"]] == [s.role for s in outcome.statements]
    assert (metadata["item_count"], tuple(metadata["unanswered"])) == (outcome.item_count, outcome.unanswered)


def test_an_abstention_has_a_reason_and_the_nearest_passages(tmp_path: Path) -> None:
    """They are no source nodes, as they support nothing."""
    with open_service(load(data=tmp_path, decide={"threshold": 1.0})) as strict:
        ingest(strict, [SEEDS])
        response = SaywhereQueryEngine(strict).query(QUESTION)
    assert response.source_nodes == []
    assert response.metadata["answered"] is False
    assert response.metadata["reason"] in {"not_confident", "not_answered_here"}
    assert response.metadata["nearest"]


def test_both_are_asynchronous_too(service: Service) -> None:
    """With the same results."""

    async def both() -> tuple[str, list[str]]:
        response = await SaywhereQueryEngine(service).aquery(QUESTION)
        nodes = await SaywhereRetriever(service).aretrieve(QUESTION)
        return str(response), [scored.node_id for scored in nodes]

    text, node_ids = asyncio.run(both())
    assert text == str(SaywhereQueryEngine(service).query(QUESTION))
    assert node_ids == [scored.node_id for scored in SaywhereRetriever(service).retrieve(QUESTION)]


def test_llama_indexs_own_classes_take_both(service: Service) -> None:
    """A tool of an agent, and a query engine that lets an LLM answer from the passages."""
    tool = QueryEngineTool.from_defaults(SaywhereQueryEngine(service), name="docs", description="the article")
    assert str(tool.call(QUESTION)) == "Sheriff Grady Judd"
    llm_engine = RetrieverQueryEngine.from_args(SaywhereRetriever(service, similarity_top_k=1), llm=MockLLM())
    assert "He called for an apology" in str(llm_engine.query(QUESTION))


def test_documents_of_a_reader_answer_as_the_files_do(service: Service, index: SaywhereIndex) -> None:
    """Version, quotes and offsets are the same; a second load, with other random ids, changes nothing."""
    first = index.ingest(SimpleDirectoryReader(str(SEEDS)).load_data())
    again = index.ingest(SimpleDirectoryReader(str(SEEDS)).load_data())
    path = str(next(SEEDS.iterdir()))
    assert (first.added, again.unchanged, again.did_nothing) == ((path,), (path,), True)
    of_file, of_reader = (SaywhereQueryEngine(opened).query(QUESTION) for opened in (service, index.service))
    assert str(of_file) == str(of_reader)
    for expected, scored in zip(of_file.source_nodes, of_reader.source_nodes, strict=True):
        assert scored.text == expected.text
        assert scored.node.get_node_info() == expected.node.get_node_info()
        assert scored.metadata["version"] == expected.metadata["version"]
        assert scored.metadata["file_name"] == expected.metadata["file_name"]
        assert scored.node.ref_doc_id == scored.metadata["file_path"] == path


def test_offsets_point_into_the_llama_index_document(index: SaywhereIndex) -> None:
    """Whatever its line ends; its id is the nodes' ``ref_doc_id``."""
    documents = {document.id_: document for document in choirs()}
    index.ingest(list(documents.values()))
    for scored in index.as_retriever().retrieve("How many singers are in a choir?"):
        text = documents[scored.node.ref_doc_id].text
        assert text[scored.node.start_char_idx : scored.node.end_char_idx] == scored.node.text


def test_filters_keep_to_documents_with_the_metadata(index: SaywhereIndex) -> None:
    """Numbers as their readers gave them."""
    index.ingest(choirs())
    for wanted, answer in ((2024, "40"), (2023, "25")):
        engine = index.as_query_engine(filters=year(wanted))
        response = engine.query("How many singers does the choir have?")
        assert answer in str(response)
        assert {scored.metadata["year"] for scored in response.source_nodes} == {str(wanted)}
    assert index.as_retriever(filters=year(1999)).retrieve("choir") == []


def test_a_changed_document_is_replaced(index: SaywhereIndex) -> None:
    """By text or metadata; its id stays, and the earlier version answers no more."""
    index.ingest(choirs())
    [before] = {n.metadata["document_id"] for n in index.as_retriever(filters=year(2024)).retrieve("choir")}
    northfield, easton = choirs()
    changed = LlamaDocument(
        text=northfield.text.replace("40", "42"), id_="northfield", metadata={"year": 2024}
    )
    report = index.ingest([changed, easton])
    assert (report.changed, report.unchanged) == (("northfield",), ("easton",))
    response = index.as_query_engine(filters=year(2024)).query("How many singers does the choir have?")
    assert "42" in str(response)
    assert {scored.metadata["document_id"] for scored in response.source_nodes} == {before}
    easton.metadata["town"] = "East Town"
    assert index.ingest([easton]).changed == ("easton",)


def test_the_dates_of_a_file_make_no_new_version(index: SaywhereIndex, tmp_path: Path) -> None:
    """They change with every copy and checkout."""
    file = tmp_path / "choir.md"
    file.write_text("# Choir\n\nThe choir has 40 singers.")
    index.ingest(SimpleDirectoryReader(input_files=[file]).load_data())
    os.utime(file, (0, 0))
    assert index.ingest(SimpleDirectoryReader(input_files=[file]).load_data()).did_nothing
    file.write_text("# Choir\n\nThe choir has 41 singers.")
    assert index.ingest(SimpleDirectoryReader(input_files=[file]).load_data()).changed == (str(file),)


def test_documents_of_a_source_that_are_gone_are_removed(index: SaywhereIndex) -> None:
    """Of that source alone; a document given without a source stays in its own."""
    northfield, easton = choirs()
    other = LlamaDocument(text="The Weston choir has 12 singers.", id_="weston")
    index.ingest([other])
    index.ingest([northfield, easton], source="choirs")
    assert index.ingest([northfield]).removed == ()
    report = index.ingest([northfield], source="choirs")
    assert (report.unchanged, report.removed) == (("northfield",), ("easton",))
    uris = {scored.node.ref_doc_id for scored in index.as_retriever().retrieve("choir")}
    assert uris == {"northfield", "weston"}
    assert index.ingest([northfield, other], source="choirs").did_nothing
    assert set(index.ingest([], source="choirs").removed) == {"northfield", "weston"}


def test_what_cannot_be_taken_in_stops_nothing_else(index: SaywhereIndex) -> None:
    """It is reported, and an earlier version stays."""
    index.ingest(choirs())
    _, easton = choirs()
    empty = LlamaDocument(text="", id_="northfield")
    report = index.ingest([empty, easton, easton, LlamaDocument(text="Weston sings.", id_="weston")])
    assert report.added == ("weston",)
    assert [(failure.uri, failure.has_earlier_version) for failure in report.failed] == [
        ("northfield", True),
        ("easton", True),
    ]
    assert "40" in str(index.as_query_engine(filters=year(2024)).query("How many singers does it have?"))


def test_a_document_that_belongs_to_a_folder_is_left_to_it(index: SaywhereIndex, tmp_path: Path) -> None:
    """A folder's file is changed where it is."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "choir.txt").write_text("The choir has 40 singers.")
    ingest(index.service, [folder])
    report = index.ingest([LlamaDocument(text="Other.", id_="notes/choir.txt")], source="choirs")
    assert [failure.uri for failure in report.failed] == ["notes/choir.txt"]
    assert "change it there" in report.failed[0].reason
    assert len(index.service.catalog.list()) == 1


def test_a_document_too_large_is_refused(tmp_path: Path) -> None:
    """By the limit that files have."""
    with SaywhereIndex.open(tmp_path, limits={"document_bytes": 40}) as index:
        report = index.ingest(choirs())
    assert (report.added, [failure.uri for failure in report.failed]) == (("easton",), ["northfield"])
    assert "the limit is 40" in report.failed[0].reason


def test_a_document_is_removed_by_its_ref_doc_id(index: SaywhereIndex) -> None:
    """Which is the ``id_`` that it was given."""
    index.ingest(choirs())
    index.delete_ref_doc("easton")
    assert {scored.node.ref_doc_id for scored in index.as_retriever().retrieve("choir")} == {"northfield"}
    with pytest.raises(UnknownDocument, match="easton"):
        index.delete_ref_doc("easton")


def test_collections_are_apart(index: SaywhereIndex) -> None:
    """The same id in two of them names two documents."""
    northfield, _ = choirs()
    for name in ("default", "archive"):
        assert index.ingest([northfield], collection=name).added == ("northfield",)
    index.delete_ref_doc("northfield", collection="archive")
    assert index.as_retriever().retrieve("choir")


def test_pages_of_a_file_are_cited_by_page(index: SaywhereIndex) -> None:
    """Readers of PDFs give a document for each page."""
    pages = [
        LlamaDocument(
            text=text, metadata={"file_path": "/a/choir.pdf", "file_name": "choir.pdf", "page_label": label}
        )
        for label, text in (("1", "The choir was founded in 1904."), ("2", "The choir has 40 singers."))
    ]
    index.ingest(pages)
    response = index.as_query_engine().query("How many singers does the choir have?")
    cited = response.source_nodes[0]
    assert (cited.metadata["file_name"], cited.metadata["page_label"]) == ("choir.pdf", "2")
    assert response.metadata["citations"][0]["page"] == 2


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
    """The error names the setting, in one line."""
    with pytest.raises(InvalidSettings, match="SAYWHERE_VECTOR_STORE"):
        open_service(load(data=tmp_path, vector_store=name))
