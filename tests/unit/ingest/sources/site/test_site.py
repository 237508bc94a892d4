"""A site on loopback is synced: incrementally, within bounds, and nothing is lost by its faults."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, cast

import pytest

from ingest.cancellation import Cancellation, Cancelled
from ingest.ignore import Patterns
from ingest.prepare import Preparer
from ingest.report import Report
from ingest.sources.places import Site
from ingest.sources.site.source import Site as SiteSource
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.ports.catalog import Catalog
from rag.settings import SiteSettings
from tests.fakes.memory_library import MemoryLibrary
from tests.fakes.site import FakeSite, served_site


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with served_site() as served:
        yield served


class Synced:
    """A library that is synced with a site."""

    def __init__(self, data: Path, site: FakeSite) -> None:
        self.library = MemoryLibrary()
        self.data = data
        self.site = site

    def run(self, start: str = "/sitemap.xml", depth: int = 0, **more: Any) -> Report:
        settings = SiteSettings(**{"delay_seconds": 0, **more.pop("settings", {})})
        max_bytes = more.pop("max_bytes", 100_000)

        def open_source(
            place: Site, _records: object, _preparer: object, patterns: Patterns, stop: Any
        ) -> SiteSource:
            return SiteSource(
                place,
                settings,
                collection="default",
                max_bytes=max_bytes,
                data=self.data,
                patterns=patterns,
                cancellation=stop,
            )

        preparer = Preparer(splitter=PassageSplitter())
        return sync(
            self.library,
            cast(Catalog, self.library),
            preparer,
            [Site(url=self.site.url + start, depth=depth)],
            open_source=cast(Any, open_source),
            **more,
        )

    def paths(self, uris: Any) -> list[str]:
        return [str(uri).removeprefix(self.site.url) for uri in uris]

    @property
    def stored(self) -> dict[str, str]:
        changes = self.library.changes.values()
        return {
            change.document.uri.removeprefix(self.site.url): change.document.text.split("\n")[-1]
            for change in changes
        }


@pytest.fixture
def synced(tmp_path: Path, site: FakeSite) -> Synced:
    return Synced(tmp_path, site)


def two_pages(site: FakeSite) -> None:
    site.page("/a", "Anna leads the team.")
    site.page("/b", "Bob left in May.")
    site.sitemap("/a", "/b")


def test_a_sitemap_s_pages_are_documents(synced: Synced, site: FakeSite) -> None:
    """Their uris are their addresses; who asks says so."""
    two_pages(site)
    report = synced.run()
    assert synced.paths(report.added) == ["/a", "/b"]
    assert synced.stored == {"/a": "Anna leads the team.", "/b": "Bob left in May."}
    assert all(headers["user-agent"].startswith("Saywhere") for _, headers in site.requests)
    assert site.requests[0][0] == "/robots.txt"


def test_a_second_run_asks_whether_pages_changed_and_writes_nothing(synced: Synced, site: FakeSite) -> None:
    """By ETag: unchanged pages are answered without their bytes; a changed one is replaced, its id kept."""
    two_pages(site)
    synced.run()
    site.asked()
    report = synced.run()
    asked = [headers for path, headers in site.requests if path in ("/a", "/b")]
    assert all("if-none-match" in headers for headers in asked)
    assert (len(report.unchanged), len(synced.library.writes)) == (2, 1)
    ids = {change.document.uri: key for key, change in synced.library.changes.items()}
    site.page("/a", "Eve leads the team.")
    assert synced.paths(synced.run().changed) == ["/a"]
    assert {change.document.uri: key for key, change in synced.library.changes.items()} == ids
    assert synced.stored["/a"] == "Eve leads the team."


def test_a_changed_etag_of_the_same_bytes_changes_nothing(synced: Synced, site: FakeSite) -> None:
    """The bytes decide; nor does a server without validators cause anything to be written."""
    two_pages(site)
    synced.run()
    site.page("/a", "Anna leads the team.", etag=False, headers={"ETag": '"other"'})
    site.page("/b", "Bob left in May.", etag=False)
    report = synced.run()
    assert (len(report.unchanged), len(synced.library.writes)) == (2, 1)


def test_what_is_not_stored_is_asked_for_whole(synced: Synced, site: FakeSite) -> None:
    """A state that outlived its documents, or is damaged, does no harm."""
    two_pages(site)
    synced.run()
    synced.library.changes.clear()
    assert synced.paths(synced.run().added) == ["/a", "/b"]
    for path in (synced.data / "sites").iterdir():
        path.write_text('{"format": 1, "pages": {"x": [1]}}')
    assert len(synced.run().unchanged) == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_removed(synced: Synced, site: FakeSite, status: int) -> None:
    """Though the sitemap still names it."""
    two_pages(site)
    synced.run()
    site.page("/a", "gone", status=status)
    assert synced.paths(synced.run().removed) == ["/a"]


def test_a_page_out_of_the_sitemap_is_removed(synced: Synced, site: FakeSite) -> None:
    """Though it can still be asked for, and another page fails."""
    two_pages(site)
    site.page("/c", "Carl came.")
    site.sitemap("/a", "/b", "/c")
    synced.run()
    site.sitemap("/b", "/c")
    site.page("/c", "down", status=500)
    report = synced.run()
    assert synced.paths(report.removed) == ["/a"]
    assert set(synced.stored) == {"/b", "/c"}


@pytest.mark.parametrize("status", [500, 503, 403, 401, 429])
def test_a_site_that_fails_loses_nothing(synced: Synced, site: FakeSite, status: int) -> None:
    """A page, the sitemap, robots.txt: each failure is reported, and all documents stay."""
    two_pages(site)
    synced.run()
    site.page("/a", "down", status=status)
    report = synced.run()
    assert [(f.uri.removeprefix(site.url), f.has_earlier_version) for f in report.failed] == [("/a", True)]
    site.put("/sitemap.xml", "down", status=status)
    assert str(status) in synced.run().failed[0].reason
    if status in (500, 503, 429):
        two_pages(site)
        site.put("/robots.txt", "down", status=status)
        assert "robots.txt" in synced.run().failed[0].reason
    assert set(synced.stored) == {"/a", "/b"}


def test_a_part_of_a_sitemap_that_fails_hides_its_pages(synced: Synced, site: FakeSite) -> None:
    """Of an index of sitemaps, one of them gzipped: while one fails, its pages stay."""
    site.page("/a", "Anna leads.")
    site.page("/b", "Bob left.")
    index = (
        f"<sitemapindex><sitemap><loc>{site.url}/one.xml</loc></sitemap>"
        f"<sitemap><loc>{site.url}/two.xml.gz</loc></sitemap></sitemapindex>"
    )
    site.put("/sitemap.xml", index, type="text/xml")
    site.sitemap("/a", at="/one.xml")
    site.sitemap("/b", at="/two.xml.gz")
    packed = gzip.compress(site.pages["/two.xml.gz"].body)
    site.put("/two.xml.gz", packed, type="application/gzip")
    assert synced.paths(synced.run().added) == ["/a", "/b"]
    site.put("/two.xml.gz", packed[:-9], type="application/gzip")
    report = synced.run()
    assert "cut off" in report.failed[0].reason
    assert (report.removed, set(synced.stored)) == ((), {"/a", "/b"})
    site.put("/sitemap.xml", index.replace("/two.xml.gz", "/one.xml"), type="text/xml")
    assert synced.paths(synced.run().removed) == ["/b"]


def test_pages_are_followed_to_a_depth(synced: Synced, site: FakeSite) -> None:
    """Each once, whatever its fragment; pictures and other hosts aren't asked for."""
    site.page("/", "Start.", "/a#x", "a", "/logo.png", "http://other.invalid/", "mailto:a@b.example")
    site.page("/a", "Anna leads.", "/b", "/")
    site.page("/b", "Bob left.", "/c")
    site.page("/c", "Carl came.")
    assert synced.paths(synced.run("/", depth=0).added) == ["/"]
    assert synced.paths(synced.run("/", depth=2).added) == ["/a", "/b"]
    site.asked()
    synced.run("/", depth=2)
    assert site.asked() == ["/", "/a", "/b"]
    assert synced.paths(synced.run("/", depth=1).removed) == ["/b"]


