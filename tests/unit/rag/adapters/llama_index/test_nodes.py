"""Nodes of passages and citations: offsets, ids, relationships and conventional metadata."""

from __future__ import annotations

from dataclasses import replace

from llama_index.core.schema import MetadataMode, NodeRelationship, ObjectType

from rag.adapters.llama_index.nodes import candidate_to_node, citation_to_node
from rag.types import Page, Section, Span
from tests.samples import candidate, document
from tests.unit.rag.adapters.llama_index.service import CITATION, DOCUMENT, QUOTE, TEXT


def test_a_node_is_the_documents_text_between_its_offsets() -> None:
    """Of passages and citations alike."""
    for scored in (candidate_to_node(candidate(DOCUMENT, QUOTE)), citation_to_node(CITATION, DOCUMENT, 0.9)):
        assert TEXT[scored.node.start_char_idx : scored.node.end_char_idx] == scored.node.text == QUOTE
        metadata = scored.node.metadata
        assert scored.node.get_node_info() == {"start": metadata["start"], "end": metadata["end"]}


def test_scores_are_those_given() -> None:
    """A passage's fused score, a citation's as the caller says."""
    assert candidate_to_node(candidate(DOCUMENT, QUOTE, fused=1.5)).score == 1.5
    assert citation_to_node(CITATION, DOCUMENT, 0.9).score == 0.9


def test_node_ids_are_stable_and_name_the_version() -> None:
    """The same text at the same place has the same id; another version has others."""
    passage = candidate(DOCUMENT, QUOTE)
    assert candidate_to_node(passage).node_id == passage.passage.id
    first, second = (citation_to_node(CITATION, None, None).node_id for _ in range(2))
    changed = citation_to_node(replace(CITATION, version="f" * 64), None, None).node_id
    assert first == second != changed


def test_the_source_relationship_is_the_document() -> None:
    """By its uri, which is the ``id_`` of a llama-index document; its hash is the version."""
    for scored in (candidate_to_node(candidate(DOCUMENT, QUOTE)), citation_to_node(CITATION, DOCUMENT, 0.9)):
        source = scored.node.relationships[NodeRelationship.SOURCE]
        assert (source.node_id, source.node_type, source.hash) == (
            DOCUMENT.uri,
            ObjectType.DOCUMENT,
            DOCUMENT.sha256,
        )
        assert scored.node.ref_doc_id == scored.node.metadata["uri"] == DOCUMENT.uri
        assert scored.node.metadata["document_id"] == DOCUMENT.id


def test_conventional_keys_are_there() -> None:
    """``file_name``, ``file_path``, ``page_label``, and the document's own metadata."""
    metadata = citation_to_node(CITATION, DOCUMENT, 0.9).node.metadata
    assert metadata["file_name"] == "d1.txt"
    assert metadata["file_path"] == "notes/d1.txt"
    assert metadata["page_label"] == "2"
    assert metadata["section"] == "Music > Choir"
    assert metadata["title"] == "Notes"
    assert metadata["author"] == "Ann"


def test_a_passages_page_and_section_are_those_of_its_start() -> None:
    """As the document has them."""
    paged = document(
        TEXT,
        pages=(Page(span=Span(0, 25), number=7), Page(span=Span(25, len(TEXT)), number=8)),
        sections=(Section(span=Span(0, len(TEXT)), path=("Choir",)),),
    )
    metadata = candidate_to_node(candidate(paged, QUOTE)).node.metadata
    assert (metadata["page_label"], metadata["section"]) == ("8", "Choir")
    assert "page_label" not in candidate_to_node(candidate(DOCUMENT, QUOTE)).node.metadata


def test_the_documents_own_file_keys_stand() -> None:
    """A reader's ``file_name`` and ``page_label`` are kept as it gave them."""
    own = document(TEXT, metadata={"file_name": "Choir.pdf", "page_label": "iv"})
    metadata = citation_to_node(replace(CITATION, version=own.sha256), own, 0.9).node.metadata
    assert (metadata["file_name"], metadata["page_label"]) == ("Choir.pdf", "iv")


def test_a_url_or_a_bare_id_is_no_file() -> None:
    for uri in ("https://example.com/choir.html", "guide-7"):
        assert "file_name" not in citation_to_node(replace(CITATION, uri=uri), None, None).node.metadata


def test_metadata_of_another_version_are_left_out() -> None:
    """The document was replaced after it was cited."""
    newer = document("New text.", metadata={"author": "Bob"})
    assert "author" not in citation_to_node(CITATION, newer, 0.9).node.metadata
    assert "author" not in citation_to_node(CITATION, None, 0.9).node.metadata


def test_an_llm_sees_what_says_something_and_an_embedder_title_and_section() -> None:
    """Ids, offsets and paths are for programs."""
    node = citation_to_node(CITATION, DOCUMENT, 0.9).node
    prompt = node.get_content(metadata_mode=MetadataMode.LLM)
    assert {line.partition(":")[0] for line in prompt.split("\n\n")[0].split("\n")} == {
        "file_name",
        "page_label",
        "author",
        "title",
        "section",
    }
    embedded = node.get_content(metadata_mode=MetadataMode.EMBED)
    assert embedded == f"author: Ann\ntitle: Notes\nsection: Music > Choir\n\n{QUOTE}"
