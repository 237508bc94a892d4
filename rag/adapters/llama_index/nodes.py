"""Passages and citations as llama-index nodes, with the metadata keys that its users know."""

from __future__ import annotations

from pathlib import PurePosixPath

from llama_index.core.schema import (
    NodeRelationship,
    NodeWithScore,
    ObjectType,
    RelatedNodeInfo,
    TextNode,
)

from rag.types import Candidate, Citation, Document

# Keys for programs: ids, offsets, paths and dates say nothing to an LLM.
_EXCLUDED_FROM_LLM = [
    "document_id",
    "version",
    "start",
    "end",
    "uri",
    "file_path",
    "file_type",
    "file_size",
    "creation_date",
    "last_modified_date",
    "last_accessed_date",
]
# Saywhere embeds a sentence with its title and headings before it, and with nothing else.
_EXCLUDED_FROM_EMBEDDING = [*_EXCLUDED_FROM_LLM, "file_name", "page_label"]
_VERSION_CHARACTERS = 12


def candidate_to_node(candidate: Candidate) -> NodeWithScore:
    """A retrieved passage; the score is the fused one of dense and lexical retrieval.

    The node's id is the passage's: the same for the same text at the same place.
    """
    document, span = candidate.document, candidate.passage.span
    node = _node(
        node_id=candidate.passage.id,
        text=candidate.text,
        start=span.start,
        end=span.end,
        document_id=document.id,
        version=document.sha256,
        uri=document.uri,
        title=document.title,
        section=document.section_at(span.start),
        page=document.page_at(span.start),
        document_metadata=dict(document.metadata),
    )
    return NodeWithScore(node=node, score=candidate.scores.fused)


def citation_to_node(citation: Citation, document: Document | None, score: float | None) -> NodeWithScore:
    """A cited quote.

    The node's id names document, version and offsets, so that it is the same for the same quote.

    Args:
        document: the cited document, for its metadata; None, or another version of it: without them.
    """
    is_cited_version = document is not None and document.sha256 == citation.version
    version = citation.version[:_VERSION_CHARACTERS]
    node = _node(
        node_id=f"{citation.document_id}:{version}:{citation.start}-{citation.end}",
        text=citation.quote,
        start=citation.start,
        end=citation.end,
        document_id=citation.document_id,
        version=citation.version,
        uri=citation.uri,
        title=citation.title,
        section=citation.section,
        page=citation.page,
        document_metadata=dict(document.metadata) if document is not None and is_cited_version else {},
    )
    return NodeWithScore(node=node, score=score)


def _node(
    *,
    node_id: str,
    text: str,
    start: int,
    end: int,
    document_id: str,
    version: str,
    uri: str,
    title: str,
    section: tuple[str, ...],
    page: int | None,
    document_metadata: dict[str, str],
) -> TextNode:
    """A node with the conventional metadata, the document's own and Saywhere's, in rising precedence."""
    source = RelatedNodeInfo(
        node_id=uri, node_type=ObjectType.DOCUMENT, hash=version, metadata={"document_id": document_id}
    )
    return TextNode(
        id_=node_id,
        text=text,
        start_char_idx=start,
        end_char_idx=end,
        metadata={
            **_file_metadata(uri, page),
            **document_metadata,
            "title": title,
            "section": " > ".join(section),
            "document_id": document_id,
            "version": version,
            "uri": uri,
            "start": start,
            "end": end,
        },
        excluded_embed_metadata_keys=list(_EXCLUDED_FROM_EMBEDDING),
        excluded_llm_metadata_keys=list(_EXCLUDED_FROM_LLM),
        relationships={NodeRelationship.SOURCE: source},
    )


def _file_metadata(uri: str, page: int | None) -> dict[str, str]:
    """``file_path`` and ``file_name`` where the uri is a file's path; ``page_label`` of paged documents."""
    path = PurePosixPath(uri)
    file = {"file_path": uri, "file_name": path.name} if path.suffix and "://" not in uri else {}
    return file if page is None else {**file, "page_label": str(page)}
