"""The processes of the indexes whose files are in the data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.adapters.index_generations import beside
from rag.adapters.index_process.process import IndexProcess
from rag.wiring.paths import CHROMA, TERMS

if TYPE_CHECKING:
    from pathlib import Path

    from rag.settings import Settings
    from rag.storage.lock import FolderLock

_CHROMA_INDEX = "rag.adapters.chroma.index:ChromaIndex"
_TERM_INDEX = "rag.adapters.tantivy:TantivyIndex"


def index_processes(
    settings: Settings, lock: FolderLock, fingerprint: str | None = None
) -> dict[str, IndexProcess]:
    """The processes, which start at once, by the name of their folder.

    Args:
        fingerprint: of indexes that are made beside those in use.
    """
    data = settings.data
    inherited = () if lock.descriptor is None else (lock.descriptor,)

    def folder(name: str) -> Path:
        return data / name if fingerprint is None else beside(data / name, fingerprint)

    processes = {TERMS: IndexProcess(_TERM_INDEX, folder(TERMS), inherited=inherited)}
    if settings.vector_store == "chroma" and settings.chroma_url is None:
        processes[CHROMA] = IndexProcess(_CHROMA_INDEX, folder(CHROMA), inherited=inherited)
    return processes
