"""The widget on pages of other sites: their policies, their styles, their languages, their keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from rag.settings import Settings, SiteKey, WidgetSettings
from tests.browser import axe, looks
from tests.browser.conftest import NOTED
from tests.browser.widget import CHAT, ask, card, page_with, site, type_in
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
def test_a_strict_policy_is_kept(page: Page, url: str, chat: str) -> None:
    """Asked, answered, opened, rated, under a policy that allows nothing inline and no sink for code."""
    with site({"/": page_with(url, chat)}, {"Content-Security-Policy": POLICY.format(url=url)}) as host:
        page.goto(host)
        if chat != INLINE:
            page.get_by_role("button", name="Ask", exact=True).click()
        ask(page, QUESTION)
        page.locator(f"{CHAT} .number").click()
        assert card(page).locator("mark").inner_text() == QUOTE
        page.get_by_role("button", name="This helped").click()
        page.get_by_text("Thank you.").first.wait_for()
        # It looks as it should: its sheet was not refused.
        assert page.locator(f"{CHAT} .send").bounding_box()["width"] == 44  # type: ignore[index]


def test_only_the_service_is_asked(page: Page, url: str) -> None:
    """One script, and the calls to its API: nothing else is loaded, from anywhere."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    with site({"/": page_with(url, INLINE)}) as host:
        page.goto(host)
        ask(page, QUESTION)
        theirs = [address for address in sent if not address.startswith(host)]
    assert sorted(theirs) == [f"{url}/v1/ask", f"{url}/v1/suggestions?collection=default", f"{url}/widget.js"]


@pytest.mark.parametrize("chat", [INLINE, "<saywhere-chat></saywhere-chat>"], ids=["inline", "launcher"])
def test_the_page_around_it_never_moves(page: Page, url: str, chat: str) -> None:
    """No layout shift while it loads, opens, answers: inline in the place that one CSS rule keeps for it."""
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
def test_the_pages_style_stays_outside(page: Page, url: str) -> None:
    """A page that restyles everything, with force, changes neither text nor buttons inside."""
    loud = """<style>
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
    for more in ("", loud):
        chat = f'<div id="place">{INLINE}</div>'
        frame = """<style>
          #place { all: initial !important; display: block !important; width: 400px !important }
        </style>"""
        with site({"/": page_with(url, chat, more + frame)}) as host:
            page.goto(host)
            ask(page, QUESTION)
            shown.append(page.evaluate(measure))
    assert shown[0] == shown[1]


def test_two_widgets_are_two(page: Page, url: str, backend: FakeBackend) -> None:
    """Each has its own conversation, card, language and place in the tab's storage."""
    both = (
        '<saywhere-chat id="one" mode="inline"></saywhere-chat>'
        '<saywhere-chat id="two" mode="inline" collection="hr" language="de"></saywhere-chat>'
    )
    with site({"/": page_with(url, both)}) as host:
        page.goto(host)
        ask(page, "In the first?", within="#one")
        assert page.locator("#two .turn").count() == 0
        ask(page, "Im zweiten?", within="#two")
        assert [question.collection for question in backend.engine.asked] == ["default", "hr"]
        page.locator("#one .number").click()
        page.locator("#two .number").click()
        assert page.locator("#two .card:popover-open").count() == 1
        assert page.locator("#one .card:popover-open").count() == 0
        page.reload()
        page.locator("#two .actions").wait_for()
        assert page.locator("#one .question").all_text_contents() == ["You asked: In the first?"]
        assert page.locator("#two .question").all_text_contents() == ["Ihre Frage: Im zweiten?"]
        assert axe.violations(page) == []


def test_it_speaks_the_pages_language(page: Page, url: str) -> None:
    """By the page's lang, or its own attribute; a regional variant counts as its language."""
    german = page_with(url, INLINE).replace('lang="en"', 'lang="de-AT"')
    with site({"/": german}) as host:
        page.goto(host)
        page.get_by_label("Eine Frage stellen").wait_for()
        ask(page, QUESTION)
        assert "Sicherheit 91 %" in page.locator(f"{CHAT} .reply").inner_text()
        page.evaluate("document.querySelector('saywhere-chat').language = 'en'")
        page.get_by_label("Ask a question").wait_for()
        assert "Confidence 91 %" in page.locator(f"{CHAT} .reply").inner_text()


