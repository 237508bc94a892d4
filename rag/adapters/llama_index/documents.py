"""llama-index documents, from any reader, as documents of ``rag.types``: text exact, metadata as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from llama_index.core.schema import Document as LlamaDocument

from rag.adapters.llama_index.metadata import metadata_text
from rag.errors import UnreadableDocument
from rag.types import DEFAULT_COLLECTION, Document, Page, Span

__all__ = ["LlamaDocument", "document_uris", "to_document"]

# Metadata keys in which llama-index's readers name a document's source.
_SOURCE_KEYS = ("file_path", "url", "URL", "link")
_DIGEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def document_uris(documents: Sequence[LlamaDocument]) -> list[str]:
    """A stable uri for each document, in their order: the same source has the same uri in every run.

    It is the document's ``id_``, unless that is a random UUID or a hash, as readers make them, and the
    metadata name the source by ``file_path``, ``url``, ``URL`` or ``link``. A source that gives several
    documents has one uri for each: ``#page=`` with the ``page_label`` of a page (RFC 8118), else
    ``#part=`` with its number, from 1. Documents with the same ``id_`` have the same uri.
    """
    uris = [_chosen_id(document) or _source_uri(document) for document in documents]
    shared = Counter(uris)
    parts: Counter[str] = Counter()
    numbered = []
    for document, uri in zip(documents, uris, strict=True):
        if shared[uri] > 1 and _chosen_id(document) is None:
            parts[uri] += 1
            numbered.append(f"{uri}{'&' if '#' in uri else '#'}part={parts[uri]}")
        else:
            numbered.append(uri)
    return numbered


def has_lasting_uri(document: LlamaDocument) -> bool:
    """Whether a document has the same uri in every run, by an id that somebody chose or its source."""
    return not _is_generated(document.id_) or _first(document.metadata, _SOURCE_KEYS) is not None


def to_document(
    source: LlamaDocument, *, document_id: str, uri: str, collection: str = DEFAULT_COLLECTION
) -> Document:
    """The document with the text exactly as the llama-index document has it, line ends included.

    The title is the ``title`` of the metadata, or empty; sections and blocks are left to the caller. A
    numeric ``page_label`` becomes the number of a page that holds the whole text.

    Raises:
        UnreadableDocument: no text, or text that UTF-8 can't hold.
    """
    text = source.get_content()
    if not text.strip():
        raise UnreadableDocument(f"{uri} is empty: it holds no text")
    if _SURROGATE.search(text):
        raise UnreadableDocument(f"{uri} holds lone surrogates, which UTF-8 can't hold")
    metadata = _metadata(source.metadata)
    label = metadata.get("page_label", "")
    is_numbered = label.isascii() and label.isdigit() and int(label) > 0
    return Document(
        id=document_id,
        uri=uri,
        title=" ".join(metadata.get("title", "").split()),
        text=text,
        media_type=metadata.get("file_type", "text/plain"),
        pages=(Page(span=Span(0, len(text)), number=int(label)),) if is_numbered else (),
        metadata=metadata,
        collection=collection,
    )


def _metadata(values: Mapping[str, Any]) -> dict[str, str]:
    """Metadata as text by key; values of None are left out."""
    return {metadata_text(key): metadata_text(value) for key, value in values.items() if value is not None}


def _chosen_id(document: LlamaDocument) -> str | None:
    """The ``id_``, unless it was generated and the metadata name the source better."""
    is_generated = _is_generated(document.id_) and _first(document.metadata, _SOURCE_KEYS) is not None
    return None if is_generated else metadata_text(document.id_)


def _source_uri(document: LlamaDocument) -> str:
    """Where the metadata say that the document is from, with its page where they name one."""
    source = _first(document.metadata, _SOURCE_KEYS) or document.id_
    page = _first(document.metadata, ("page_label",))
    return source if page is None else f"{source}#page={page}"


def _first(metadata: Mapping[str, Any], keys: Iterable[str]) -> str | None:
    values = (metadata[key] for key in keys if metadata.get(key) not in (None, ""))
    return next((metadata_text(value) for value in values), None)


def _is_generated(document_id: str) -> bool:
    """Whether an id is a random UUID (version 4) or the hexadecimal digits of an MD5, SHA-1 or SHA-256."""
    if _DIGEST.fullmatch(document_id.lower()):
        return True
    try:
        return UUID(document_id).version == 4
    except ValueError:
        return False
