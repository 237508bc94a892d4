"""The open components that answer questions and take documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING

from rag.adapters.index_folders import DAMAGED, remove
from rag.errors import IndexMismatch, IndexUnavailable, StorageError
from rag.storage.visible_catalog import Remembered, VisibleCatalog

if TYPE_CHECKING:
    from rag.adapters.timed_models import ModelTimes
    from rag.engine import Engine
    from rag.ports.access_keys import KeyStore
    from rag.ports.catalog import Catalog
    from rag.ports.embedder import Embedder
    from rag.ports.feedback import FeedbackStore
    from rag.ports.indexes import DenseIndex, LexicalIndex
    from rag.ports.jobs import JobStore
    from rag.ports.originals import OriginalStore
    from rag.ports.question_log import QuestionLog
    from rag.ports.reader import Reader
    from rag.ports.rebuilding import RebuildableIndex
    from rag.ports.signatures import SignatureStore
    from rag.settings import Settings
    from rag.storage.library import Library
    from rag.types.view import View


@dataclass(slots=True, kw_only=True)
class Service:
    """The open components on one data folder or database. A context manager; ``close`` releases them.

    ``notes`` say what was found damaged when it was opened, and what was done about it.
    """

    settings: Settings
    engine: Engine
    library: Library
    catalog: Catalog
    jobs: JobStore
    signatures: SignatureStore
    feedback: FeedbackStore
    original_files: OriginalStore | None
    question_log: QuestionLog
    access_keys: KeyStore
    dense: DenseIndex
    lexical: LexicalIndex
    embedder: Embedder
    reader: Reader
    span_reader: Reader | None
    times: ModelTimes
    rebuildable: Sequence[RebuildableIndex] = ()
    notes: tuple[str, ...] = ()
    _remembered: Remembered = field(default_factory=Remembered, repr=False)
    _resources: ExitStack = field(repr=False)

    def models(self) -> dict[str, str]:
        """The fingerprints by ``embedder``, ``reader`` and, where there is one, ``span_reader``."""
        models = {"embedder": self.embedder.fingerprint, "reader": self.reader.fingerprint}
        if self.span_reader is not None:
            models["span_reader"] = self.span_reader.fingerprint
        return models

    def index_states(self) -> dict[str, str]:
        """``ready``, ``filling``, or why it is broken, of the indexes whose files are in the data folder."""
        return {
            index.name: index.fault or ("ready" if index.is_ready else "filling")
            for index in self.rebuildable
        }

    def index_rows(self) -> dict[str, int]:
        """The number of rows by index, ``dense`` and ``lexical``. Raises IndexUnavailable."""
        collections = self.catalog.collections()
        return {
            "dense": sum(map(self.dense.count, collections)),
            "lexical": sum(map(self.lexical.count, collections)),
        }

    def model_times(self) -> Mapping[str, tuple[int, float]]:
        """The number of calls of each model so far, and their seconds, by the names of ``models``."""
        return self.times.totals()

    def check_ready(self) -> None:
        """Raises IndexUnavailable while an index is broken or being rebuilt, IndexMismatch where another
        process has rebuilt those of the database with another embedder, StorageError if the catalog can't be
        read."""
        stored = self.catalog.fingerprint()
        if self.settings.database_url is not None and stored != self.library.fingerprint:
            raise IndexMismatch(f"the indexes are now those of {stored!r}: restart this process with it")
        if not all(index.is_ready for index in self.rebuildable):
            raise IndexUnavailable("an index is being rebuilt")

    def seen_by(self, view: View) -> Service:
        """The service for somebody who may see these documents alone. It needs no closing."""
        if view.is_whole:
            return self
        catalog = VisibleCatalog(self.catalog, view, self._remembered)
        return replace(self, catalog=catalog, engine=self.engine.over(catalog))

    def remove_damaged(self) -> None:
        """Removes the damaged files that were set aside. Raises StorageError."""
        try:
            for path in self.settings.data.glob(f"*{DAMAGED}"):
                remove(path)
        except OSError as error:
            raise StorageError(f"{self.settings.data} can't be used: {error.strerror}") from error

    def close(self) -> None:
        self._resources.close()

    def __enter__(self) -> Service:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
