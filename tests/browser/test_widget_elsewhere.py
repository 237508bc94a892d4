"""The widget on pages of other sites: policies, styles, languages, keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from rag.settings import Settings, SiteKey, WidgetSettings
from tests.browser import appearance, axe
from tests.browser.conftest import RESOURCE_ERROR
from tests.browser.widget import CHAT, ask, card, page_with, send, site
from tests.fakes.engine import QUOTE, FakeBackend
from tests.http.live import in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

QUESTION = "Who asked for a ship?"
INLINE = '<saywhere-chat mode="inline"></saywhere-chat>'
TALL = "<style>saywhere-chat { display: block; block-size: 30rem; --saywhere-height: 30rem }</style>"
# Nothing but this site and the service; no inline script or style, no eval, no text made into code.
POLICY = (
    "default-src 'none'; script-src 'self' {url}; connect-src {url}; style-src 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
ROOT = "document.querySelector('saywhere-chat').shadowRoot"


@pytest.fixture
def backend() -> FakeBackend:
    widget = WidgetSettings(origins=("*",), public=("default", "hr"), suggestions={"default": ("Who?",)})
    return FakeBackend(Settings(widget=widget))


@pytest.fixture
def url(backend: FakeBackend) -> Iterator[str]:
    with in_thread(backend) as address:
        yield address


@pytest.mark.parametrize("chat", [INLINE, "<saywhere-chat></saywhere-chat>"], ids=["inline", "launcher"])
def test_it_works_under_a_strict_policy(page: Page, url: str, chat: str) -> None:
    """Nothing inline and no sink for code: a question, a card and feedback work."""
    with site({"/": page_with(url, chat)}, {"Content-Security-Policy": POLICY.format(url=url)}) as host:
        page.goto(host)
        if chat != INLINE:
            page.get_by_role("button", name="Ask", exact=True).click()
        ask(page, QUESTION)
        page.locator(f"{CHAT} .number").click()
        assert card(page).locator("mark").inner_text() == QUOTE
        page.keyboard.press("Escape")
        page.get_by_role("button", name="This helped").click()
        page.get_by_text("Thank you.").first.wait_for()
        # Its style sheet was not refused.
        assert page.locator(f"{CHAT} .send").bounding_box()["width"] == 44  # type: ignore[index]


def test_it_requests_nothing_but_the_service(page: Page, url: str) -> None:
    """One script and the calls to the API."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    with site({"/": page_with(url, INLINE)}) as host:
        page.goto(host)
        ask(page, QUESTION)
        external = [address for address in sent if not address.startswith(host)]
    assert sorted(external) == [
        f"{url}/v1/ask",
        f"{url}/v1/suggestions?collection=default",
        f"{url}/widget.js",
    ]


@pytest.mark.parametrize("chat", [INLINE, "<saywhere-chat></saywhere-chat>"], ids=["inline", "launcher"])
def test_it_shifts_no_layout(page: Page, url: str, chat: str) -> None:
    """While it loads, opens and answers; for an inline one, a CSS rule of the page keeps its place."""
    page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((e) => e.value)))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    with site({"/": page_with(url, chat, TALL if chat == INLINE else "")}) as host:
        page.goto(host)
        after = page.get_by_text("More of them.")
        before = after.bounding_box()
        if chat != INLINE:
            page.get_by_role("button", name="Ask", exact=True).click()
        for _ in range(3):
            ask(page, QUESTION)
        assert after.bounding_box() == before
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("window.shifts") == []


@pytest.mark.parametrize("page", [{"reduced_motion": "reduce"}], indirect=True)
def test_the_pages_style_does_not_reach_inside(page: Page, url: str) -> None:
    """Not even rules for every element with !important."""
    intrusive = """<style>
      * { color: red !important; font: 900 40px/3 cursive !important; text-transform: uppercase !important;
          letter-spacing: 1em !important; background: lime !important; text-align: right !important;
          visibility: visible; word-spacing: 3em !important; text-shadow: 9px 9px blue !important }
      button, textarea, p { border: 20px solid red !important; padding: 90px !important; display: none }
    </style>"""
    measure = f"""() => [".send", ".field", ".answer", ".statement", ".number", ".title"].map((selector) => {{
      const at = {ROOT}.querySelector(selector), style = getComputedStyle(at);
      const {{ width, height }} = at.getBoundingClientRect();
      return [style.color, style.font, style.textTransform, style.letterSpacing, style.backgroundColor,
        style.textAlign, style.borderWidth, style.padding, style.textShadow, width, height];
    }})"""
    shown = []
    for more in ("", intrusive):
        chat = f'<div id="place">{INLINE}</div>'
        frame = """<style>
          #place { all: initial !important; display: block !important; width: 400px !important }
        </style>"""
        with site({"/": page_with(url, chat, more + frame)}) as host:
            page.goto(host)
            ask(page, QUESTION)
            shown.append(page.evaluate(measure))
    assert shown[0] == shown[1]


