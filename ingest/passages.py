"""A document to its passages, as one step that a worker process can run: bounded, and with no state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ingest.formats.limits import DEFAULT, Limits
from ingest.formats.outline import MAX_HEADING
from rag.ports.resolver import Resolver
from rag.ports.splitter import Splitter
from rag.types import Document, Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitDocument:
    """A document and its passages, in order."""

    document: Document
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passages:
    """Splits a document and resolves its pronouns; can be pickled.

    Args:
        resolver: None: pronouns aren't resolved.
        title: replaces the document's own; either is cut at ``MAX_HEADING`` code points.
        metadata: added to the document's own; replaces values of the same name.
    """

    splitter: Splitter
    resolver: Resolver | None = None
    title: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = DEFAULT

    def of(self, document: Document) -> SplitDocument:
        """The document with this title and metadata, and its passages.

        Raises:
            DocumentTooLarge: more sentences than the limit.
        """
        title = (self.title or document.title)[:MAX_HEADING]
        document = replace(document, title=title, metadata={**document.metadata, **self.metadata})
        passages: list[Passage] = []
        sentences = 0
        for passage in self.splitter.split(document):
            sentences += len(passage.sentences)
            self.limits.require_sentences(sentences)
            passages.append(passage)
        if self.resolver is not None:
            passages = self.resolver.resolve(document, passages)
        return SplitDocument(document=document, passages=tuple(passages))