def test_a_page_that_fails_hides_nothing_below_it(synced: Synced, site: FakeSite) -> None:
    """The links that it had are followed; where they aren't known, nothing is removed."""
    site.page("/", "Start.", "/a")
    site.page("/a", "Anna leads.", "/b")
    site.page("/b", "Bob left.")
    synced.run("/", depth=2)
    site.page("/a", "down", status=500)
    site.page("/b", "Bob is back.")
    report = synced.run("/", depth=2)
    assert (synced.paths(report.changed), report.removed) == (["/b"], ())
    for path in (synced.data / "sites").iterdir():
        path.unlink()
    report = synced.run("/", depth=2)
    assert (report.removed, set(synced.stored)) == ((), {"/", "/a", "/b"})


def test_robots_txt_is_kept(synced: Synced, site: FakeSite) -> None:
    """What it forbids isn't asked for; what it forbids later is removed."""
    two_pages(site)
    site.put(
        "/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: saywhere\nDisallow: /b$", type="text/plain"
    )
    report = synced.run()
    assert (synced.paths(report.added), synced.paths(report.ignored)) == (["/a"], ["/b"])
    assert "/b" not in site.asked()
    site.put("/robots.txt", "User-agent: *\nDisallow: /a", type="text/plain")
    report = synced.run()
    assert (synced.paths(report.added), synced.paths(report.removed)) == (["/b"], ["/a"])
    site.put("/robots.txt", "User-agent: *\nDisallow: /", type="text/plain")
    assert "forbids" in synced.run().failed[0].reason
    assert set(synced.stored) == {"/b"}


