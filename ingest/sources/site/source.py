"""A site as a source: its pages are documents whose uris are their addresses."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest.cancellation import Cancellation
from ingest.ignore import EVERYTHING, IgnoreRules, Patterns
from ingest.plan import ListedFile
from ingest.sources.contract import Content, Known, Listing, SourceUnavailable
from ingest.sources.places import Site as SitePlace
from ingest.sources.site.addresses import normal_url, same_place
from ingest.sources.site.crawl import Crawl, Rules
from ingest.sources.site.fetcher import Fetcher
from ingest.sources.site.found import Page
from ingest.sources.site.hosts import Hosts
from ingest.sources.site.state import State, load_state, save_state, state_path
from rag.errors import UnreadableDocument
from rag.ports.catalog import DocumentRecord
from rag.settings import SiteSettings

_NOWHERE = Path("/")  # patterns are relative to it; nothing is read from there


class Site:
    """The pages of a sitemap, or of a start page and what it leads to on the same host.

    Args:
        data: the data folder, which has the state between runs; None keeps none.
        max_bytes: of a page.
        hosts: looks up names of hosts; by default as the settings allow.

    Raises:
        SourceUnavailable: the address is none.
    """

    def __init__(
        self,
        place: SitePlace,
        settings: SiteSettings,
        *,
        collection: str,
        max_bytes: int,
        data: Path | None = None,
        keep_state: bool = True,
        patterns: Patterns = EVERYTHING,
        cancellation: Cancellation | None = None,
        hosts: Hosts | None = None,
    ) -> None:
        start = normal_url(place.url)
        if start is None:
            raise SourceUnavailable(f"{place.url} is no address of a site, as in https://docs.example.com/")
        self._start = start
        self._depth = place.depth
        self._settings = settings
        self._max_bytes = max_bytes
        self._data = data
        self._state_path = state_path(data, collection, start) if data is not None else None
        self._keep_state = keep_state
        self._patterns = patterns
        self._cancellation = cancellation
        self._fetcher = Fetcher(settings, hosts or Hosts(settings.private_hosts), cancellation)
        self._crawl: Crawl | None = None
        self._pages: dict[str, Page] = {}

    @property
    def name(self) -> str:
        return self._start

    def records(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        return [record for record in records if record.source == self.name]

    def list(self, known: Known) -> Listing:
        """The pages as they are now; an unchanged one costs a request that is answered without its bytes."""
        state = load_state(self._state_path) if self._state_path is not None else State()
        fingerprints = {url: page.fingerprint for url, page in state.pages.items() if page.fingerprint}
        spool = str(self._data) if self._data is not None and self._data.is_dir() else None
        self._crawl = Crawl(
            self._fetcher,
            self._settings,
            self._start,
            depth=self._depth,
            rules=_PathPatterns(self._patterns),
            state=state,
            current=known.current(fingerprints),
            known=known.uris,
            max_bytes=self._max_bytes,
            spool_folder=spool,
            cancellation=self._cancellation,
        )
        try:
            found = self._crawl.run()
        except BaseException:
            self._save(State({**state.pages, **self._crawl.visited}))
            raise
        kept = state.pages if found.incomplete else {}
        self._save(State({**kept, **self._crawl.visited}))
        self._pages = _distinct(found.pages, known.uris)
        files = [
            ListedFile(uri=url, key=url, size=page.size, fingerprint=page.fingerprint)
            for url, page in sorted(self._pages.items())
        ]
        return Listing(
            files=tuple(files),
            skipped=tuple(sorted(found.skipped)),
            ignored=tuple(sorted(found.ignored | (found.pages.keys() - self._pages.keys()))),
            failures=found.reported(),
            complete=not found.incomplete,
            gone=found.gone | found.ignored | _moved(found.redirects),
        )

    def fetch(self, file: ListedFile) -> Content:
        page = self._pages[file.key]
        if page.at is None or self._crawl is None:
            raise UnreadableDocument(f"{file.key} was unchanged and isn't stored: run it again")
        self._crawl.spool.seek(page.at)
        return Content(data=self._crawl.spool.read(page.size), name=page.name)

    def close(self) -> None:
        self._fetcher.close()
        if self._crawl is not None:
            self._crawl.close()

    def _save(self, state: State) -> None:
        if self._state_path is not None and self._keep_state:
            save_state(self._state_path, state)


class _PathPatterns(Rules):
    """Patterns as of files, about an address's path: ``/docs/**``, ``*.pdf``."""

    def __init__(self, patterns: Patterns) -> None:
        self._rules = IgnoreRules(_NOWHERE, patterns, lambda _: None)

    def leaves_out(self, url: str) -> bool:
        path = unquote(urlsplit(url).path).strip("/") or "index"
        return self._rules.ignores_with_parents(_NOWHERE / path)


def _distinct(pages: dict[str, Page], known: frozenset[str]) -> dict[str, Page]:
    """The pages without those that are another one again: ``/a/`` beside ``/a``, or with a query.

    Of equal ones the stored one stays, else that of the shortest address.
    """
    best: dict[tuple[str, str], str] = {}
    for url in sorted(pages, key=lambda url: (url not in known, len(url), url)):
        best.setdefault((same_place(url), pages[url].fingerprint), url)
    kept = set(best.values())
    return {url: page for url, page in pages.items() if url in kept}


def _moved(redirects: dict[str, tuple[str, bool]]) -> set[str]:
    return {url for url, (_, is_permanent) in redirects.items() if is_permanent}
