"""Opens one store alone, beside a running server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.adapters.sqlite.access_keys import SqliteKeys
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.adapters.sqlite.question_log import SqliteQuestionLog
from rag.errors import NoDataFolder
from rag.wiring.database import postgres
from rag.wiring.paths import CATALOG, FEEDBACK, JOBS, KEYS, QUESTIONS, existing_file, make_data_folder

if TYPE_CHECKING:
    from rag.ports.access_keys import KeyStore
    from rag.ports.catalog import Catalog
    from rag.ports.feedback import FeedbackStore
    from rag.ports.jobs import JobStore
    from rag.ports.question_log import QuestionLog
    from rag.settings import Settings


def has_catalog(settings: Settings) -> bool:
    """Whether the data folder, or the database, has been used.

    Raises:
        StorageError: that can't be told.
    """
    if settings.database_url is None:
        return (settings.data / CATALOG).is_file()
    try:
        open_catalog(settings).close()
    except NoDataFolder:
        return False
    return True


def place_of(settings: Settings) -> str:
    """Where the documents are, for messages: the data folder, or the database without its password."""
    if settings.database_url is None:
        return str(settings.data)
    from rag.adapters.postgres.connection import place_of as place_of_database

    return place_of_database(settings.database_url.get_secret_value())


def open_catalog(settings: Settings) -> Catalog:
    """Only the catalog, read-only and without the lock: also beside a running server.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    if settings.database_url is not None:
        from rag.adapters.postgres.catalog import PostgresCatalog

        return PostgresCatalog(postgres().open_database(settings, read_only=True), owns=True)
    return SqliteCatalog(existing_file(settings, CATALOG), read_only=True)


def open_feedback(settings: Settings) -> FeedbackStore:
    """Only the feedback, read-only and without the lock; there is none before the folder was served from.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    if settings.database_url is not None:
        from rag.adapters.postgres.feedback import PostgresFeedback

        return PostgresFeedback(postgres().open_database(settings, read_only=True), owns=True)
    return SqliteFeedback(existing_file(settings, FEEDBACK), read_only=True)


def open_question_log(settings: Settings) -> QuestionLog:
    """Only the question log, read-only and without the lock; there is none before the folder was served from.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    if settings.database_url is not None:
        from rag.adapters.postgres.question_log import PostgresQuestionLog

        database = postgres().open_database(settings, read_only=True)
        return PostgresQuestionLog(database, days=settings.question_log.days, owns=True)
    path = existing_file(settings, QUESTIONS)
    return SqliteQuestionLog(path, days=settings.question_log.days, read_only=True)


def open_access_keys(settings: Settings, *, read_only: bool = False) -> KeyStore:
    """Only the keys, without the lock: also beside a running server, which sees changes at once.

    Raises:
        StorageError: the file or the database can't be opened.
    """
    if settings.database_url is not None:
        from rag.adapters.postgres.access_keys import PostgresKeys

        return PostgresKeys(postgres().open_database(settings, read_only=read_only), owns=True)
    if not read_only:
        make_data_folder(settings)
    return SqliteKeys(settings.data / KEYS, read_only=read_only)


def open_jobs(settings: Settings) -> JobStore:
    """Only the jobs, read-only and without the lock.

    Raises:
        StorageError: there is no data folder, or it can't be read.
    """
    if settings.database_url is not None:
        from rag.adapters.postgres.jobs import PostgresJobs

        return PostgresJobs(postgres().open_database(settings, read_only=True), owns=True)
    return SqliteJobs(existing_file(settings, JOBS), read_only=True)
