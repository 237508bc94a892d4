"""Opens a service: engine, library and stores by the settings."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from rag.engine import Engine
from rag.retrieval.retriever import Retriever
from rag.wiring.database import open_database_stores
from rag.wiring.folder import open_folder_stores
from rag.wiring.models import open_decider, open_drafter, open_llm, open_models, open_rewriter
from rag.wiring.service import Service

if TYPE_CHECKING:
    from rag.answering.decision import Decider
    from rag.ports.embedder import Embedder
    from rag.ports.indexes import DenseIndex, LexicalIndex
    from rag.settings import Settings


def open_service(
    settings: Settings, *, url: str | None = None, rebuild: bool = False, renew: bool = False
) -> Service:
    """Opens models and stores: those of the data folder, which it locks, or those of the database.

    What a crash cut short is finished or undone.

    Args:
        url: where this process will serve, for the error of a process that finds the folder locked.
        rebuild: rebuild the indexes from the catalog, as after a change of embedder.
        renew: answer from indexes that were made with another embedder, while they are made anew in the
            background; only of those whose files are in the data folder.

    Raises:
        DataFolderLocked: another process owns the folder.
        InvalidSettings: the package of the vector store, the database or the LLM can't be imported, or two
            settings exclude each other.
        ModelError: a model file is missing, or has another sha256 than it should.
        IndexMismatch: the indexes were made with another embedder.
        StorageError: the folder or the database can't be read or written.
    """
    with ExitStack() as stack:
        open_settings_models = partial(open_models, settings)
        if settings.database_url is None:
            models, stores = open_folder_stores(
                settings, open_settings_models, stack, url=url, rebuild=rebuild, renew=renew
            )
        else:
            models = open_settings_models()
            stores = open_database_stores(settings, models, stack, rebuild=rebuild)
        llm = open_llm(settings)
        if llm is not None:
            stack.callback(llm.close)

        def engine(dense: DenseIndex, lexical: LexicalIndex, embedder: Embedder, decider: Decider) -> Engine:
            return Engine(
                stores.catalog,
                Retriever(
                    stores.catalog, dense, lexical, embedder, settings.retrieve, snapshot=stores.snapshot
                ),
                models.reader,
                decider,
                settings,
                span_reader=models.span_reader,
                drafter=open_drafter(settings, llm),
                rewriter=open_rewriter(settings, llm),
            )

        service = Service(
            settings=settings,
            engine=engine(
                stores.dense,
                stores.lexical,
                stores.embedder,
                open_decider(settings, cosines=stores.cosines),
            ),
            library=stores.library,
            catalog=stores.catalog,
            jobs=stores.jobs,
            signatures=stores.signatures,
            feedback=stores.feedback,
            original_files=stores.original_files,
            question_log=stores.question_log,
            access_keys=stores.access_keys,
            dense=stores.dense,
            lexical=stores.lexical,
            embedder=models.embedder,
            reader=models.reader,
            span_reader=models.span_reader,
            times=models.times,
            rebuildable=stores.rebuildable,
            notes=stores.notes,
            _resources=ExitStack(),
        )
        if stores.renewing is not None:
            stores.renewing.start(
                service,
                lambda dense, lexical: engine(dense, lexical, models.embedder, open_decider(settings)),
                stack,
            )
        service._resources = stack.pop_all()
        return service
