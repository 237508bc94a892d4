"""Documents and passages to rows of the catalog and back, without loss.

Spans are stored as flat lists of integers, a tenth of the size of named fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from rag.errors import DamagedDocument
from rag.ports.catalog import Change, DocumentRecord
from rag.types import Block, BlockKind, Document, Mention, Page, Passage, Section, Span

SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
  id TEXT PRIMARY KEY, collection TEXT NOT NULL, version TEXT NOT NULL, uri TEXT NOT NULL,
  title TEXT NOT NULL, media_type TEXT NOT NULL, characters INTEGER NOT NULL,
  passages INTEGER NOT NULL, generation INTEGER NOT NULL, updated_at TEXT NOT NULL, source TEXT NOT NULL,
  source_sha256 TEXT NOT NULL, metadata TEXT NOT NULL, layout TEXT NOT NULL,
  text BLOB NOT NULL  -- UTF-8; last, so that listings don't read it
);
CREATE INDEX documents_by_collection ON documents (collection, id);
CREATE TABLE passages (
  id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  first INTEGER NOT NULL, last INTEGER NOT NULL, spans TEXT NOT NULL
);
CREATE INDEX passages_by_document ON passages (document_id, first);
CREATE TABLE intents (
  collection TEXT NOT NULL, document_id TEXT NOT NULL, version TEXT, replaces TEXT,
  committed INTEGER NOT NULL DEFAULT 0
);
"""
SCHEMA_ADDITIONS = """
CREATE INDEX IF NOT EXISTS documents_by_uri ON documents (collection, uri);
CREATE TABLE IF NOT EXISTS originals (
  document_id TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  name TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS originals_by_hash ON originals (sha256, size);
CREATE TABLE IF NOT EXISTS readers (
  document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  name TEXT NOT NULL,  -- of a group; '' where no group may read the document
  PRIMARY KEY (document_id, name)
) WITHOUT ROWID;
"""
# To format 2, which has the additions until then for certain.
MIGRATIONS = (SCHEMA_ADDITIONS,)
RECORD = (
    "id, collection, uri, title, media_type, version, characters, passages, updated_at, source, source_sha256"
)
DOCUMENT = "id, collection, version, uri, title, media_type, metadata, layout, text"
PASSAGE = "p.id, p.document_id, d.version, d.collection, p.first, p.last, p.spans"

Row = Sequence[Any]


def document_row(change: Change, generation: int, updated_at: str) -> tuple[object, ...]:
    """The columns of ``documents`` in the order of the schema."""
    document = change.document
    return (
        document.id,
        document.collection,
        document.sha256,
        document.uri,
        document.title,
        document.media_type,
        len(document.text),
        len(change.passages),
        generation,
        updated_at,
        change.source,
        change.source_sha256,
        _dump(dict(document.metadata)),
        _dump(_layout(document)),
        document.text.encode("utf-8", "surrogatepass"),
    )


def to_document(row: Row) -> Document:
    """A document from the columns ``DOCUMENT``; its ``sha256`` is computed from its text.

    Text that was altered in the file thus has another version than its passages, and is never cited as what
    was ingested.

    Raises:
        DamagedDocument: the row can't be decoded.
    """
    with _decoding(str(row[0])):
        return _to_document(row)


def _to_document(row: Row) -> Document:
    document_id, collection, _, uri, title, media_type, metadata, layout, text = row
    parts = json.loads(layout)
    return Document(
        id=document_id,
        collection=collection,
        sha256=sha256(text).hexdigest(),
        uri=uri,
        title=title,
        media_type=media_type,
        metadata=json.loads(metadata),
        text=bytes(text).decode("utf-8", "surrogatepass"),
        sections=tuple(
            Section(span=Span(start, end), path=tuple(path)) for start, end, path in parts["sections"]
        ),
        pages=tuple(Page(span=Span(start, end), number=number) for start, end, number in parts["pages"]),
        blocks=tuple(
            Block(
                span=Span(start, end),
                kind=BlockKind(kind),
                context_span=Span(*context_span) if context_span else None,
            )
            for start, end, kind, context_span in parts["blocks"]
        ),
    )


def passage_row(passage: Passage) -> tuple[object, ...]:
    """The columns of ``passages`` in the order of the schema; context spans are stored as ``leads``."""
    spans = {
        "sentences": _flat(passage.sentences),
        "leads": _flat(passage.context_spans),
        "mentions": _flat(span for m in passage.mentions for span in (m.span, m.antecedent)),
    }
    return (passage.id, passage.document_id, passage.span.start, passage.span.end, _dump(spans))


def to_passage(row: Row) -> Passage:
    """A passage from the columns ``PASSAGE``.

    Raises:
        DamagedDocument: the row can't be decoded.
    """
    with _decoding(str(row[1])):
        return _to_passage(row)


def _to_passage(row: Row) -> Passage:
    passage_id, document_id, version, collection, first, last, spans_json = row
    spans = json.loads(spans_json)
    mentions = list(_spans(spans["mentions"]))
    return Passage(
        id=passage_id,
        document_id=document_id,
        version=version,
        collection=collection,
        span=Span(first, last),
        sentences=tuple(_spans(spans["sentences"])),
        context_spans=tuple(_spans(spans["leads"])),
        mentions=tuple(
            Mention(span=span, antecedent=antecedent)
            for span, antecedent in zip(mentions[::2], mentions[1::2], strict=True)
        ),
    )


def to_record(row: Row) -> DocumentRecord:
    """A record from the columns ``RECORD``."""
    names = RECORD.split(", ")
    return DocumentRecord(**dict(zip(names, row, strict=True)))


@contextmanager
def _decoding(document_id: str) -> Iterator[None]:
    """Raises DamagedDocument where a stored value isn't what was written."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedDocument(f"what is stored of document {document_id!r} is damaged: {error}") from error


def _layout(document: Document) -> dict[str, object]:
    return {
        "sections": [(s.span.start, s.span.end, s.path) for s in document.sections],
        "pages": [(p.span.start, p.span.end, p.number) for p in document.pages],
        "blocks": [
            (
                b.span.start,
                b.span.end,
                b.kind,
                (b.context_span.start, b.context_span.end) if b.context_span else None,
            )
            for b in document.blocks
        ],
    }


def _flat(spans: Iterable[Span]) -> list[int]:
    return [offset for span in spans for offset in (span.start, span.end)]


def _spans(flat: list[int]) -> Iterator[Span]:
    return (Span(start, end) for start, end in zip(flat[::2], flat[1::2], strict=True))


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