def test_two_widgets_are_independent(page: Page, url: str, backend: FakeBackend) -> None:
    """Each has its own conversation, card, language and storage key."""
    both = (
        '<saywhere-chat id="one" mode="inline"></saywhere-chat>'
        '<saywhere-chat id="two" mode="inline" collection="hr" language="de"></saywhere-chat>'
    )
    with site({"/": page_with(url, both)}) as host:
        page.goto(host)
        ask(page, "In the first?", within="#one")
        assert page.locator("#two .turn").count() == 0
        ask(page, "Im zweiten?", within="#two")
        assert [question.collection for question in backend.engine.questions] == ["default", "hr"]
        page.locator("#one .number").click()
        page.locator("#two .number").click()
        assert page.locator("#two .card:popover-open").count() == 1
        assert page.locator("#one .card:popover-open").count() == 0
        page.reload()
        page.locator("#two .actions").wait_for()
        assert page.locator("#one .question").all_text_contents() == ["You asked: In the first?"]
        assert page.locator("#two .question").all_text_contents() == ["Ihre Frage: Im zweiten?"]
        assert axe.violations(page) == []


def test_it_uses_the_pages_language(page: Page, url: str) -> None:
    """From the page's lang or its own attribute; a regional variant counts as its language."""
    german = page_with(url, INLINE).replace('lang="en"', 'lang="de-AT"')
    with site({"/": german}) as host:
        page.goto(host)
        page.get_by_label("Eine Frage stellen").wait_for()
        ask(page, QUESTION)
        assert "Sicher" in page.locator(f"{CHAT} .reply").inner_text()
        page.evaluate("document.querySelector('saywhere-chat').language = 'en'")
        page.get_by_label("Ask a question").wait_for()
        assert "Sure" in page.locator(f"{CHAT} .reply").inner_text()


@pytest.mark.parametrize("chat", [INLINE, "<saywhere-chat></saywhere-chat>"], ids=["inline", "launcher"])
def test_it_is_mirrored_on_a_right_to_left_page(page: Page, url: str, chat: str) -> None:
    """With texts of the page's own."""
    arabic = page_with(url, chat).replace('lang="en"', 'lang="ar" dir="rtl"')
    with site({"/": arabic}) as host:
        page.goto(host)
        page.evaluate(
            """document.querySelector("saywhere-chat").texts =
              { open: "اسأل", placeholder: "اطرح سؤالاً", title: "اسأل الوثائق", greeting: "أهلاً" }"""
        )
        if chat != INLINE:
            launcher = page.get_by_role("button", name="اسأل")
            assert launcher.bounding_box()["x"] == 20  # type: ignore[index]
            launcher.click()
        field, send = page.locator(f"{CHAT} .field"), page.locator(f"{CHAT} .send")
        assert field.get_attribute("placeholder") == "اطرح سؤالاً"
        assert send.bounding_box()["x"] < field.bounding_box()["x"]  # type: ignore[index]
        ask(page, "من طلب سفينة؟")
        page.locator(f"{CHAT} .number").click()
        card(page).wait_for()
        assert axe.violations(page) == []
        assert appearance.overflow(page) == 0


def test_attributes_are_properties_and_can_change(page: Page, url: str) -> None:
    """The question that is being typed stays."""
    attributes = {
        "heading": "Handbook", "greeting": "Hello.", "placeholder": "Your question",
        "suggestions": "One?|Two?", "accent": "rgb(0, 100, 0)", "theme": "dark", "position": "start",
    }  # fmt: skip
    with site({"/": page_with(url, INLINE)}) as host:
        page.goto(host)
        page.locator(f"{CHAT} .field").fill("half a question")
        page.evaluate(
            "(values) => Object.assign(document.querySelector('saywhere-chat'), values)", attributes
        )
        page.get_by_label("Your question").wait_for()
        assert page.locator(f"{CHAT} .title").inner_text() == "Handbook"
        assert page.locator(f"{CHAT} .greeting").inner_text() == "Hello."
        assert page.locator(f"{CHAT} .suggestion").all_inner_texts() == ["One?", "Two?"]
        assert page.locator(f"{CHAT} .field").input_value() == "half a question"
        chat = page.locator(CHAT)
        assert {name: chat.get_attribute(name) for name in attributes} == attributes
        look = f"getComputedStyle({ROOT}.querySelector('.send')).backgroundColor"
        assert page.evaluate(look) == "rgb(0, 100, 0)"
        chat.evaluate("(at) => at.setAttribute('title', 'Rules')")
        page.locator(f"{CHAT} .title", has_text="Rules").wait_for()
        assert chat.get_attribute("title") is None
        chat.evaluate("(at) => { at.remove(); document.body.append(at); }")
        page.locator(f"{CHAT} .title", has_text="Rules").wait_for()


