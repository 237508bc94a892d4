"""Sources that a data folder is kept equal to: what they are, when each is due, and how its last sync went.

They are one file of JSON in the data folder, written whole or not at all, so that the command line can change
it while a service reads it. No secret is in it: those are settings.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from ingest.sources.contract import SourceUnavailable
from rag.errors import StorageError, StorageFull
from rag.types import DEFAULT_COLLECTION

_FORMAT = 1
_LOCK_SECONDS = 10.0


class Outcome(StrEnum):
    """How a sync went. ``failed``: the source could not be read; ``interrupted``: its process ended."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Wanted(StrEnum):
    """What a service that runs is asked to do next."""

    SYNC = "sync"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSync:
    """The last sync of a source. ``counts`` are of documents by outcome; ``error`` is one line."""

    started_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome = Outcome.RUNNING
    counts: dict[str, int] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSource:
    """A source by its name. ``place`` is as on the command line, a path absolute; ``every`` None: it is
    synced only when somebody asks for it; ``next_at`` is when it is due next.
    """

    name: str
    place: str
    collection: str = DEFAULT_COLLECTION
    every: timedelta | None = None
    depth: int = 0
    revision: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    next_at: datetime | None = None
    wanted: Wanted | None = None
    last: LastSync | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether a service is to do something about it."""
        return self.wanted is not None or (self.next_at is not None and self.next_at <= now)

    def begun(self, now: datetime) -> StoredSource:
        """As its sync begins: a process that crashes in it tries again only when it is due again."""
        next_at = None if self.every is None else now + self.every
        wanted = None if self.wanted is Wanted.SYNC else self.wanted
        return replace(self, next_at=next_at, wanted=wanted, last=LastSync(started_at=now))


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    format: int
    sources: tuple[StoredSource, ...] = ()


_ADAPTER = TypeAdapter(_File)


class StoredSources:
    """The sources of a data folder. Safe to use from several processes.

    Args:
        path: of the file; there may be none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path.with_suffix(".lock"), mode=0o600)

    def list(self) -> list[StoredSource]:
        """All sources by name. Raises StorageError: the file is damaged or can't be read."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StorageError(f"{self._path} can't be read: {error.strerror}") from None
        try:
            read = _ADAPTER.validate_json(data)
        except ValidationError:
            raise StorageError(
                f"{self._path} is damaged: restore it, or remove it and add them again"
            ) from None
        if read.format != _FORMAT:
            raise StorageError(f"{self._path} is of a later release (format {read.format})")
        return sorted(read.sources, key=lambda source: source.name)

    def get(self, name: str) -> StoredSource:
        """The source of a name. Raises SourceUnavailable: there is none."""
        for source in self.list():
            if source.name == name:
                return source
        raise SourceUnavailable(f"there is no source {name!r}: saywhere sources list names them")

    def add(self, source: StoredSource) -> None:
        """Adds a source. Raises SourceUnavailable: its name is taken."""
        with self._changing() as sources:
            if source.name in sources:
                raise SourceUnavailable(f"there is a source {source.name!r} already: choose another --name")
            sources[source.name] = source

    def remove(self, name: str) -> None:
        """Removes a source; its documents stay. Raises SourceUnavailable: there is none."""
        with self._changing() as sources:
            if sources.pop(name, None) is None:
                raise SourceUnavailable(f"there is no source {name!r}")

    def change(self, name: str, change: Callable[[StoredSource], StoredSource]) -> None:
        """Changes a source; nothing if it was removed meanwhile."""
        with self._changing() as sources:
            if name in sources:
                sources[name] = change(sources[name])

    @contextmanager
    def _changing(self) -> Iterator[dict[str, StoredSource]]:
        """The sources by name, written when the block ends without an error. Raises StorageError."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._lock.acquire(timeout=_LOCK_SECONDS):
                sources = {source.name: source for source in self.list()}
                yield sources
                self._write(_File(format=_FORMAT, sources=tuple(sources.values())))
        except Timeout:
            raise StorageError(f"{self._path} is locked by another process") from None
        except OSError as error:
            kind = StorageFull if error.errno == errno.ENOSPC else StorageError
            raise kind(f"{self._path} can't be written: {error.strerror}") from None

    def _write(self, file: _File) -> None:
        temporary = self._path.with_suffix(".new")
        text = json.dumps(_ADAPTER.dump_python(file, mode="json"), ensure_ascii=False, indent=1)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self._path)


def now() -> datetime:
    """The time, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
