"""The pages when something is slow, wrong, gone or unusual: over a scripted engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rag.errors import StorageError
from tests.browser import looks
from tests.fakes.engine import CITATION, DOCUMENT, QUOTE, TEXT, FakeBackend
from tests.http.live import in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATH = "/documents/notes/may%201.txt"
SPAN = f"#{CITATION.start}-{CITATION.end}"
PLACE = f"{PATH}?version={DOCUMENT.sha256[:12]}{SPAN}"


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def url(backend: FakeBackend) -> Iterator[str]:
    with in_thread(backend) as address:
        yield address


def _said(page: Page) -> str:
    return page.locator("#notice .error").inner_text()


def test_without_documents_it_says_how_to_add_some(page: Page, url: str, backend: FakeBackend) -> None:
    """The empty page tells of an empty catalog, of one document, and of a catalog that can't be read."""
    hint = page.locator("#hint")
    for stored, fault, said in (
        ((), None, "saywhere ingest"),
        ((DOCUMENT,), None, "1 document to ask"),
        ((), StorageError("secret"), "isn't ready"),
    ):
        backend.catalog.stored, backend.catalog.fault = stored, fault
        page.goto(url)
        page.get_by_text(said).wait_for()
        assert said in hint.inner_text()


@pytest.mark.parametrize("place", [PLACE, PATH + SPAN, f"{PATH}?version={SPAN}"])
def test_the_cited_place_is_marked_past_emoji(page: Page, url: str, place: str) -> None:
    """The mark is text[start:end] in code points, all text around it; an address may name no version."""
    page.goto(url + place)
    mark = page.locator("mark")
    assert mark.text_content() == QUOTE
    assert page.locator("#text").text_content() == TEXT
    assert page.title() == "Minutes – Saywhere"


def test_a_new_place_in_the_address_moves_the_mark(page: Page, url: str) -> None:
    """Following another place of the same document needs no reload."""
    page.goto(url + PLACE)
    page.locator("mark").wait_for()
    page.evaluate("location.hash = '#0-7'")
    page.locator("mark", has_text=TEXT[:7]).wait_for()
    assert page.locator("mark").count() == 1


@pytest.mark.parametrize("place", ["", "#", "#x", "#5", "#9-3x"])
def test_without_a_place_the_whole_text_is_shown(page: Page, url: str, place: str) -> None:
    """An address that names no place marks nothing, hides nothing and complains of nothing."""
    page.goto(f"{url}{PATH}{place}")
    page.get_by_text(QUOTE).wait_for()
    assert page.locator("#text").text_content() == TEXT
    assert page.locator("mark, .error").count() == 0


@pytest.mark.parametrize("place", ["#5000-5010", "#9-3", "#4-4"])
def test_a_place_that_is_not_there_is_said(page: Page, url: str, place: str) -> None:
    """An old address never marks nothing in silence; the text is shown all the same."""
    page.goto(f"{url}{PATH}{place}")
    assert "no such place" in _said(page)
    assert page.locator("#text").text_content() == TEXT
    assert page.locator("mark").count() == 0


@pytest.mark.parametrize("span", [SPAN, "#5000-5010", ""], ids=["span", "beyond", "none"])
def test_a_changed_document_is_said_and_nothing_marked(
    page: Page, url: str, backend: FakeBackend, span: str
) -> None:
    """The text as it is now is shown from its start, and its other words are not passed for the quote."""
    now = replace(DOCUMENT, text=f"Late minutes.\n{TEXT}", sha256="")
    backend.catalog.stored = (now,)
    page.goto(f"{url}{PATH}?version={DOCUMENT.sha256[:12]}{span}")
    status = page.get_by_role("status")
    status.get_by_text("has changed since the answer was given").wait_for()
    page.evaluate("location.hash = '#0-7'")
    page.wait_for_function("document.querySelectorAll('.error').length === 1")
    assert "has changed" in status.inner_text()
    assert page.locator("#text").text_content() == now.text
    assert page.locator("mark").count() == 0
    assert page.evaluate("scrollY") == 0
    assert looks.faint(page) == []


def test_an_unknown_document_is_said(page: Page, url: str) -> None:
    """A document that is gone is told as such, not shown as an empty page."""
    page.goto(f"{url}/documents/gone#1-2")
    assert _said(page).startswith("There is no such document")