def test_noindex_and_nofollow_are_kept(synced: Synced, site: FakeSite) -> None:
    """In the page, in a link, and in a header."""
    site.page("/", "Start.", "/a", "/b", "/c")
    site.page("/a", "Anna leads.", "/d", head='<meta name="robots" content="NOINDEX">')
    site.page("/b", "Bob left.", "/e", head='<meta name="robots" content="nofollow">')
    site.page("/c", "Carl came.", headers={"X-Robots-Tag": "noindex, nofollow"})
    site.page("/d", 'Dora <a rel="nofollow" href="/f">stays</a>.')
    for path in ("/e", "/f"):
        site.page(path, "Not to be found.")
    synced.run("/", depth=3)
    assert set(synced.stored) == {"/", "/b", "/d"}
    synced.run("/", depth=3)
    assert set(synced.stored) == {"/", "/b", "/d"}


def test_copies_of_a_page_are_one(synced: Synced, site: FakeSite) -> None:
    """By rel=canonical, by a slash at the end, an index page's name, or a query that changes nothing."""
    copies = ("/b", "/b/", "/b/index.html", "/b?session=1")
    site.page("/", "Start.", "/print/a", *copies, "/c?utm_source=x", "/c")
    site.page("/a", "Anna leads.")
    site.page("/print/a", "Anna leads.", head='<link rel="canonical" href="/a">')
    for path in copies:
        site.put(path, "<html><title>B</title><body><p>Bob left.</p></body></html>")
    site.page("/c", "Carl came.", head='<link rel="canonical" href="/missing">')
    synced.run("/", depth=1)
    assert set(synced.stored) == {"/", "/a", "/b", "/c"}
    writes = len(synced.library.writes)
    synced.run("/", depth=1)
    assert len(synced.library.writes) == writes


def test_redirects_stay_on_the_site(synced: Synced, site: FakeSite) -> None:
    """One to another host isn't followed; a page that moved for good keeps its id."""
    moved = {"status": 301, "headers": {"Location": "/new"}}
    two_pages(site)
    synced.run()
    ids = set(synced.library.changes)
    site.page("/new", "")
    site.pages["/new"] = site.pages["/a"]
    site.put("/a", "", **moved)
    report = synced.run()
    assert [(synced.paths(pair)) for pair in report.renamed] == [["/a", "/new"]]
    assert set(synced.library.changes) == ids
    site.put("/b", "", status=302, headers={"Location": "http://login.invalid/"})
    report = synced.run()
    assert "login.invalid" in report.failed[0].reason
    assert set(synced.stored) == {"/new", "/b"}
    site.put("/b", "", status=301, headers={"Location": "http://127.0.0.1:9/"})
    assert synced.paths(synced.run().removed) == ["/b"]


def test_redirects_in_a_circle_end(synced: Synced, site: FakeSite) -> None:
    """Of a page, of the start, and endless ones; stored documents stay."""
    two_pages(site)
    synced.run()
    site.put("/a", "", status=301, headers={"Location": "/x"})
    site.put("/x", "", status=301, headers={"Location": "/a"})
    report = synced.run()
    assert any("circle" in failure.reason for failure in report.failed)
    assert set(synced.stored) == {"/a", "/b"}
    for number in range(20):
        site.put(f"/r{number}", "", status=302, headers={"Location": f"/r{number + 1}"})
    assert "too often" in synced.run("/r0").failed[0].reason
    site.put("/a", "", status=301, headers={"Location": "/r0"})
    assert "more than 5 times" in synced.run().failed[0].reason


