"""The widget over the real service: the seeds and a hostile document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.browser import appearance, axe
from tests.browser.serving import serve_seeds_and
from tests.browser.widget import CHAT, ask, card

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEADLINE = "who demanded an apology?"
OUT_OF_SCOPE = "What is the boiling point of mercury?"
NEAR = "What did Grady Judd say to the president?"
HARBOUR = "Who is the harbour master of Quillport?"
HOSTILE = """<img src=x onerror="alert(1)"> Harbour 🚢 rules

The harbour master of Quillport is Wilhelmina Astor 👩‍✈️ <script>alert(2)</script> [open](javascript:alert(3)).

<a href="javascript:alert(4)">open</a> [open](javascript:alert(5)) </div><style>*{display:none}</style>
"""
SCHEMES = [{"color_scheme": "light"}, {"color_scheme": "dark"}]
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}
# A desk of 1280 px at 200 % zoom: half as many pixels, each twice as large.
ZOOMED = {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2}
EVERY = pytest.mark.parametrize(
    "page", [*SCHEMES, PHONE, ZOOMED], indirect=True, ids=["light", "dark", "phone", "zoomed"]
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The seeds and the hostile document, ingested and served by the command line."""
    with serve_seeds_and(HOSTILE, tmp_path_factory) as address:
        yield address


def _ask(page: Page, url: str, question: str) -> None:
    page.goto(url)
    ask(page, question)


def test_the_headline_question(page: Page, url: str) -> None:
    """Short answer, statement, numbers and quotes are those of the service."""
    _ask(page, url, HEADLINE)
    body: dict[str, Any] = httpx.post(f"{url}/v1/ask", json={"question": HEADLINE}, timeout=60).json()
    assert "Grady Judd" in body["answer"]
    assert page.locator(f"{CHAT} .answer").inner_text() == body["answer"]
    for shown, statement in zip(page.locator(f"{CHAT} .statement").all(), body["statements"], strict=True):
        numbers = "".join(str(index + 1) for index in statement["citations"])
        assert shown.text_content() == f"{statement['text']} {numbers}"
    for index, citation in enumerate(body["citations"]):
        page.locator(f"{CHAT} .number", has_text=str(index + 1)).first.hover()
        page.get_by_role("group", name=f"Source {index + 1}: {citation['title']}").wait_for()
        assert card(page).locator("mark").text_content() == citation["quote"]
        assert citation["section"][-1] in card(page).inner_text()
    quotes = [f"{n} “{citation['quote']}”" for n, citation in enumerate(body["citations"], 1)]
    shown_quotes = page.locator(f"{CHAT} .sources a").all_text_contents()
    assert [shown.removesuffix(" (new tab)") for shown in shown_quotes] == quotes


def test_each_citation_opens_the_source_at_its_mark(page: Page, url: str) -> None:
    """From its card and from the list of sources, in a new tab."""
    _ask(page, url, HEADLINE)
    citations = httpx.post(f"{url}/v1/ask", json={"question": HEADLINE}, timeout=60).json()["citations"]
    for index, citation in enumerate(citations):
        page.locator(f"{CHAT} .number", has_text=str(index + 1)).first.click()
        for link in (card(page).get_by_role("link"), page.locator(f"{CHAT} .sources a").nth(index)):
            with page.context.expect_page() as opened:
                link.click()
            opened.value.locator("mark").first.wait_for()
            assert opened.value.url == url + citation["url"]
            assert "".join(opened.value.locator("mark").all_text_contents()) == citation["quote"]
            opened.value.close()
            page.locator(f"{CHAT} .title").click()  # away from the card


def test_it_can_be_used_by_keyboard_alone(page: Page, url: str) -> None:
    """Ask, open a citation's card, return, and open the source; the focus is always visible."""
    page.goto(url)
    page.locator(f"{CHAT} .field").wait_for()
    while page.evaluate("document.activeElement.localName") != CHAT:
        page.keyboard.press("Tab")
    _tab_to(page, "Ask a question")
    page.keyboard.type(HEADLINE)
    page.keyboard.press("Enter")
    page.locator(f"{CHAT} .actions").wait_for()
    assert _focused(page) == "Ask a question"
    _tab_to(page, "Source 1", back=True)
    number = _focused(page)
    card(page).wait_for()
    page.keyboard.press("Enter")
    assert _focused(page).startswith("Open at this place")
    page.keyboard.press("Escape")
    assert card(page).count() == 0
    assert _focused(page) == number
    page.keyboard.press("Enter")
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.locator("mark").first.wait_for()


