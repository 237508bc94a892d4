"""Files and folders of the data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from rag.settings import Settings

CATALOG, JOBS, SIGNATURES = "catalog.sqlite3", "jobs.sqlite3", "signatures.sqlite3"
FEEDBACK, QUESTIONS, KEYS = "feedback.sqlite3", "questions.sqlite3", "keys.sqlite3"
SOURCES = "sources.json"  # what ``saywhere sources`` keeps
VECTOR_COPY = (
    "units.sqlite3"  # sentence vectors beside a llama-index vector store; the name is a stored format
)
CHROMA, TERMS, LOCK, RESERVE, ORIGINALS = "chroma", "terms", "lock", "reserve", "originals"


def index_folders(data: Path) -> tuple[Path, ...]:
    """Those in use, once ``open_service`` or ``settle`` has put them there."""
    return data / CHROMA, data / TERMS


def make_data_folder(settings: Settings) -> Path:
    """The data folder, which is made where there is none. Raises StorageError."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(f"the data folder {settings.data} can't be made: {error.strerror}") from error
    return settings.data


def existing_file(settings: Settings, name: str) -> Path:
    """The path of a file in the data folder. Raises StorageError if it isn't there."""
    path = settings.data / name
    if not path.is_file():
        raise StorageError(f"no documents have been ingested into {settings.data}")
    return path
