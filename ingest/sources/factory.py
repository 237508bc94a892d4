"""A source that a Python callable gives: one of our own contract, or a reader of llama-index.

The callable is named by settings of a command, never over HTTP: it is code that runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from ingest.ignore import EVERYTHING, IgnoreRules, Patterns
from ingest.plan import ListedFile
from ingest.report import Failure
from ingest.sources.contract import Content, Known, Listing, Source, SourceUnavailable
from ingest.sources.places import Factory
from rag.errors import UnreadableDocument
from rag.ports.catalog import DocumentRecord

if TYPE_CHECKING:
    from rag.adapters.llama_index import LlamaDocument

_CONTRACT = ("name", "records", "list", "fetch", "close")
_MARKDOWN = frozenset({".md", ".markdown", ".mdx"})
_NOWHERE = Path("/")  # patterns are relative to it; nothing is read from there


def open_factory(place: Factory, *, patterns: Patterns = EVERYTHING) -> Source:
    """What the callable ``package.module:name`` gives, called without arguments.

    Patterns are about the uris of a reader's documents; a source of the contract sees to its own.

    Raises:
        SourceUnavailable: it can't be imported, fails, or gives neither a source nor a reader.
    """
    module, _, attribute = place.path.partition(":")
    try:
        factory: Callable[[], Any] = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise SourceUnavailable(f"{place} can't be imported: {error}") from None
    made = _answer(place, factory)
    if all(hasattr(made, name) for name in _CONTRACT):
        return cast(Source, made)
    if hasattr(made, "load_data"):
        return _Reader(place, made.load_data, patterns)
    reason = "neither a source (ingest.sources.contract) nor a reader of llama-index"
    raise SourceUnavailable(f"{place} gives a {type(made).__name__}, {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A document that a reader gave, as it is to be fetched."""

    text: str
    name: str
    title: str | None
    metadata: Mapping[str, str]


class _Reader:
    """All documents that a reader of llama-index gives. It tells no deletions: what isn't given stays."""

    def __init__(self, place: Factory, load: Callable[[], Any], patterns: Patterns) -> None:
        self._place = place
        self._load = load
        self._rules = IgnoreRules(_NOWHERE, patterns, lambda _: None)
        self._documents: dict[str, _Read] = {}

    @property
    def name(self) -> str:
        return str(self._place)

    def records(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        return [record for record in records if record.source == self.name]

    def list(self, known: Known) -> Listing:  # noqa: ARG002 (the contract's)
        from rag.adapters.llama_index import document_uris, has_lasting_uri

        documents = _documents(self._place, _answer(self._place, self._load))
        files: dict[str, ListedFile] = {}
        empty, ignored, failures = [], [], []
        for document, uri in zip(documents, document_uris(documents), strict=True):
            if uri in files or not has_lasting_uri(document):
                fault = "comes twice" if uri in files else "has another id_ in every run"
                reason = f"{uri} {fault}: give each document an id_ of its own"
                failures.append(Failure(uri=uri, reason=reason))
            elif self._rules.ignores_with_parents(_NOWHERE / uri.lstrip("/")):
                ignored.append(uri)
            elif not document.get_content().strip():
                empty.append(uri)
            else:
                try:
                    files[uri] = self._listed(document, uri)
                except UnreadableDocument as error:
                    failures.append(Failure(uri=uri, reason=str(error)))
        return Listing(
            files=tuple(file for _, file in sorted(files.items())),
            empty=tuple(sorted(empty)),
            ignored=tuple(sorted(ignored)),
            failures=tuple(failures),
            complete=False,
            gone=frozenset(ignored),
        )

    def fetch(self, file: ListedFile) -> Content:
        read = self._documents[file.key]
        return Content(
            data=read.text.encode(), name=read.name, title=read.title, metadata=dict(read.metadata)
        )

    def close(self) -> None:
        self._documents.clear()

    def _listed(self, source: LlamaDocument, uri: str) -> ListedFile:
        from ingest.llama_index.documents import fingerprint_of
        from rag.adapters.llama_index import to_document

        document = to_document(source, document_id=uri, uri=uri)
        name = document.metadata.get("file_name") or PurePosixPath(uri.rstrip("/")).name or uri
        path = PurePosixPath(name)
        suffix = path.suffix if path.suffix.lower() in _MARKDOWN else ".txt"
        self._documents[uri] = _Read(
            text=document.text,
            name=f"{path.stem or name}{suffix}",
            title=document.title or None,
            metadata={key: value for key, value in document.metadata.items() if key != "title"},
        )
        size = len(document.text.encode())
        return ListedFile(uri=uri, key=uri, size=size, fingerprint=fingerprint_of(document))


def _documents(place: Factory, given: Any) -> Sequence[LlamaDocument]:
    """Raises SourceUnavailable: they are no documents."""
    documents = list(given) if isinstance(given, Iterable) else None
    if documents is None or not all(hasattr(one, "get_content") for one in documents):
        raise SourceUnavailable(f"{place} reads a {type(given).__name__}, not documents of llama-index")
    return documents


def _answer(place: Factory, function: Callable[[], Any]) -> Any:
    """What a function of others gives. Raises SourceUnavailable: it fails."""
    try:
        return function()
    except Exception as error:
        raise SourceUnavailable(f"{place} fails: {type(error).__name__}: {error}") from error
