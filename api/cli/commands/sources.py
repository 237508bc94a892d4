"""``saywhere sources``: adds, lists, removes and syncs stored sources. A running service sees each change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from filelock import Timeout

from api.cli.commands.ingest import print_notes, progress_bar, summary
from api.cli.commands.terminal import one_line
from api.source_lines import source_line
from ingest.ignore import Patterns
from ingest.scheduled import place, remove_documents, stored_sources, sync_source, syncing_lock
from ingest.sources.contract import SourceUnavailable
from ingest.sources.interval import interval_of, interval_text
from ingest.sources.places import Revision, is_url, place_of
from ingest.sources.stored import StoredSource, Wanted, now
from ingest.wiring import preparer, source_opener
from rag.errors import InvalidSettings, StorageError
from rag.settings import Settings, load
from rag.wiring import open_service

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


def add(
    place_text: str,
    *,
    data: Path | None,
    name: str | None,
    collection: str,
    every: str | None,
    depth: int,
    revision: str | None,
    include: Sequence[str],
    exclude: Sequence[str],
) -> int:
    """Stores a source that can be opened.

    Raises:
        InvalidSettings: the name or the interval can't be used, or the place has a password in it.
        SourceUnavailable: there is no such place, or a source of this name.
    """
    settings = load(data=data)
    try:
        interval = None if every is None else interval_of(every)
    except ValueError as error:
        raise InvalidSettings(f"--every: {error}") from None
    named = name or _default_name(place_text)
    if not _NAME.match(named):
        raise InvalidSettings(f"--name: {named!r} is no name: letters, digits, '-', '_' and '.', 64 at most")
    source = StoredSource(
        name=named,
        place=_absolute(place_text),
        collection=collection,
        every=interval,
        depth=depth,
        revision=revision,
        include=tuple(include),
        exclude=tuple(exclude),
        next_at=None if interval is None else now(),
    )
    opener = source_opener(settings, collection, keep_state=False)
    patterns = Patterns(include=source.include, exclude=source.exclude)
    with closing(opener(place(source), (), preparer(settings), patterns, None)):
        stored_sources(settings).add(source)
    print(one_line(source_line(source)))
    return 0


def show(*, data: Path | None, as_json: bool) -> int:
    """Prints every source."""
    sources = stored_sources(load(data=data)).list()
    if as_json:
        print(json.dumps([to_dict(source) for source in sources], ensure_ascii=False, indent=1))
    for source in () if as_json else sources:
        print(one_line(source_line(source)))
    if not sources and not as_json:
        print("no source was added yet: saywhere sources add PLACE --every 6h")
    return 0


def remove(name: str, *, data: Path | None, documents: bool) -> int:
    """Removes a source, and with ``documents`` what it gave."""
    settings = load(data=data)
    store = stored_sources(settings)
    source = store.get(name)
    if not documents:
        store.remove(name)
        print(f"removed {one_line(name)}; its documents stay (saywhere sources remove --documents)")
        return 0
    with _syncing(settings) as is_ours:
        if not is_ours:
            store.change(name, lambda stored: replace(stored, wanted=Wanted.REMOVE))
            print(f"the running service removes the documents of {one_line(name)}, then the source")
            return 0
        with open_service(settings) as service:
            count = remove_documents(service, source)
        store.remove(name)
    print(f"removed {one_line(name)} with {count} documents")
    return 0


def sync(names: Sequence[str], *, data: Path | None) -> int:
    """Syncs the named sources, or all; 1 if one of them failed, or a document of one."""
    settings = load(data=data)
    store = stored_sources(settings)
    chosen = [store.get(name) for name in dict.fromkeys(names)] or store.list()
    if not chosen:
        raise SourceUnavailable("there is no source: saywhere sources add PLACE")
    with _syncing(settings) as is_ours:
        if not is_ours:
            for source in chosen:
                store.change(source.name, lambda stored: replace(stored, wanted=Wanted.SYNC))
            print(f"the running service syncs {len(chosen)}: saywhere sources list says how it went")
            return 0
        status = 0
        with open_service(settings) as service:
            for source in chosen:
                with progress_bar() as progress:
                    report = sync_source(service, source.name, progress=progress)
                print(f"{one_line(source.name)}: {summary(report)}", flush=True)
                status = max(status, print_notes(report))
    return status


def to_dict(source: StoredSource) -> dict[str, object]:
    """What is known of a source, as JSON has it."""
    last = source.last
    return {
        "name": source.name,
        "place": source.place,
        "collection": source.collection,
        "every": None if source.every is None else interval_text(source.every),
        "depth": source.depth,
        "revision": source.revision,
        "include": list(source.include),
        "exclude": list(source.exclude),
        "next_at": _iso(source.next_at),
        "wanted": source.wanted,
        "last": last
        and {
            "started_at": _iso(last.started_at),
            "ended_at": _iso(last.ended_at),
            "outcome": last.outcome,
            "counts": last.counts,
            "error": last.error or None,
        },
    }


def _default_name(text: str) -> str:
    """A name made of a place: of a host, a bucket with its prefix, a space, a folder."""
    base = urlsplit(text).hostname or "" if is_url(text) else text.rstrip("/").partition(":")[2] or text
    if isinstance(place_of(text), Path):
        base = Path(text).resolve().name
    return re.sub(r"[^A-Za-z0-9_.]+", "-", base).strip("-_.").lower()[:64] or "source"


def _absolute(text: str) -> str:
    """A place as it is meant from any working directory. Raises InvalidSettings: it has a password in it."""
    if is_url(text) and "@" in urlsplit(text).netloc:
        raise InvalidSettings("a stored source can't have a password in its address")
    where = place_of(text)
    return str(Path(text).absolute()) if isinstance(where, Path | Revision) else text


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


@contextmanager
def _syncing(settings: Settings) -> Iterator[bool]:
    """Whether this process may sync while the block runs; not while a service runs on the data folder."""
    lock = syncing_lock(settings)
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise StorageError(f"the data folder {settings.data} can't be used: {error.strerror}") from None
    try:
        yield True
    finally:
        lock.release()
