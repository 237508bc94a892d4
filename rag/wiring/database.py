"""Opens the stores of a service on one database."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from rag.errors import InvalidSettings
from rag.storage.library import Library
from rag.wiring.stores import Stores

if TYPE_CHECKING:
    from rag.settings import Settings
    from rag.wiring.models import Models


def open_database_stores(settings: Settings, models: Models, stack: ExitStack, *, rebuild: bool) -> Stores:
    """The stores in the database, which other processes may have open as well.

    Raises:
        InvalidSettings: another setting names where vectors are, or a package is missing.
        IndexMismatch: the indexes were made with another embedder.
        StorageError: the database can't be used.
    """
    if settings.chroma_url is not None or settings.vector_store != "chroma":
        raise InvalidSettings(
            "SAYWHERE_DATABASE_URL: the database keeps the vectors too; unset SAYWHERE_CHROMA_URL and "
            "SAYWHERE_VECTOR_STORE"
        )
    opened = postgres().open_stores(settings)
    stack.callback(opened.close)
    library = Library(
        opened.catalog,
        opened.dense,
        opened.lexical,
        models.embedder,
        context=True,
        original_files=opened.original_files,
        transaction=opened.database.transaction,
        bulk=opened.dense.bulk,
    )
    if rebuild:
        library.rebuild()
    else:
        library.recover()
    return Stores(
        library=library,
        catalog=opened.catalog,
        dense=opened.dense,
        lexical=opened.lexical,
        embedder=models.embedder,
        jobs=opened.jobs,
        signatures=opened.signatures,
        feedback=opened.feedback,
        question_log=opened.question_log,
        access_keys=opened.access_keys,
        original_files=opened.original_files,
        snapshot=opened.database.snapshot,
    )


def postgres() -> ModuleType:
    """The module that opens stores in PostgreSQL. Raises InvalidSettings."""
    try:
        return import_module("rag.adapters.postgres.stores")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in ("psycopg", "pgvector"):
            raise
        raise InvalidSettings(
            f"SAYWHERE_DATABASE_URL: {error.name} isn't installed (pip install 'saywhere[postgres]')"
        ) from error
