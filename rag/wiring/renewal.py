"""Indexes that were made with another embedder: how they are asked, and how they are made anew."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.adapters.index_folders import remove
from rag.adapters.index_generations import remember_model, remembered_model
from rag.adapters.index_process.indexes import ProcessDenseIndex, ProcessLexicalIndex
from rag.adapters.no_dense import NoDense
from rag.errors import ModelError, StorageError
from rag.storage.indexes import Indexes, index_fingerprint
from rag.storage.renewal import Renewal
from rag.storage.repair import Repairs
from rag.wiring.models import open_embedder
from rag.wiring.paths import CHROMA, TERMS, index_folders

if TYPE_CHECKING:
    from rag.adapters.index_process.process import IndexProcess
    from rag.engine import Engine
    from rag.ports.catalog import Catalog
    from rag.ports.embedder import Embedder
    from rag.ports.indexes import DenseIndex, LexicalIndex
    from rag.settings import Settings
    from rag.storage.indexes import Progress
    from rag.wiring.service import Service

_LOG = logging.getLogger("saywhere.storage")
RENEWING = "the indexes are of another model: they are made anew in the background, and answer until then"
MakeEngine = Callable[["DenseIndex", "LexicalIndex"], "Engine"]
"""Makes the engine over new indexes, which are asked with the settings' embedder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexesInUse:
    """What questions are answered with: a dense index, and the embedder that it is asked with.

    ``cosines``: whether similarities are those that the confidence was fitted on, as far as the settings say.
    """

    dense: DenseIndex
    embedder: Embedder
    fingerprint: str
    cosines: bool = True


def earlier_indexes(
    settings: Settings, catalog: Catalog, dense: DenseIndex, lexical: LexicalIndex, embedder: Embedder
) -> IndexesInUse | None:
    """How indexes that were made with another embedder are asked; None where they weren't, or are empty.

    By that embedder, where it is there and the same; else by words alone. One that has the same weights in
    another form, or other rules for rows, is asked by the embedder of the settings.
    """
    stored = catalog.fingerprint()
    if stored is None or stored == index_fingerprint(embedder, context=True) or not catalog.count():
        return None
    made_with = stored.rpartition(" ")[0]
    if made_with.split(":")[:2] == embedder.fingerprint.split(":")[:2]:
        return IndexesInUse(dense=dense, embedder=embedder, fingerprint=stored)
    source, precision = remembered_model(settings.data, stored) or _packaged_model(made_with)
    earlier = settings.model_copy(update={"embedder": source, "embedder_precision": precision})
    try:
        opened = open_embedder(earlier)
    except ModelError as error:
        _LOG.warning("the model of the indexes can't be opened: %s", error)
    else:
        if opened.fingerprint.split(":")[:2] == made_with.split(":")[:2]:
            return IndexesInUse(dense=dense, embedder=opened, fingerprint=stored, cosines=False)
    _LOG.warning("questions are answered by words alone until the indexes are made anew")
    return IndexesInUse(dense=NoDense(lexical), embedder=embedder, fingerprint=stored, cosines=False)


def _packaged_model(fingerprint: str) -> tuple[str, str]:
    """The packaged embedder, in the precision that a fingerprint of it says."""
    from rag.adapters.onnx.embedder import PACKAGED

    return PACKAGED, "fp32" if ":fp32:" in fingerprint else "int8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """The processes of the old indexes and of the new ones, and the repairs of the old ones."""

    old: Mapping[str, IndexProcess]
    new: Mapping[str, IndexProcess]
    repairs: Repairs

    def start(self, service: Service, engine: MakeEngine, stack: ExitStack) -> None:
        """Starts to make the indexes anew; the stack ends that."""
        settings = service.settings

        def build(progress: Progress) -> None:
            for process in self.new.values():
                process.open()
                if process.fault is not None:
                    process.start_over(keep=False)
                    process.filled()
            dense, lexical = ProcessDenseIndex(self.new[CHROMA]), ProcessLexicalIndex(self.new[TERMS])
            indexes = Indexes(dense, lexical, service.embedder, context=True)
            service.library.build_beside(indexes, tuple(self.new.values()), progress)
            service.engine = engine(dense, lexical)
            service.dense, service.lexical = dense, lexical
            service.rebuildable = tuple(self.new.values())
            service.notes = tuple(note for note in service.notes if note != RENEWING)
            self.repairs.close()
            repairs_of_new.callback(Repairs(service.library, service.rebuildable).close)
            remember_settings_model(settings, indexes.fingerprint)

        def retire() -> None:
            for process in self.old.values():
                process.close()
            try:
                for folder in index_folders(settings.data):
                    remove(folder)
            except OSError as error:
                _LOG.error("the old indexes are removed at the next start: %s", error)

        repairs_of_new = stack.enter_context(ExitStack())
        renewal = Renewal(build, retire, seconds=settings.limits.seconds)
        stack.callback(renewal.close)


def remember_settings_model(settings: Settings, fingerprint: str) -> None:
    """Remembers that the indexes were made with the settings' embedder."""
    with suppress(StorageError):  # without it, a change of embedder leaves words alone to answer by
        remember_model(settings.data, fingerprint, settings.embedder, settings.embedder_precision)
