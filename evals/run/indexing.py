"""Writes documents into a service in batches, without files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.batch_writer import BatchWriter
from ingest.split import PassageSplitter
from rag.coreference.resolver import PronounResolver
from rag.ports.catalog import Change
from rag.settings import Settings
from rag.types import Document
from rag.wiring import Service, open_service


@contextmanager
def fresh_service(settings: Settings, documents: Iterable[Document] = ()) -> Iterator[Service]:
    """A service over these documents alone, in a temporary data folder.

    Raises:
        SaywhereError: it can't be opened.
    """
    with (
        TemporaryDirectory(prefix="saywhere-evals-") as folder,
        open_service(settings.model_copy(update={"data": Path(folder)})) as service,
    ):
        write_documents(service, documents)
        yield service


def always_answering(settings: Settings) -> Settings:
    """The same settings, but no answer is withheld for low confidence."""
    decide = settings.decide.model_copy(update={"threshold": 0.0})
    return settings.model_copy(update={"decide": decide})


def write_documents(service: Service, documents: Iterable[Document]) -> int:
    """Splits, resolves and commits documents; those without a passage are left out.

    Batches are of 64 documents, however many sentences these have.

    Returns:
        How many documents were written.
    """
    return BatchWriter(service.library, max_sentences=None).write_all(_changes(service, documents))


def _changes(service: Service, documents: Iterable[Document]) -> Iterator[Change]:
    split = service.settings.split
    splitter = PassageSplitter(min_words=split.min_words, max_words=split.max_words)
    resolver = PronounResolver()
    for document in documents:
        passages = resolver.resolve(document, list(splitter.split(document)))
        if passages:
            yield Change(document=document, passages=tuple(passages))
