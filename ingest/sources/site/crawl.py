"""Reads the pages of a site: those of its sitemap, or those that a start page leads to."""

from __future__ import annotations

import mimetypes
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from tempfile import TemporaryFile
from time import monotonic
from typing import IO
from urllib.parse import urlsplit

from ingest.cancellation import Cancellation
from ingest.sources.contract import SourceUnavailable
from ingest.sources.site.addresses import Scope, normal_url
from ingest.sources.site.content import content_fingerprint, is_page, readable_bytes, reading_name
from ingest.sources.site.fetcher import REDIRECTS, Fetcher, FetchFailed, Reply, Validators
from ingest.sources.site.found import MAX_HOPS, Found, Page
from ingest.sources.site.links import PageLinks, header_permissions, page_links
from ingest.sources.site.robots import agent_token
from ingest.sources.site.site_robots import SiteRobots
from ingest.sources.site.sitemap import MAX_BYTES as MAX_SITEMAP_BYTES
from ingest.sources.site.sitemap import BadSitemap, Sitemap, is_sitemap, read_lines, read_sitemap, unpacked
from ingest.sources.site.state import State, Visited
from rag.settings import SiteSettings

_MAX_SITEMAPS = 1_000
_MAX_LINKS_KEPT = 500_000  # of a site, in its state
_GONE = frozenset({404, 410})
_PERMANENT = frozenset({301, 308})
_NO_PAGES = ("image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/javascript")


@dataclass(frozen=True, slots=True)
class _Due:
    """An address to ask for: ``depth`` links from the start, ``hops`` redirects behind a link."""

    url: str
    depth: int
    hops: int = 0


