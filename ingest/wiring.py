"""Ingestion as the settings say: the splitter, resolver and limit that every face uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.prepare import Preparer
from ingest.report import Progress, Report
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.mentions import PronounResolver
from rag.settings import Settings
from rag.types import DEFAULT_COLLECTION
from rag.wiring import Service


def preparer(settings: Settings) -> Preparer:
    """Turns bytes into changes by these settings."""
    return Preparer(
        splitter=PassageSplitter(settings.split.min_words, settings.split.max_words),
        resolver=PronounResolver(),
        limit=settings.limits.document_bytes,
    )


def ingest(
    service: Service,
    paths: Sequence[Path],
    *,
    collection: str = DEFAULT_COLLECTION,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Makes a collection of an open service hold what the paths hold now. See ``ingest.sync``."""
    return sync(
        service.library,
        service.catalog,
        preparer(service.settings),
        paths,
        collection=collection,
        progress=progress,
    )