@pytest.mark.parametrize("chat", [INLINE, "<saywhere-chat></saywhere-chat>"], ids=["inline", "launcher"])
def test_right_to_left_it_is_mirrored(page: Page, url: str, chat: str) -> None:
    """With texts of the page's own; the launcher, the panel and the send button are on the other side."""
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
        assert looks.overflow(page) == 0


def test_attributes_are_properties_and_live(page: Page, url: str) -> None:
    """Set either way, before or after, each shows; what was asked and typed stays."""
    attributes = {
        "heading": "Handbook", "greeting": "Hello.", "placeholder": "Your question",
        "suggestions": "One?|Two?", "accent": "rgb(0, 100, 0)", "theme": "dark", "position": "start",
    }  # fmt: skip
    with site({"/": page_with(url, INLINE)}) as host:
        page.goto(host)
        page.locator(f"{CHAT} .field").fill("half a question")
        page.evaluate("(given) => Object.assign(document.querySelector('saywhere-chat'), given)", attributes)
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
def test_any_accent_can_be_read_on(page: Page, url: str, accent: str, theme: str) -> None:
    """By attribute or custom property: what stands on it is black or white, whichever can be read."""
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


def test_a_keyed_site_gets_a_token_and_another_when_the_service_is_new(page: Page) -> None:
    """The page holds a public key alone; a token that a restarted service doesn't know is renewed unseen."""
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


def test_calls_at_the_same_time_share_one_token(page: Page) -> None:
    """Suggestions and a quick question wait for it together; a stopped question takes it from nobody."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url.rpartition("/v1/")[2].partition("?")[0]))
    held: list[Route] = []
    page.route("**/v1/tokens", lambda route: held.append(route))
    pages: dict[str, str] = {}
    with site(pages) as host:
        keys = {"pk_team": SiteKey(origins=(host,))}
        backend = FakeBackend(Settings(widget=WidgetSettings(keys=keys, suggestions={"default": ("Who?",)})))
        with in_thread(backend) as url:
            pages["/"] = page_with(url, '<saywhere-chat mode="inline" public-key="pk_team"></saywhere-chat>')
            with page.expect_request("**/v1/tokens"):
                page.goto(host)
            type_in(page, "What was that?")
            page.get_by_role("button", name="Stop").click()
            page.get_by_text("Stopped.").first.wait_for()
            type_in(page, QUESTION)
            for route in held:
                route.continue_()
            page.locator(f"{CHAT} .turn:last-child .actions").wait_for()
    asked = [path for path in sent if path in ("tokens", "suggestions", "ask")]
    assert (asked[0], sorted(asked[1:])) == ("tokens", ["ask", "suggestions"])


def test_a_page_that_may_not_ask_is_told(page: Page) -> None:
    """A listed site without a token for what isn't public."""
    pages: dict[str, str] = {}
    with site(pages) as host:
        backend = FakeBackend(Settings(widget=WidgetSettings(origins=(host,))))
        with in_thread(backend) as url:
            pages["/"] = page_with(url, INLINE)
            page.goto(host)
            type_in(page, QUESTION)
            page.locator(f"{CHAT} .notice", has_text="may not ask these documents").wait_for()
            assert axe.violations(page) == []
        assert backend.engine.asked == []


def test_a_site_that_is_not_listed_gets_no_answer(browser: Browser) -> None:
    """Its browser withholds the response: the service never granted it."""
    backend = FakeBackend()
    page = browser.new_context().new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with in_thread(backend) as url, site({"/": page_with(url, INLINE)}) as host:
        page.goto(host)
        type_in(page, QUESTION)
        page.locator(f"{CHAT} .notice", has_text="can’t be reached").wait_for()
        page.context.close()
    assert backend.engine.asked == []
    assert any("CORS policy" in line for line in said if NOTED not in line)
