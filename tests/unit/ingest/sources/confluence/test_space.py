"""A space of Confluence is synced: by versions, within what its restrictions allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
from pydantic import SecretStr, ValidationError

from ingest.ignore import Patterns
from ingest.prepare import Preparer
from ingest.report import Report
from ingest.sources.confluence.source import Space as SpaceSource
from ingest.sources.contract import Source
from ingest.sources.places import Place, Space, place_of
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.ports.catalog import Catalog
from rag.settings import ConfluenceSettings
from tests.fakes.confluence import EMAIL, TOKEN, FakeConfluence, FakePage, served_confluence
from tests.fakes.memory_library import MemoryLibrary


@pytest.fixture
def wiki() -> Iterator[FakeConfluence]:
    """With five pages, in answers of two."""
    with served_confluence() as served:
        served.pages = {
            "1": FakePage("Handbook", "<p>Start here.</p>"),
            "2": FakePage("Leave", "<h2>Days</h2><p>Everybody has 30 days.</p>", under="1"),
            "3": FakePage("Pay", "<p>Pay comes on the 25th.</p>", under="1"),
            "4": FakePage("Bonus", "<p>A bonus comes in May.</p>", under="3"),
            "5": FakePage("Travel", "<p>Trains are booked by Eve.</p>"),
        }
        yield served


def run(
    wiki: FakeConfluence,
    library: MemoryLibrary,
    place: str = "confluence:HR",
    patterns: Patterns | None = None,
    **more: Any,
) -> Report:
    given = ConfluenceSettings(**{"url": wiki.url, "token": SecretStr(TOKEN), **more})

    def open_source(place: Place, *_: object) -> Source:
        assert isinstance(place, Space)
        return SpaceSource(place, given, patterns=patterns or Patterns())

    preparer = Preparer(splitter=PassageSplitter())
    catalog = cast(Catalog, library)
    return sync(library, catalog, preparer, [place_of(place)], open_source=open_source)


def ids(uris: Any) -> list[str]:
    return sorted(str(uri).rpartition("=")[2] for uri in uris)


def reasons(report: Report) -> str:
    return "; ".join(failure.reason for failure in report.failed)


@pytest.mark.parametrize("next_has_context", [False, True])
def test_pages_are_documents(wiki: FakeConfluence, next_has_context: bool) -> None:
    """With their titles, what they are under, their headings, and addresses that don't have the title."""
    wiki.next_has_context = next_has_context
    library = MemoryLibrary()
    report = run(wiki, library)
    assert (ids(report.added), reasons(report)) == (["1", "2", "3", "4", "5"], "")
    documents = {change.document.title: change for change in library.changes.values()}
    bonus = documents["Bonus"].document
    assert bonus.uri == f"{wiki.url}/pages/viewpage.action?pageId=4"
    assert (bonus.text, bonus.metadata["path"]) == ("A bonus comes in May.", "Handbook / Pay")
    assert documents["Leave"].document.text == "Days\n\nEverybody has 30 days."
    assert [change.readers for change in documents.values()] == [None] * 5


def test_only_changed_pages_are_fetched(wiki: FakeConfluence) -> None:
    """A page with another title keeps its document; one that is gone or moved to another space is removed."""
    library = MemoryLibrary()
    run(wiki, library)
    before = {change.document.uri: key for key, change in library.changes.items()}
    wiki.pages["2"] = FakePage("Leave and absence", "<p>Everybody has 31 days.</p>", under="1", version=2)
    del wiki.pages["5"]
    wiki.pages["3"].space = wiki.pages["4"].space = "FIN"
    wiki.asked.clear()
    report = run(wiki, library)
    assert (ids(report.changed), ids(report.removed), ids(report.unchanged)) == (
        ["2"],
        ["3", "4", "5"],
        ["1"],
    )
    assert [path for path in wiki.asked if "body" in path] == [
        path for path in wiki.asked if path.startswith("/wiki/rest/api/content/2?")
    ]
    after = {change.document.uri: key for key, change in library.changes.items()}
    assert after.items() <= before.items()


def test_a_page_that_slips_out_of_the_list_stays(wiki: FakeConfluence) -> None:
    """It is asked for by itself."""
    library = MemoryLibrary()
    run(wiki, library)
    wiki.hidden = {"2"}
    report = run(wiki, library)
    assert (report.removed, len(report.unchanged)) == ((), 5)


def test_restricted_pages_and_all_under_them_are_left_out(wiki: FakeConfluence) -> None:
    """And reported. What was open before is removed; a page under something that can't be asked is closed."""
    library = MemoryLibrary()
    run(wiki, library)
    wiki.pages["3"].groups = ("payroll",)
    wiki.pages["5"].users = ("ada",)
    wiki.pages["6"] = FakePage("In a folder", under="open")
    wiki.pages["7"] = FakePage("In a closed folder", under="closed")
    wiki.pages["8"] = FakePage("In what isn't known", under="unknown")
    wiki.folders = {"open": None, "closed": ("board",)}
    report = run(wiki, library)
    assert ids(report.removed) == ["3", "4", "5"]
    assert ids(report.ignored) == ["3", "4", "5", "7", "8"]
    assert ids(report.added) == ["6"]