def _tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Presses Tab until an element of that name has the focus; each on the way has a visible outline."""
    for _ in range(30):
        if _focused(page).startswith(name):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
        assert appearance.outline_width(page) >= 2
    raise AssertionError(f"{name} can't be reached")


def _focused(page: Page) -> str:
    """The name of the focused element, inside shadow roots too."""
    name: str = page.evaluate(
        """() => {
          let at = document.activeElement;
          while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          return at?.getAttribute("aria-label") ?? at?.textContent ?? "";
        }"""
    )
    return name


def test_an_abstention_shows_what_is_nearest(page: Page, url: str) -> None:
    """At most three whole passages, each with its likeliest sentence marked; the question to rephrase."""
    _ask(page, url, NEAR)
    assert page.locator(f"{CHAT} .unanswered").inner_text() == "I’m not sure. These passages come closest:"
    assert page.locator(f"{CHAT} .answer").count() == 0
    passages = page.locator(f"{CHAT} .passages > li")
    assert 1 <= passages.count() <= 3
    for passage in passages.all():
        assert passage.locator("mark").count() >= 1
    with page.context.expect_page() as opened:
        passages.first.get_by_role("link").click()
    opened.value.locator("mark").first.wait_for()
    marked = "".join(opened.value.locator("mark").all_text_contents())
    assert (passages.first.locator("mark").first.text_content() or "") in marked
    page.get_by_role("button", name="Ask differently").click()
    assert page.locator(f"{CHAT} .field").input_value() == NEAR


def test_what_is_far_from_the_question_is_not_shown(page: Page, url: str) -> None:
    """Where nothing is near, no passage stands below the sentence that says so."""
    _ask(page, url, OUT_OF_SCOPE)
    assert page.locator(f"{CHAT} .unanswered").inner_text() == f"Nothing here about “{OUT_OF_SCOPE}”"
    assert page.locator(f"{CHAT} blockquote").count() == 0


def test_a_hostile_document_is_shown_as_text(page: Page, url: str) -> None:
    """Its markup creates no element, and no link in copied Markdown."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _ask(page, url, HARBOUR)
    body: dict[str, Any] = httpx.post(f"{url}/v1/ask", json={"question": HARBOUR}, timeout=60).json()
    [position] = [index for index, c in enumerate(body["citations"]) if "<script>" in c["quote"]][:1]
    page.locator(f"{CHAT} .number", has_text=str(position + 1)).first.click()
    assert card(page).locator("mark").text_content() == body["citations"][position]["quote"]
    inside = page.evaluate(
        """() => [...document.querySelector("saywhere-chat").shadowRoot.querySelectorAll("*")]
          .flatMap((at) => [at.localName, ...at.getAttributeNames().map((name) => `@${name}`)])"""
    )
    assert not {"script", "img", "style", "iframe", "@onerror", "@onclick"} & set(inside)
    for link in page.locator(f"{CHAT} a").all():
        assert str(link.get_attribute("href")).startswith(("http://", "https://"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Copy with sources").click()
    page.get_by_text("Copied.").first.wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Wilhelmina Astor" in copied
    assert "\\<script\\>" in copied
    assert "[open](javascript:" not in copied


@EVERY
@pytest.mark.parametrize("path", ["/", "/playground"])
def test_axe_finds_no_violation(page: Page, url: str, path: str) -> None:
    """Before a question, answered, with a card, with a note, abstained; and nothing is cut off."""
    page.goto(url + path)
    page.locator(f"{CHAT} .field").wait_for()
    _assert_accessible(page)
    ask(page, HEADLINE)
    _assert_accessible(page)
    page.locator(f"{CHAT} .number").first.click()
    card(page).wait_for()
    _assert_accessible(page)
    box = card(page).bounding_box()
    assert box is not None
    assert page.viewport_size is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    assert box["y"] + box["height"] <= page.viewport_size["height"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="This didn’t help").click()
    page.locator(f"{CHAT} .note").wait_for()
    _assert_accessible(page)
    for question in (NEAR, OUT_OF_SCOPE):
        ask(page, question)
        _assert_accessible(page)


def _assert_accessible(page: Page) -> None:
    assert axe.violations(page) == []
    assert appearance.overflow(page) == 0


@pytest.mark.parametrize("page", SCHEMES, indirect=True, ids=["light", "dark"])
def test_the_colour_scheme_is_the_readers(page: Page, url: str, request: pytest.FixtureRequest) -> None:
    """Of page and widget."""
    page.goto(url)
    page.locator(f"{CHAT} .panel").wait_for()
    backgrounds = page.evaluate(
        """() => [document.body, document.querySelector("saywhere-chat").shadowRoot.querySelector(".panel")]
          .map((at) => Number(getComputedStyle(at).backgroundColor.match(/[0-9]+/)[0]))"""
    )
    dark = request.node.callspec.params["page"]["color_scheme"] == "dark"
    assert [red < 64 for red in backgrounds] == [dark, dark]


def test_an_address_asks_its_question_once(page: Page, url: str) -> None:
    """/?q=… is asked when the page opens; after Back, the tab has the answer already."""
    page.goto(f"{url}/?q=who+demanded+an+apology%3F")
    page.locator(f"{CHAT} .actions").wait_for()
    page.goto(f"{url}/playground")
    page.go_back()
    page.locator(f"{CHAT} .actions").wait_for()
    assert page.locator(f"{CHAT} .turn").count() == 1
