"""The source page and the start page when something is missing, wrong or changed; over a scripted engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rag.errors import StorageError
from tests.browser import appearance
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


def _error_message(page: Page) -> str:
    return page.locator("#notice .error").inner_text()


def test_the_start_page_describes_the_catalog(page: Page, url: str, backend: FakeBackend) -> None:
    """Without documents, with one, and if the catalog can't be read."""
    hint = page.locator("#hint")
    for stored, fault, message in (
        ((), None, "saywhere ingest"),
        ((DOCUMENT,), None, "1 document to ask"),
        ((), StorageError("secret"), "isn't ready"),
    ):
        backend.catalog.stored, backend.catalog.fault = stored, fault
        page.goto(url)
        page.get_by_text(message).wait_for()
        assert message in hint.inner_text()


@pytest.mark.parametrize("address", [PLACE, PATH + SPAN, f"{PATH}?version={SPAN}"])
def test_the_cited_span_is_marked(page: Page, url: str, address: str) -> None:
    """text[start:end] in code points, after an emoji; the address may have no version."""
    page.goto(url + address)
    mark = page.locator("mark")
    assert mark.text_content() == QUOTE
    assert page.locator("#text").text_content() == TEXT
    assert page.title() == "Minutes – Saywhere"


def test_another_span_in_the_address_moves_the_mark(page: Page, url: str) -> None:
    """Without loading the page again."""
    page.goto(url + PLACE)
    page.locator("mark").wait_for()
    page.evaluate("location.hash = '#0-7'")
    page.locator("mark", has_text=TEXT[:7]).wait_for()
    assert page.locator("mark").count() == 1


@pytest.mark.parametrize("fragment", ["", "#", "#x", "#5", "#9-3x"])
def test_without_a_span_nothing_is_marked(page: Page, url: str, fragment: str) -> None:
    """The whole text is shown, without an error."""
    page.goto(f"{url}{PATH}{fragment}")
    page.get_by_text(QUOTE).wait_for()
    assert page.locator("#text").text_content() == TEXT
    assert page.locator("mark, .error").count() == 0


@pytest.mark.parametrize("fragment", ["#5000-5010", "#9-3", "#4-4"])
def test_an_invalid_span_is_reported(page: Page, url: str, fragment: str) -> None:
    """The text is shown all the same."""
    page.goto(f"{url}{PATH}{fragment}")
    assert "no such place" in _error_message(page)
    assert page.locator("#text").text_content() == TEXT
    assert page.locator("mark").count() == 0


@pytest.mark.parametrize("span", [SPAN, "#5000-5010", ""], ids=["span", "beyond", "none"])
def test_in_a_changed_document_nothing_is_marked(
    page: Page, url: str, backend: FakeBackend, span: str
) -> None:
    """The page says so, and shows the current text from its start."""
    changed = replace(DOCUMENT, text=f"Late minutes.\n{TEXT}", sha256="")
    backend.catalog.stored = (changed,)
    page.goto(f"{url}{PATH}?version={DOCUMENT.sha256[:12]}{span}")
    status = page.get_by_role("status")
    status.get_by_text("has changed since the answer was given").wait_for()
    page.evaluate("location.hash = '#0-7'")
    page.wait_for_function("document.querySelectorAll('.error').length === 1")
    assert "has changed" in status.inner_text()
    assert page.locator("#text").text_content() == changed.text
    assert page.locator("mark").count() == 0
    assert page.evaluate("scrollY") == 0
    assert appearance.low_contrast(page) == []


def test_an_unknown_document_is_reported(page: Page, url: str) -> None:
    """Not shown as an empty page."""
    page.goto(f"{url}/documents/gone#1-2")
    assert _error_message(page).startswith("There is no such document")
