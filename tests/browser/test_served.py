"""The service as it is served, over the seeds and a hostile document, used with a real browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.browser import looks
from tests.http.live import ROOT, in_process

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEADLINE = "who demanded an apology?"
OUT_OF_SCOPE = "What is the boiling point of mercury?"
HARBOUR = "Who is the harbour master of Quillport?"
BEFORE = "\n\n".join(
    f"🙂 Pier {n} 𝒾s for boats of class {n} when the bell 🔔 has rung twice." for n in range(60)
)
HOSTILE = f"""<img src=x onerror="alert(1)"> Harbour 🚢 rules

{BEFORE}

The harbour master of Quillport is Wilhelmina Astor 👩‍✈️ <script>alert(2)</script>.

<a href="javascript:alert(3)">open</a> [open](javascript:alert(4)) </div><style>*{{display:none}}</style>

{"unbroken" * 60}
"""
SCHEMES = [{"color_scheme": "light"}, {"color_scheme": "dark"}]
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The seeds and the hostile document, ingested and served by the command line."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("hostile")
    (folder / "harbour.txt").write_text(HOSTILE, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "api", "ingest", "seeds", str(folder), "--data", str(data)],
        cwd=ROOT, check=True, capture_output=True, timeout=110,
    )  # fmt: skip
    # The pages are under test here, not how sure the service must be.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAYWHERE_DECIDE__THRESHOLD", "0.1")
        with in_process("-m", "api", "serve", "--data", str(data), "--port", "0") as (_process, address):
            yield address


def _ask(page: Page, url: str, question: str) -> None:
    page.goto(url)
    page.get_by_label("Question").fill(question)
    page.get_by_role("button", name="Ask").click()
    page.locator("ol").wait_for()


def _marked(page: Page) -> str:
    """The marked text, once there is one and it lies within the window, below the bar."""
    mark = page.locator("mark")
    mark.wait_for()
    box, bar = mark.bounding_box(), page.locator(".bar").bounding_box()
    viewport = page.viewport_size
    assert box is not None
    assert bar is not None
    assert viewport is not None
    assert bar["y"] + bar["height"] <= box["y"]
    assert box["y"] + box["height"] <= viewport["height"]
    return mark.text_content() or ""


def test_the_headline_question_by_keyboard_alone(page: Page, url: str) -> None:
    """Typed, sent by Enter; Tab leads over ringed links; Enter opens the source; Back finds the answer."""
    page.goto(url)
    page.keyboard.type(HEADLINE)
    page.keyboard.press("Enter")
    page.locator("ol").wait_for()
    assert "Grady Judd" in page.locator(".answer").inner_text()
    quotes = page.locator("blockquote").all_text_contents()
    for _ in range(2):  # over the button to the first number
        page.keyboard.press("Tab")
        assert looks.ring(page) >= 2
    page.keyboard.press("Enter")
    assert _marked(page) == quotes[0]
    page.go_back()
    page.locator("ol").wait_for()
    assert page.locator("blockquote").all_text_contents() == quotes
    assert page.get_by_label("Question").input_value() == HEADLINE


def test_what_is_shown_is_what_was_answered(page: Page, url: str) -> None:
    """Short answer, statements with their numbers, each quote to the letter under its own number."""
    with page.expect_response("**/v1/ask") as asked:
        _ask(page, url, HEADLINE)
    body: dict[str, Any] = asked.value.json()
    assert page.locator(".answer").text_content() == body["answer"]
    for shown, statement in zip(page.locator(".statement").all(), body["statements"], strict=True):
        numbers = "".join(f" [{index + 1}]" for index in statement["citations"])
        assert shown.text_content() == statement["text"] + numbers
    quotes = [citation["quote"] for citation in body["citations"]]
    assert page.locator("ol > li > blockquote").all_text_contents() == quotes
    assert "Confidence" in page.locator("#headline").inner_text()


def test_each_citation_leads_to_its_quote(page: Page, url: str) -> None:
    """By its number and by its title: the mark is the quote, and what is before it is text[:start]."""
    _ask(page, url, HEADLINE)
    citations = httpx.post(f"{url}/v1/ask", json={"question": HEADLINE}, timeout=60).json()["citations"]
    text = httpx.get(f"{url}/v1/documents/{citations[0]['document_id']}").json()["text"]
    assert len(citations) >= 2
    for index, citation in enumerate(citations):
        for link in (page.locator("ol a").nth(index), page.get_by_role("link", name=f"[{index + 1}]")):
            link.click()
            assert _marked(page) == citation["quote"]
            before = page.evaluate("document.querySelector('mark').previousSibling?.data ?? ''")
            assert before == text[: citation["start"]]
            assert page.locator("#text").text_content() == text
            page.go_back()
            page.locator("ol").wait_for()


def test_an_abstention_says_why_and_shows_what_is_near(page: Page, url: str) -> None:
    """A reason in words in place of an answer; the nearest quotes lead to their places."""
    _ask(page, url, OUT_OF_SCOPE)
    assert "documents don't answer this" in page.locator("#headline").inner_text()
    assert page.locator(".answer").count() == 0
    nearest = page.locator("blockquote").first.text_content()
    page.locator("ol a").first.click()
    assert _marked(page) == nearest


@pytest.mark.parametrize("page", [{}, PHONE], indirect=True, ids=["desk", "phone"])
def test_a_hostile_document_is_only_text(page: Page, url: str) -> None:
    """Its markup is shown to the letter and makes no element; past emoji the mark still is the quote."""
    _ask(page, url, HARBOUR)
    assert looks.overflow(page) == 0
    quotes = page.locator("blockquote").all_text_contents()
    wanted = next(index for index, quote in enumerate(quotes) if "Wilhelmina" in quote)
    page.locator("ol a").nth(wanted).click()
    assert _marked(page) == quotes[wanted]
    # The start, counted in code points, as the address has it.
    start = int(page.url.partition("#")[2].partition("-")[0])
    assert HOSTILE[start:].startswith(quotes[wanted])
    assert 'onerror="alert(1)"' in (page.locator("#text").text_content() or "")
    assert page.locator("main").locator("script, style, #text a, #text img").count() == 0
    assert looks.overflow(page) == 0


@pytest.mark.parametrize("page", [PHONE], indirect=True, ids=["phone"])
@pytest.mark.parametrize("question", [HEADLINE, OUT_OF_SCOPE])
def test_a_phone_never_scrolls_sideways(page: Page, url: str, question: str) -> None:
    """At 360 px nothing lies beyond the edge: the form, the answer, the source with its bar."""
    page.goto(url)
    assert looks.overflow(page) == 0
    _ask(page, url, question)
    assert looks.overflow(page) == 0
    page.locator("ol a").first.click()
    _marked(page)
    assert looks.overflow(page) == 0


@pytest.mark.parametrize("page", SCHEMES, indirect=True, ids=["light", "dark"])
def test_all_text_can_be_read(page: Page, url: str) -> None:
    """Light and dark, in each state, all text stands out from its ground by 4.5:1 or more."""
    page.goto(url)
    assert looks.faint(page) == []
    for question in (HEADLINE, OUT_OF_SCOPE):
        _ask(page, url, question)
        assert looks.faint(page) == []
    page.locator("ol a").first.click()
    _marked(page)
    assert looks.faint(page) == []
    page.goto(f"{url}/documents/none")
    page.locator(".error").wait_for()
    assert looks.faint(page) == []


@pytest.mark.parametrize("page", SCHEMES, indirect=True, ids=["light", "dark"])
def test_the_scheme_is_the_readers(page: Page, url: str, request: pytest.FixtureRequest) -> None:
    """Dark ground for who wants it dark, light for who wants it light."""
    page.goto(url)
    red = page.evaluate("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])")
    assert (red < 64) == (request.node.callspec.params["page"]["color_scheme"] == "dark")