class Crawl:
    """One run over a site; ``spool`` has the bytes of new and changed pages, and is gone with the process.

    Args:
        start: in its normal form.
        is_left_out: whether patterns leave an address out.
        current: addresses whose stored documents are of the very bytes that ``state`` is of.
        known: addresses of stored documents.
        max_bytes: of a page.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        settings: SiteSettings,
        start: str,
        *,
        depth: int,
        rules: Rules,
        state: State,
        current: Collection[str],
        known: Collection[str],
        max_bytes: int,
        spool_folder: str | None = None,
        cancellation: Cancellation | None = None,
    ) -> None:
        self.found = Found()
        self.visited: dict[str, Visited] = {}
        self.spool: IO[bytes] = TemporaryFile(dir=spool_folder)  # noqa: SIM115 (closed by ``close``)
        self._fetcher = fetcher
        self._settings = settings
        self._start = start
        self._depth = depth
        self._rules = rules
        self._state = state
        self._current = current
        self._known = known
        self._max_bytes = max_bytes
        self._cancellation = cancellation or Cancellation()
        self._scope = Scope.of(start)
        self._agent = agent_token(settings.user_agent)
        self._robots = SiteRobots(fetcher, self._scope, settings.user_agent)
        self._queue: deque[_Due] = deque()
        self._seen: set[str] = set()
        self._asked = 0
        self._links = 0
        self._has_more = False
        self._spooled = 0
        self._deadline = monotonic() + settings.seconds

    def close(self) -> None:
        self.spool.close()

    def run(self) -> Found:
        """Reads the site.

        Raises:
            SourceUnavailable: not even its start, or its robots.txt, can be read.
            Cancelled: the work was asked to stop.
        """
        if not self._robots.of(self._start).allows(self._start):
            raise SourceUnavailable(f"{self._start}: its robots.txt forbids it")
        self._begin()
        while self._queue:
            self._cancellation.raise_if_set()
            if self._is_spent():
                break
            self._visit(self._queue.popleft())
        if self._has_more:
            self._stop(f"{self._settings.pages:,} addresses (SAYWHERE_SITES__PAGES)")
        self.found.resolve_canonicals(self._known)
        self.found.check_redirects(hides=self._depth > 0)
        return self.found

    def _begin(self) -> None:
        """Reads the start: a sitemap's pages are queued, and what a page links to."""
        due, seen = _Due(self._start, 0), {self._start}
        while True:
            try:
                reply = self._get(due.url, max(self._max_bytes, MAX_SITEMAP_BYTES), self._validators(due.url))
            except FetchFailed as error:
                raise SourceUnavailable(str(error)) from None
            if reply.status not in REDIRECTS:
                break
            target = normal_url(reply.headers.get("location", ""), due.url)
            if target is None or target not in self._scope:
                raise SourceUnavailable(
                    f"{due.url} leads to another site: {target or 'nowhere'}; name that one"
                )
            if target in seen or due.hops >= MAX_HOPS:
                raise SourceUnavailable(f"{self._start} is redirected in a circle, or too often")
            self.found.redirects[due.url] = (target, reply.status in _PERMANENT)
            self._seen.add(due.url)
            seen.add(target)
            due = _Due(target, 0, due.hops + 1)
            if not self._robots.of(due.url).allows(due.url):
                raise SourceUnavailable(f"{due.url}: its robots.txt forbids it")
        self._seen.add(due.url)
        if reply.status not in (200, 304):
            raise SourceUnavailable(f"{due.url} can't be read: the site answers {reply.status}")
        sitemap = self._sitemap(due.url, reply) if reply.status == 200 else None
        if sitemap is None:
            self._take(due, reply)
            return
        for url in self._pages_of(sitemap):
            self._add(_Due(url, 0))

    def _sitemap(self, url: str, reply: Reply) -> Sitemap | None:
        """The start as a sitemap; None where it is a page. Raises SourceUnavailable: a damaged one."""
        try:
            data = unpacked(reply.body)
            if is_sitemap(data):
                return read_sitemap(data, url)
            is_list = urlsplit(url).path.lower().endswith(".txt") and "sitemap" in url.lower()
            return read_lines(data, url) if is_list else None
        except BadSitemap as error:
            raise SourceUnavailable(f"{url} can't be read as a sitemap: {error}") from None

    def _pages_of(self, sitemap: Sitemap) -> list[str]:
        """The pages of a sitemap and of those that it names."""
        pages = dict.fromkeys(sitemap.pages)
        due, seen = deque(sitemap.sitemaps), set(sitemap.sitemaps)
        while due:
            url = due.popleft()
            if len(seen) > _MAX_SITEMAPS or self._is_spent():
                self.found.fail(url, f"{url}: there are too many sitemaps")
                break
            if url not in self._scope or not self._is_allowed(url):
                self.found.ignored.add(url)
                continue
            try:
                reply = self._get(url, MAX_SITEMAP_BYTES, None)
                if reply.status != 200:
                    raise FetchFailed(f"{url} can't be read: the site answers {reply.status}")
                further = read_sitemap(unpacked(reply.body), url)
            except (FetchFailed, BadSitemap, SourceUnavailable) as error:
                reason = str(error) if url in str(error) else f"{url} can't be read as a sitemap: {error}"
                self.found.fail(url, reason)
                continue
            pages |= dict.fromkeys(further.pages)
            due += [other for other in further.sitemaps if other not in seen]
            seen |= set(further.sitemaps)
        return list(pages)

    def _add(self, due: _Due) -> None:
        """Queues an address, unless it is queued, of another site, forbidden or left out."""
        if due.url in self._seen:
            return
        if self._asked + len(self._queue) >= self._settings.pages:
            self._has_more = True
            return
        self._seen.add(due.url)
        if due.url not in self._scope or _is_no_page(due.url):
            if due.hops or due.depth == 0:
                self.found.skipped.add(due.url)
        elif self._rules.leaves_out(due.url) or not self._is_allowed(due.url):
            self.found.ignored.add(due.url)
        else:
            self._queue.append(due)

    def _visit(self, due: _Due) -> None:
        try:
            reply = self._get(due.url, self._max_bytes, self._validators(due.url))
        except FetchFailed as error:
            self._fail(due, str(error))
            return
        if reply.status in REDIRECTS:
            self._redirect(due, reply)
        elif reply.status in _GONE:
            self.found.gone.add(due.url)
        elif reply.status in (200, 304):
            self._take(due, reply)
        else:
            self._fail(due, f"{due.url} can't be read: the site answers {reply.status}")

    def _fail(self, due: _Due, reason: str) -> None:
        """Notes a failure; the links that the page had are followed all the same."""
        earlier = self._state.pages.get(due.url)
        is_known = earlier is not None and earlier.has_all_links
        self.found.fail(due.url, reason, hides=due.depth < self._depth and not is_known)
        if earlier is not None:
            self.visited[due.url] = earlier
            self._follow(due, earlier.links)

    def _redirect(self, due: _Due, reply: Reply) -> None:
        target = normal_url(reply.headers.get("location", ""), due.url)
        is_permanent = reply.status in _PERMANENT
        if target is None or target not in self._scope:
            where = f"{due.url} leads to another site: {target or 'nowhere'}"
            if due.url in self._known and not is_permanent:
                self._fail(due, f"{where}, for now")
            else:
                self.found.skipped.add(due.url)
        elif due.url in self._known and not is_permanent:
            self._fail(due, f"{due.url} leads to {target} for now")
        elif due.hops >= MAX_HOPS:
            self._fail(due, f"{due.url} is redirected more than {MAX_HOPS} times")
        else:
            self.found.redirects[due.url] = (target, is_permanent)
            self._add(_Due(target, due.depth, due.hops + 1))

    def _take(self, due: _Due, reply: Reply) -> None:
        """Notes a page that was read, or is unchanged, and follows its links."""
        page = self._state.pages[due.url] if reply.status == 304 else self._read(due, reply)
        if page is None:
            return
        self.visited[due.url] = page
        name = reading_name(due.url, reply.media_type) if reply.status == 200 else None
        if page.fingerprint:
            at = self._spool(readable_bytes(reply)) if reply.status == 200 else None
            if reply.status == 200 and at is None:
                del self.visited[due.url]
                return
            self.found.pages[due.url] = Page(
                url=due.url,
                name=name or due.url,
                fingerprint=page.fingerprint,
                size=page.size,
                at=at,
                canonical=page.canonical,
            )
        elif page.index:
            self.found.skipped.add(due.url)
        else:
            self.found.ignored.add(due.url)
        canonical = page.canonical
        if canonical is not None and canonical != due.url and canonical in self._scope:
            self._add(_Due(canonical, due.depth, 1))
        self._follow(due, page.links)

    def _read(self, due: _Due, reply: Reply) -> Visited | None:
        url = due.url
        index, follow = header_permissions(reply.headers.get_list("x-robots-tag"), self._agent)
        data = readable_bytes(reply)
        if len(data) > self._max_bytes:
            self.found.fail(url, f"{url} has {len(data):,} bytes; the limit is {self._max_bytes:,}")
            return None
        found = PageLinks()
        if is_page(reply):
            found = page_links(data.decode("utf-8", "replace"), url, self._agent)
        name = reading_name(url, reply.media_type)
        may_store = index and found.index
        links = found.links if follow and found.follow else ()
        links = tuple(link for link in links if link in self._scope and not _is_no_page(link))
        self._links += len(links)
        has_all_links = self._links <= _MAX_LINKS_KEPT
        if not has_all_links:
            self._follow(due, links)
        return Visited(
            # Without validators it is read whole the next time, with its links.
            validators=Validators.of(reply) if has_all_links else Validators(),
            fingerprint=content_fingerprint(data, name) if name is not None and may_store else "",
            size=len(data),
            links=links if has_all_links else (),
            canonical=found.canonical,
            index=may_store,
            has_all_links=has_all_links,
        )

    def _follow(self, due: _Due, links: tuple[str, ...]) -> None:
        if due.depth < self._depth:
            for link in links:
                self._add(_Due(link, due.depth + 1))

    def _spool(self, data: bytes) -> int | None:
        """Where the bytes are kept; None where there are too many."""
        if self._spooled + len(data) > self._settings.total_bytes:
            self._stop(f"{self._settings.total_bytes:,} bytes (SAYWHERE_SITES__TOTAL_BYTES)")
            return None
        at = self.spool.seek(0, 2)
        self.spool.write(data)
        self._spooled += len(data)
        return at

    def _is_spent(self) -> bool:
        if self._asked >= self._settings.pages:
            self._has_more = True
        elif monotonic() > self._deadline:
            self._stop(f"{self._settings.seconds:g} seconds (SAYWHERE_SITES__SECONDS)")
        else:
            return False
        return True

    def _stop(self, limit: str) -> None:
        self.found.fail(self._start, f"{self._start}: stopped at {limit}; the rest wasn't read")
        self._queue.clear()

    def _get(self, url: str, max_bytes: int, validators: Validators | None) -> Reply:
        self._asked += 1
        self._fetcher.delay = max(self._settings.delay_seconds, self._robots.of(url).delay)
        reply = self._fetcher.get(url, max_bytes=max_bytes, validators=validators)
        if reply.status == 304 and validators is None:
            raise FetchFailed(f"{url} can't be read: the site says that it is unchanged, unasked")
        return reply

    def _validators(self, url: str) -> Validators | None:
        """Those of an address whose state holds: its document is stored as it was, or it had none."""
        page = self._state.pages.get(url)
        if page is None or (page.fingerprint and url not in self._current):
            return None
        return page.validators if page.validators.headers() else None

    def _is_allowed(self, url: str) -> bool:
        try:
            return self._robots.of(url).allows(url)
        except SourceUnavailable as error:  # of the same host by another scheme
            self.found.fail(url, str(error))
            return False


class Rules:
    """Which addresses patterns leave out; this leaves out none."""

    def leaves_out(self, _url: str) -> bool:
        return False


def _is_no_page(url: str) -> bool:
    """Whether an address ends like a picture, a script or a film."""
    kind, _ = mimetypes.guess_type(urlsplit(url).path.rpartition("/")[2])
    return kind is not None and kind.startswith(_NO_PAGES)
