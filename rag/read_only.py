"""Questions to a data folder that this process may not write, as on a read-only file system."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.adapters.index_folders import DAMAGED
from rag.errors import NoDataFolder, StorageError
from rag.settings import Settings
from rag.wiring import CATALOG, LOCK, ORIGINALS, RESERVE, Service, open_service


@contextmanager
def open_to_ask(settings: Settings) -> Iterator[Service]:
    """The service on its database or data folder, or on a temporary copy of a folder that can't be written.

    The stores write when they are opened, so that they can't be used in place. A copy that is made while
    another process writes the folder may be damaged; that is found as in any data folder.

    Raises:
        NoDataFolder: there is none; it isn't made.
        StorageError: the folder can't be read or copied.
        SaywhereError: what ``open_service`` raises.
    """
    if settings.database_url is not None:
        with open_service(settings) as service:
            yield service
        return
    data = settings.data
    if not data.exists():
        raise NoDataFolder(
            f"there is no data folder {data.absolute()}: `saywhere ingest --data {data} PATH` makes one"
        )
    if not (data / CATALOG).is_file() or os.access(data, os.W_OK):
        with open_service(settings) as service:
            yield service
        return
    with TemporaryDirectory(prefix="saywhere-") as folder:
        copy = Path(folder) / "data"
        try:
            left_out = shutil.ignore_patterns(f"{LOCK}*", RESERVE, ORIGINALS, f"*{DAMAGED}")
            shutil.copytree(data, copy, ignore=left_out)
        except (OSError, shutil.Error) as error:
            raise StorageError(f"{data} can't be written, nor copied to {folder}: {error}") from error
        with open_service(settings.model_copy(update={"data": copy})) as service:
            yield service
