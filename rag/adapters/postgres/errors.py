"""Errors of PostgreSQL as Saywhere's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from rag.errors import DamagedFile, IndexUnavailable, StorageError, StorageFull

# A later attempt may succeed: the server is gone or starting, too slow, or two transactions met.
_TRANSIENT = (
    errors.OperationalError,
    errors.InterfaceError,
    errors.QueryCanceled,
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.IdleInTransactionSessionTimeout,
)
_DAMAGE = (errors.DataCorrupted, errors.IndexCorrupted)


@contextmanager
def mapped_errors(place: str) -> Iterator[None]:
    """Turns errors of psycopg and the codec into errors about the database ``place``.

    Raises:
        StorageFull: the server has no space left.
        IndexUnavailable: the server can't be reached, or a statement took too long.
        DamagedFile: the server found damaged data.
        StorageError: any other fault, such as missing rights.
    """
    try:
        yield
    except errors.DiskFull as error:
        raise StorageFull(f"no space left for {place}; what was stored before stands") from error
    except _DAMAGE as error:
        raise DamagedFile(f"{place} is damaged: {_line(error)}") from error
    except errors.QueryCanceled as error:
        raise IndexUnavailable(f"{place} took too long: {_line(error)}") from error
    except errors.UndefinedTable as error:  # dropped while it was searched
        raise IndexUnavailable(f"a collection of {place} has just been removed") from error
    except _TRANSIENT as error:
        raise IndexUnavailable(f"{place} can't be reached: {_line(error)}") from error
    except psycopg.Error as error:
        raise StorageError(f"{place} can't be used: {_line(error)}") from error
    except UnicodeEncodeError as error:
        raise StorageError(f"an id, title or uri is not valid Unicode: {error.object!r}") from error


def _line(error: Exception) -> str:
    """The first line of the message. It never has the password: libpq doesn't show it."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
