"""The pages when something is slow, wrong, gone or unusual: over a scripted engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rag.errors import IndexUnavailable, StorageError
from rag.types import Conflict, Outcome
from tests.browser import looks
from tests.fakes.engine import CITATION, DOCUMENT, QUOTE, TEXT, FakeBackend, answer
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


def _ask(page: Page, question: str) -> None:
    page.get_by_label("Question").fill(question)
    page.keyboard.press("Enter")


def _said(page: Page, kind: str = ".error") -> str:
    return page.locator(f"#headline {kind}, #notice {kind}").inner_text()


def test_while_it_reads_it_says_so(page: Page, url: str, backend: FakeBackend) -> None:
    """Until the answer is there the page says it is at work; then that is gone."""
    release = threading.Event()

    def slow(question: str) -> Outcome:
        release.wait(60)
        return answer(question)

    backend.engine.script = slow
    page.goto(url)
    _ask(page, "Who?")
    try:
        page.get_by_text("Reading…").wait_for()
    finally:
        release.set()
    page.locator(".answer").wait_for()
    assert page.get_by_text("Reading…").count() == 0


def test_a_newer_question_takes_an_older_ones_place(page: Page, url: str, backend: FakeBackend) -> None:
    """The older is given up in silence, not shown as a fault, and its answer never comes."""
    release = threading.Event()

    def script(question: str) -> Outcome:
        release.wait(60)
        return replace(answer(question), text=f"To {question}")

    backend.engine.script = script
    page.goto(url)
    try:
        with page.expect_event("requestfailed") as given_up:
            _ask(page, "First?")
            _ask(page, "Second?")
        assert given_up.value.post_data_json == {"question": "First?"}
        page.get_by_text("Reading…").wait_for()
        assert page.locator(".error").count() == 0
    finally:
        release.set()
    page.locator(".answer").wait_for()
    assert _said(page, ".answer") == "To Second?"


def test_an_address_asks_its_question(page: Page, url: str) -> None:
    """/?q=… is asked on opening; Back leads over the questions asked, to the empty page in the end."""
    page.goto(f"{url}/")
    _ask(page, "Who & what?")
    page.locator(".answer").wait_for()
    assert page.url == f"{url}/?q=Who+%26+what%3F"
    page.reload()
    page.locator(".answer").wait_for()
    assert page.title() == "Who & what? – Saywhere"
    page.go_back()
    page.locator("#hint").wait_for()
    assert page.locator(".answer").count() == 0
    assert page.get_by_label("Question").input_value() == ""


def test_a_stopped_server_is_named(page: Page, backend: FakeBackend) -> None:
    """The reader learns that the service is gone, and not what the browser calls that."""
    with in_thread(backend) as url:
        page.goto(url)
        _ask(page, "Who?")
        page.locator(".answer").wait_for()
    _ask(page, "And now?")
    assert _said(page) == "The service can't be reached. Is it still running?"
    assert page.locator(".answer, ol").count() == 0


def test_an_answer_that_is_no_json_is_named(page: Page, url: str) -> None:
    """Something between page and service that answers in its own way is told by its status."""
    page.route("**/v1/ask", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    page.goto(url)
    _ask(page, "Who?")
    assert _said(page) == "The service sent no proper answer (status 502)."


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (RuntimeError("secret"), "Something went wrong here: The server's log has more under "),
        (IndexUnavailable("/srv/secret"), "The index isn't ready. Try again in 5 s"),
    ],
    ids=["unexpected", "unavailable"],
)
def test_a_server_error_is_told_plainly(
    page: Page, url: str, backend: FakeBackend, fault: Exception, said: str
) -> None:
    """The kind of problem, what to do, and nothing of the server's inside."""

    def broken(_question: str) -> Outcome:
        raise fault

    backend.engine.script = broken
    page.goto(url)
    _ask(page, "Who?")
    shown = _said(page)
    assert shown.startswith(said)
    assert "secret" not in page.content()
    assert looks.faint(page) == []


def test_a_question_that_cannot_be_asked(page: Page, url: str, backend: FakeBackend) -> None:
    """None at all isn't sent; one of spaces, and one of 10,000 characters, are refused in words."""
    page.goto(url)
    _ask(page, "")
    _ask(page, "   ")
    assert _said(page) == "The question can't be asked: the question is empty"
    _ask(page, "why " * 2_500)
    page.get_by_text("characters").wait_for()
    assert "can't be asked" in _said(page)
    assert looks.overflow(page) == 0
    assert backend.engine.asked == []


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


def test_conflicting_values_are_shown_apart(page: Page, url: str, backend: FakeBackend) -> None:
    """What else the documents say stands under its own heading, with its own source."""
    other = Conflict(text="Bob asked first.", citations=(0,))
    backend.engine.script = lambda question: replace(answer(question), conflicts=(other,))
    page.goto(f"{url}/?q=Who")
    page.get_by_role("heading", name="The documents also say").wait_for()
    assert page.locator(".statement").all_text_contents() == [f"{QUOTE} [1]", "Bob asked first. [1]"]


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
