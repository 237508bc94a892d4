"""Writes documents into a service, in batches, as ingest does but without files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.split import PassageSplitter
from rag.coreference.resolver import PronounResolver
from rag.ports.catalog import Change
from rag.settings import Settings
from rag.types import Document
from rag.wiring import Service, open_service

BATCH = 64


@contextmanager
def fresh_service(settings: Settings, documents: Iterable[Document] = ()) -> Iterator[Service]:
    """A service over these documents alone, in a folder of its own that is gone afterwards.

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
    """The same, but no answer is withheld for want of confidence."""
    decide = settings.decide.model_copy(update={"threshold": 0.0})
    return settings.model_copy(update={"decide": decide})


def write_documents(service: Service, documents: Iterable[Document]) -> int:
    """Splits, resolves and commits documents; those without a passage are left out.

    Returns:
        How many documents were written.
    """
    split = service.settings.split
    splitter = PassageSplitter(min_words=split.min_words, max_words=split.max_words)
    resolver = PronounResolver()
    batch: list[Change] = []
    written = 0
    for document in documents:
        passages = resolver.resolve(document, list(splitter.split(document)))
        if passages:
            batch.append(Change(document=document, passages=tuple(passages)))
            written += 1
        if len(batch) == BATCH:
            service.library.write(batch)
            batch = []
    if batch:
        service.library.write(batch)
    return written