@pytest.mark.parametrize("accent", ["#ffe000", "#222", "oklch(60% 0.2 30)", "hotpink", "#777777"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_on_any_accent_is_readable(page: Page, url: str, accent: str, theme: str) -> None:
    """Black or white, whichever has the higher contrast; by attribute or custom property."""
    by_attribute = f'<saywhere-chat mode="inline" accent="{accent}" theme="{theme}"></saywhere-chat>'
    by_property = (
        f'<saywhere-chat mode="inline" theme="{theme}" style="--saywhere-accent: {accent}"></saywhere-chat>'
    )
    with site({"/a": page_with(url, by_attribute), "/p": page_with(url, by_property)}) as host:
        for path in ("/a", "/p"):
            page.goto(host + path)
            ask(page, QUESTION)
            page.locator(f"{CHAT} .number").click()
            assert axe.violations(page) == []
            page.evaluate("sessionStorage.clear()")


def test_a_token_is_renewed_after_a_restart(page: Page) -> None:
    """The page has a public key only; the reader notices nothing."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url.rpartition("/v1/")[2]))
    pages: dict[str, str] = {}
    with site(pages) as host:
        keys = {"pk_team": SiteKey(origins=(host,))}
        backend = FakeBackend(Settings(widget=WidgetSettings(keys=keys, suggestions={"default": ()})))
        with in_thread(backend) as url:
            pages["/"] = page_with(url, '<saywhere-chat mode="inline" public-key="pk_team"></saywhere-chat>')
            page.goto(host)
            ask(page, QUESTION)
            ask(page, QUESTION)
            assert [path for path in sent if path in ("tokens", "ask")] == ["tokens", "ask", "ask"]
        with in_thread(backend, int(url.rpartition(":")[2])):
            ask(page, QUESTION)
        assert [path for path in sent if path in ("tokens", "ask")][3:] == ["ask", "tokens", "ask"]
        assert page.evaluate("JSON.stringify([...Object.values(sessionStorage)])").count("eyJ") == 0


def test_concurrent_calls_share_one_token(page: Page) -> None:
    """Stopping a question doesn't cancel the token that others wait for."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url.rpartition("/v1/")[2].partition("?")[0]))
    delayed: list[Route] = []
    page.route("**/v1/tokens", lambda route: delayed.append(route))
    pages: dict[str, str] = {}
    with site(pages) as host:
        keys = {"pk_team": SiteKey(origins=(host,))}
        backend = FakeBackend(Settings(widget=WidgetSettings(keys=keys, suggestions={"default": ("Who?",)})))
        with in_thread(backend) as url:
            pages["/"] = page_with(url, '<saywhere-chat mode="inline" public-key="pk_team"></saywhere-chat>')
            with page.expect_request("**/v1/tokens"):
                page.goto(host)
            send(page, "What was that?")
            page.get_by_role("button", name="Stop").click()
            page.get_by_text("Stopped.").first.wait_for()
            send(page, QUESTION)
            for route in delayed:
                route.continue_()
            page.locator(f"{CHAT} .turn:last-child .actions").wait_for()
    paths = [path for path in sent if path in ("tokens", "suggestions", "ask")]
    assert (paths[0], sorted(paths[1:])) == ("tokens", ["ask", "suggestions"])


def test_a_page_without_access_says_so(page: Page) -> None:
    """A listed site, without a token, for a collection that isn't public."""
    pages: dict[str, str] = {}
    with site(pages) as host:
        backend = FakeBackend(Settings(widget=WidgetSettings(origins=(host,))))
        with in_thread(backend) as url:
            pages["/"] = page_with(url, INLINE)
            page.goto(host)
            send(page, QUESTION)
            page.locator(f"{CHAT} .notice", has_text="may not ask these documents").wait_for()
            assert axe.violations(page) == []
        assert backend.engine.questions == []


def test_an_unlisted_site_gets_no_answer(browser: Browser) -> None:
    """The browser withholds the response, since the service grants no CORS."""
    backend = FakeBackend()
    page = browser.new_context().new_page()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    with in_thread(backend) as url, site({"/": page_with(url, INLINE)}) as host:
        page.goto(host)
        send(page, QUESTION)
        page.locator(f"{CHAT} .notice", has_text="can’t be reached").wait_for()
        page.context.close()
    assert backend.engine.questions == []
    assert any("CORS policy" in line for line in messages if RESOURCE_ERROR not in line)