def test_bodies_are_bounded(synced: Synced, site: FakeSite) -> None:
    """Too long, a bomb of gzip, cut off, too slow: each fails alone."""
    two_pages(site)
    site.put("/long", b"x" * 300_000)
    site.put("/bomb", gzip.compress(b"x" * 30_000_000), headers={"Content-Encoding": "gzip"})
    site.put("/cut", b"<p>Half", cut=True)
    site.put("/slow", b"x" * 1_000, drip=0.2)
    site.sitemap("/a", "/long", "/bomb", "/cut", "/slow")
    began = monotonic()
    report = synced.run(settings={"page_seconds": 1.0})
    assert monotonic() - began < 20
    assert synced.paths(report.added) == ["/a"]
    reasons = {failure.uri.removeprefix(site.url): failure.reason for failure in report.failed}
    assert set(reasons) == {"/long", "/bomb", "/cut", "/slow"}
    assert "more than 100,000 bytes" in reasons["/long"]
    assert "more than 100,000 bytes" in reasons["/bomb"]
    assert "1 seconds" in reasons["/slow"]


@pytest.mark.parametrize(
    ("settings", "name"), [({"pages": 3}, "PAGES"), ({"total_bytes": 100}, "TOTAL_BYTES")]
)
def test_a_run_is_bounded(synced: Synced, site: FakeSite, settings: dict[str, Any], name: str) -> None:
    """What was read is kept, the limit is named, and nothing that wasn't reached is removed."""
    for number in range(6):
        site.page(f"/{number}", "Anna leads.", f"/{number + 1}")
    synced.run("/0", depth=10)
    site.page("/1", "Anna leads no more.", "/2")
    report = synced.run("/0", depth=10, settings=settings)
    assert name in report.failed[0].reason
    assert (report.removed, len(synced.stored)) == ((), 6)


def test_the_content_type_decides_the_reader(synced: Synced, site: FakeSite) -> None:
    """Not the address's end, unless the type says nothing; the charset of the header counts."""
    site.put("/a.pdf", "<title>A</title><p>Anna leads.</p>")
    site.put("/b.md", "# Head\n\nBob *left*.", type="text/plain")
    site.put("/c.html", "<p>Żaneta sings.</p>".encode("iso-8859-2"), type="text/html; charset=ISO-8859-2")
    site.put("/d", "<meta charset=windows-1251><p>Zoë rests.</p>", type="text/html; charset=UTF-8")
    site.put("/e", b"\x89PNG", type="image/png")
    site.sitemap("/a.pdf", "/b.md", "/c.html", "/d", "/e")
    report = synced.run()
    assert synced.paths(report.skipped) == ["/e"]
    assert synced.stored == {
        "/a.pdf": "Anna leads.",
        "/b.md": "Bob left.",
        "/c.html": "Żaneta sings.",
        "/d": "Zoë rests.",
    }


def test_patterns_leave_out_paths(synced: Synced, site: FakeSite) -> None:
    """As of files; what is left out isn't asked for."""
    two_pages(site)
    report = synced.run(patterns=Patterns(exclude=("b",)))
    assert (synced.paths(report.added), synced.paths(report.ignored)) == (["/a"], ["/b"])
    assert "/b" not in site.asked()


def test_a_document_of_another_source_is_left_to_it(synced: Synced, site: FakeSite) -> None:
    """A page that is in two sitemaps belongs to the first that was read."""
    two_pages(site)
    synced.run()
    site.sitemap("/a", at="/other.xml")
    report = synced.run("/other.xml")
    assert (synced.paths(report.skipped), report.added, report.removed) == (["/a"], (), ())


def test_a_run_is_cancelled_at_once(synced: Synced, site: FakeSite) -> None:
    """In the middle of a slow page; the next run does the rest."""
    two_pages(site)
    site.put("/slow", b"x" * 1_000, drip=0.1)
    site.sitemap("/a", "/slow", "/b")
    stop = Cancellation()
    threading.Timer(1.0, stop.set).start()
    began = monotonic()
    with pytest.raises(Cancelled):
        synced.run(cancellation=stop)
    assert monotonic() - began < 8
    assert synced.stored == {}
    two_pages(site)
    assert synced.paths(synced.run().added) == ["/a", "/b"]


def test_a_run_that_fails_in_writing_is_done_by_the_next(synced: Synced, site: FakeSite) -> None:
    """The state was saved before, and isn't believed."""
    two_pages(site)
    write = synced.library.write
    synced.library.write = partial(_fail)  # type: ignore[method-assign]
    with pytest.raises(OSError, match="full"):
        synced.run()
    synced.library.write = write  # type: ignore[method-assign]
    assert synced.paths(synced.run().added) == ["/a", "/b"]


def _fail(*_: object, **__: object) -> None:
    raise OSError("disk full")
