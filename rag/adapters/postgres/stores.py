"""Opens all stores of a service on one database."""

from __future__ import annotations

from dataclasses import dataclass

from rag.adapters.postgres.access_keys import PostgresKeys
from rag.adapters.postgres.catalog import PostgresCatalog
from rag.adapters.postgres.database import Database
from rag.adapters.postgres.dense import PostgresDenseIndex
from rag.adapters.postgres.feedback import PostgresFeedback
from rag.adapters.postgres.jobs import PostgresJobs
from rag.adapters.postgres.lexical import PostgresLexicalIndex
from rag.adapters.postgres.originals import PostgresOriginals
from rag.adapters.postgres.question_log import PostgresQuestionLog
from rag.adapters.postgres.signatures import PostgresSignatures
from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresStores:
    """Every store of a service. ``original_files`` is None where no files are to be kept."""

    database: Database
    catalog: PostgresCatalog
    dense: PostgresDenseIndex
    lexical: PostgresLexicalIndex
    jobs: PostgresJobs
    feedback: PostgresFeedback
    question_log: PostgresQuestionLog
    signatures: PostgresSignatures
    access_keys: PostgresKeys
    original_files: PostgresOriginals | None

    def close(self) -> None:
        self.jobs.close()
        self.database.close()


def open_database(settings: Settings, *, read_only: bool = False) -> Database:
    """The database of the settings.

    Raises:
        NoDataFolder: it is to be read only, and has no tables.
        StorageError: it can't be used.
        ValueError: the settings name none.
    """
    if settings.database_url is None:
        raise ValueError("no database is set")
    return Database(
        settings.database_url.get_secret_value(),
        connections=settings.database_connections,
        seconds=settings.database_seconds,
        read_only=read_only,
    )


def open_stores(settings: Settings) -> PostgresStores:
    """All stores, for reading and writing; jobs of processes that are gone are queued again.

    Raises:
        StorageError: the database can't be used.
    """
    database = open_database(settings)
    try:
        catalog, jobs = PostgresCatalog(database), PostgresJobs(database)
        jobs.recover()
        kept, logged = settings.feedback, settings.question_log
        question_log = PostgresQuestionLog(database, entries=logged.entries, days=logged.days)
        question_log.purge()
        return PostgresStores(
            database=database,
            catalog=catalog,
            dense=PostgresDenseIndex(database),
            lexical=PostgresLexicalIndex(database),
            jobs=jobs,
            feedback=PostgresFeedback(database, entries=kept.entries, days=kept.days),
            question_log=question_log,
            signatures=PostgresSignatures(database),
            access_keys=PostgresKeys(database),
            original_files=_open_originals(settings, database, catalog),
        )
    except BaseException:
        database.close()
        raise


def _open_originals(
    settings: Settings, database: Database, catalog: PostgresCatalog
) -> PostgresOriginals | None:
    """The kept files; None where none are to be kept: then those kept earlier are removed."""
    files = PostgresOriginals(database, max_bytes=settings.originals.total_bytes)
    if settings.originals.keep:
        return files
    if catalog.original_bytes():
        with database.transaction():
            catalog.drop_originals()
            files.keep_only(())
    return None
