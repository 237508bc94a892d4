"""Makes a backup of a data folder, also beside the process that serves it.

Each database is copied in one snapshot, the jobs first: a job is done after its documents are in the catalog,
so that an older list of jobs at worst ingests something once more. Kept files are copied before the catalog
and once more after it: they never change, they come and go.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rag.adapters.index_generations import settle
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.copying import copy_database
from rag.backup.database import refuse_database
from rag.backup.manifest import Manifest, backups_in, digest
from rag.errors import StorageError, StorageFull
from rag.settings import Settings
from rag.storage.erasures import ERASURES, PLACES, add_place
from rag.storage.lock import FolderLock
from rag.wiring import CATALOG, FEEDBACK, JOBS, KEYS, LOCK, ORIGINALS, QUESTIONS, SOURCES, index_folders

DATABASES = (JOBS, CATALOG, FEEDBACK, QUESTIONS, KEYS)  # in the order in which they are copied
_LISTS = ("cases.jsonl", "audit.jsonl", "audit-*.jsonl", ERASURES, PLACES, SOURCES)
_LOCK = ".lock"  # of a folder of backups, while one is made in it
_UNFINISHED = ".unfinished"  # ends the name of a backup that isn't complete


def make_backup(settings: Settings, folder: Path, *, indexes: bool = False) -> Path:
    """Makes a backup in a folder of its own, named by the time, in a folder of backups; returns its path.

    Files that the newest earlier backup holds too are linked, not copied, where the disk can do that.

    Args:
        folder: made if it isn't there; for its owner alone.
        indexes: copy the indexes too, which nobody may be using.

    Raises:
        DataFolderLocked: the indexes are to be copied, and another process uses them; or another process
            makes a backup in the folder.
        DamagedFile: a database is damaged.
        StorageFull: no space is left.
        InvalidSettings: the documents are in a database.
        StorageError: nothing has been ingested yet, or a file can't be read or written.
    """
    refuse_database(settings)
    data = settings.data
    if not (data / CATALOG).is_file():
        raise StorageError(f"no documents have been ingested into {data}")
    now = datetime.now(UTC)
    path = folder.absolute() / now.strftime("%Y-%m-%dT%H-%M-%S-%fZ")
    unfinished = path.with_name(path.name + _UNFINISHED)
    with ExitStack() as stack, _mapped_errors(folder):
        if indexes:
            lock = FolderLock(data / LOCK)
            lock.acquire()
            stack.callback(lock.release)
            with closing(SqliteCatalog(data / CATALOG, read_only=True)) as catalog:
                settle(index_folders(data), catalog.fingerprint())
        beside = FolderLock(folder / _LOCK)
        beside.acquire()
        stack.callback(beside.release)
        for left in folder.glob(f"*{_UNFINISHED}"):
            shutil.rmtree(left)
        earlier = next(iter(backups_in(folder)), None)
        unfinished.mkdir(mode=0o700)
        try:
            manifest = _copy(data, unfinished, earlier, now.isoformat(timespec="seconds"), indexes=indexes)
            manifest.write(unfinished)
            unfinished.rename(path)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    add_place(data, folder.absolute())
    return path


def _copy(data: Path, target: Path, earlier: Path | None, at: str, *, indexes: bool) -> Manifest:
    originals = target / ORIGINALS
    originals.mkdir(mode=0o700)
    before = earlier / ORIGINALS if earlier is not None else None
    _copy_originals(data / ORIGINALS, originals, before)
    for name in DATABASES:
        if (data / name).is_file():
            copy_database(data / name, target / name)
    for path in sorted({path for pattern in _LISTS for path in data.glob(pattern)}):
        with suppress(FileNotFoundError):  # an audit log that was rotated away meanwhile
            shutil.copyfile(path, target / path.name)
            (target / path.name).chmod(0o600)
    with closing(SqliteCatalog(target / CATALOG, read_only=True)) as catalog:
        named, documents = catalog.originals().keys(), catalog.count()
    _copy_originals(data / ORIGINALS, originals, before, named)
    kept = 0
    for path in originals.iterdir():
        if path.name in named:
            kept += 1
        else:
            path.unlink()
    if indexes:
        for index in index_folders(data):
            if index.is_dir():
                shutil.copytree(index, target / index.name)
    return Manifest(
        at=at,
        release=version("saywhere"),
        documents=documents,
        files={path.name: digest(path) for path in sorted(target.iterdir()) if path.is_file()},
        originals=kept,
        indexes=indexes,
    )


def _copy_originals(
    source: Path, target: Path, earlier: Path | None, named: Collection[str] | None = None
) -> None:
    """Copies kept files that the target lacks: the named ones, or all. One that is removed is passed over."""
    names = named if named is not None else [p.name for p in _files(source) if not p.suffix]
    for name in names:
        if (target / name).exists():
            continue
        part = target / f"{name}.part"
        try:
            if earlier is None or not _link(earlier / name, target / name):
                shutil.copyfile(source / name, part)
                part.chmod(0o600)
                part.replace(target / name)
        except FileNotFoundError:
            part.unlink(missing_ok=True)  # its document was replaced or removed meanwhile


def _files(folder: Path) -> Iterator[Path]:
    return iter(()) if not folder.is_dir() else (path for path in folder.iterdir() if path.is_file())


def _link(source: Path, target: Path) -> bool:
    """Whether the file is linked; False where there is none, or the disk has no links."""
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


@contextmanager
def _mapped_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"no space left for a backup in {folder}") from error
        raise StorageError(f"{error.filename or folder} can't be used: {error.strerror}") from error