def test_restrictions_may_become_readers(wiki: FakeConfluence) -> None:
    """Groups that may see a page and all above it; users alone, and names with commas, are nobody."""
    wiki.pages["3"].groups = ("payroll", "hr")
    wiki.pages["4"].groups = ("hr", "board")
    wiki.pages["5"].users = ("ada",)
    wiki.pages["2"].groups = ("a,hr",)
    library = MemoryLibrary()
    run(wiki, library, restricted="readers")
    readers = {ids([c.document.uri])[0]: c.readers for c in library.changes.values()}
    assert readers == {"1": None, "2": (), "3": ("hr", "payroll"), "4": ("hr",), "5": ()}
    wiki.pages["3"].groups = ()
    report = run(wiki, library, restricted="readers")
    assert ids(report.changed) == ["3", "4"]
    readers = {ids([c.document.uri])[0]: c.readers for c in library.changes.values()}
    assert (readers["3"], readers["4"]) == (None, ("board", "hr"))


def test_a_page_that_is_restricted_meanwhile_is_not_stored(wiki: FakeConfluence) -> None:
    """Between the list and its body."""
    answer = wiki.answer

    def late(path: str, authorization: str) -> tuple[int, Any]:
        if "body.export_view" in path:
            wiki.pages["3"].groups = ("payroll",)
        return answer(path, authorization)

    wiki.answer = late  # type: ignore[method-assign]
    library = MemoryLibrary()
    report = run(wiki, library)
    assert "changed since it was listed" in reasons(report)
    assert ids(report.added) == ["1", "2", "4", "5"]


def test_patterns_are_about_titles(wiki: FakeConfluence) -> None:
    """A page's own, under those of what it is under."""
    report = run(wiki, MemoryLibrary(), patterns=Patterns(exclude=("Handbook/Pay/**", "Travel")))
    assert (ids(report.added), ids(report.ignored)) == (["1", "2", "3"], ["4", "5"])


def test_in_the_cloud_the_token_is_a_password(wiki: FakeConfluence) -> None:
    """Basic, with the address of its account; without it a bearer token, which the cloud refuses."""
    wiki.basic = True
    assert len(run(wiki, MemoryLibrary(), email=EMAIL).added) == 5
    report = run(wiki, MemoryLibrary())
    assert "doesn't take the token (SAYWHERE_CONFLUENCE__TOKEN; in the cloud with …__EMAIL" in reasons(report)
    assert TOKEN not in reasons(report)


def test_a_token_that_counts_as_nobody_changes_nothing(wiki: FakeConfluence) -> None:
    """An expired one, where everybody sees a part of the space: pages that aren't seen aren't gone."""
    library = MemoryLibrary()
    run(wiki, library)
    wiki.pages = {"1": wiki.pages["1"]}
    wiki.answer = lambda path, _: FakeConfluence.answer(wiki, path, "")  # type: ignore[method-assign]
    assert "doesn't take the token" in reasons(run(wiki, library))
    assert len(library.changes) == 5


@pytest.mark.parametrize(
    ("place", "more", "reason"),
    [
        ("confluence:NONE", {}, "there is no space NONE"),
        ("confluence:a b", {}, "names no space"),
        ("confluence:HR", {"url": None}, "SAYWHERE_CONFLUENCE__URL"),
    ],
)
def test_what_is_not_there_is_said(
    wiki: FakeConfluence, place: str, more: dict[str, Any], reason: str
) -> None:
    """In one line."""
    assert reason in reasons(run(wiki, MemoryLibrary(), place, **more))


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (302, {"Location": "/login"}, "leads elsewhere"),
        (403, {}, "doesn't let the token's owner in"),
        (410, {}, "doesn't have this API any more"),
        (200, {}, "isn't the API of Confluence"),
        (429, {"Retry-After": "3600"}, "too busy"),
    ],
)
def test_a_fault_changes_nothing(
    wiki: FakeConfluence, status: int, headers: dict[str, str], reason: str
) -> None:
    """No redirect is followed; a wait of an hour isn't waited."""
    library = MemoryLibrary()
    run(wiki, library)
    wiki.asked.clear()
    wiki.faults = [(status, headers)]
    assert reason in reasons(run(wiki, library))
    assert (len(library.changes), len(wiki.asked)) == (5, 1)


def test_a_busy_service_is_asked_again(wiki: FakeConfluence) -> None:
    """After as many seconds as it says."""
    wiki.faults = [(429, {"Retry-After": "0"}), (503, {})]
    assert len(run(wiki, MemoryLibrary()).added) == 5


def test_a_limit_of_pages_removes_nothing(wiki: FakeConfluence) -> None:
    """The report names it."""
    library = MemoryLibrary()
    run(wiki, library)
    report = run(wiki, library, pages=3)
    assert ("more than 3 pages" in reasons(report), report.removed) == (True, ())


def test_an_address_without_a_token_is_refused() -> None:
    """It would be asked as anybody."""
    with pytest.raises(ValidationError, match="token"):
        ConfluenceSettings(email=EMAIL)
