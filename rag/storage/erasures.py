"""What was forgotten, and where backups are, so that the next backup erases it from the earlier ones too.

Both are kept in the data folder, in files of a line of JSON for each entry. Neither holds a text or a name:
an erasure has a document's id, hashes of its uri and text, and that of the file that it was read from.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from rag.errors import StorageError

ERASURES, PLACES = "erasures.jsonl", "backups.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A document that was forgotten. ``at`` is a UTC time in ISO 8601; ``original`` is "" without a file."""

    at: str
    document_id: str
    version: str
    uri_sha256: str
    original: str = ""


def uri_hash(uri: str) -> str:
    """The sha256 of a document's uri."""
    return sha256(uri.encode("utf-8", "surrogatepass")).hexdigest()


def add_erasures(data: Path, erasures: Iterable[Erasure]) -> None:
    """Appends to the data folder's list; it is on the disk when this returns. Raises StorageError."""
    _append(data / ERASURES, map(asdict, erasures))


def erasures(folder: Path) -> list[Erasure]:
    """Those listed in a data folder or a backup, the oldest first. Raises StorageError."""
    return [Erasure(**entry) for entry in _read(folder / ERASURES)]


def add_place(data: Path, place: Path) -> None:
    """Remembers a folder of backups. Raises StorageError."""
    if place not in places(data):
        _append(data / PLACES, [{"folder": str(place)}])


def places(data: Path) -> list[Path]:
    """The folders that this data folder was backed up to. Raises StorageError."""
    return [Path(str(entry["folder"])) for entry in _read(data / PLACES)]


def _append(path: Path, entries: Iterable[dict[str, Any]]) -> None:
    text = "".join(f"{json.dumps(entry)}\n" for entry in entries)
    if not text:
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError(f"{path} can't be written: {error.strerror}") from error


def _read(path: Path) -> list[dict[str, Any]]:
    """The entries; one that was cut short by a crash is passed over."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}") from error
    entries = []
    for line in lines:
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries
