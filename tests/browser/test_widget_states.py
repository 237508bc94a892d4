"""The widget when something is slow, wrong, gone or unusual: over a scripted engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from rag.errors import Busy, IndexUnavailable
from rag.settings import LimitSettings, Settings, WidgetSettings
from rag.types import Conflict, Outcome, Statement
from tests.browser import axe, looks
from tests.browser.widget import CHAT, ask, card, page_with, site, spoken, type_in
from tests.fakes.engine import CITATION, QUOTE, FakeBackend, abstention, answer
from tests.http.live import in_process, in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

QUESTION = "Who asked for a ship?"
SUGGESTED = ("Who asked?", "When did the ships leave?")
WIDGET = WidgetSettings(origins=("*",), public=("default",), suggestions={"default": SUGGESTED})
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}
STATES = pytest.mark.parametrize(
    "page", [{}, {"color_scheme": "dark"}, PHONE], indirect=True, ids=["light", "dark", "phone"]
)


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend(Settings(widget=WIDGET))


@pytest.fixture
def url(backend: FakeBackend) -> Iterator[str]:
    with in_thread(backend) as address:
        yield address


class Gate:
    """A script that answers once it is let."""

    def __init__(self, then: Callable[[str], Outcome] = answer) -> None:
        self.asked, self.release = threading.Semaphore(0), threading.Event()
        self._then = then

    def __call__(self, question: str) -> Outcome:
        self.asked.release()
        self.release.wait(60)
        return self._then(question)


def test_it_says_what_it_is_at_and_reads_whole_sentences_aloud(
    page: Page, url: str, backend: FakeBackend
) -> None:
    """Looking, reading, then the answer; the live region is given sentences, each once."""
    gate = backend.engine.script = Gate()
    backend.engine.told = 1
    page.goto(url)
    type_in(page, QUESTION)
    try:
        page.get_by_text("Reading the nearest passages…").wait_for()
        assert page.get_by_role("button", name="Stop").is_visible()
    finally:
        gate.release.set()
    page.locator(f"{CHAT} .actions").wait_for()
    assert page.locator(f"{CHAT} .working").count() == 0
    assert page.get_by_role("button", name="Ask", exact=True).is_visible()
    assert spoken(page) == ["Looking through the documents…", "Answer: Ada", QUOTE]


def test_an_answer_is_there_before_its_statements(page: Page, url: str) -> None:
    """Each event is shown as it comes, not all of them at the end."""
    page.goto(url)
    page.route("**/v1/ask", lambda route: route.abort())
    # The page's own fetch is answered event by event by the test.
    page.evaluate(
        """() => {
          const plain = window.fetch;
          window.fetch = (address, options) => {
            if (!String(address).endsWith("/v1/ask")) return plain(address, options);
            const body = new ReadableStream({ start: (to) => (window.feed = to) });
            options.signal.addEventListener("abort", () => window.feed.error(options.signal.reason));
            return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
          };
          window.tell = (text) => window.feed.enqueue(new TextEncoder().encode(text));
        }"""
    )
    type_in(page, QUESTION)
    page.wait_for_function("window.feed")
    page.evaluate("""tell('event: answer\\ndata: {"id":"a","answer":"A🙂","confid')""")
    assert page.locator(f"{CHAT} .answer").count() == 0
    page.evaluate("""tell('ence":0.5}\\n\\n')""")
    page.locator(f"{CHAT} .answer", has_text="A🙂").wait_for()
    cited = '{"title":"T","quote":"Q","url":"/documents/x","uri":"x","section":[]}'
    page.evaluate(
        f"""tell('event: statement\\ndata: {{"text":"One.","citations":[0],"cited":[{cited}]}}\\n\\n')"""
    )
    page.locator(f"{CHAT} .statement", has_text="One.").wait_for()
    assert page.locator(f"{CHAT} .statement").count() == 1
    page.locator(f"{CHAT} .number").hover()
    assert card(page).locator("mark").inner_text() == "Q"
    assert page.locator(f"{CHAT} .actions").count() == 0
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").first.wait_for()


def test_stop_and_try_again(page: Page, url: str, backend: FakeBackend) -> None:
    """Stopped, the service is told so and works on; tried again, the answer is there in the same place."""
    gate = backend.engine.script = Gate()
    page.goto(url)
    try:
        type_in(page, QUESTION)
        assert gate.asked.acquire(timeout=60)
        with page.expect_event("requestfailed"):
            page.get_by_role("button", name="Stop").click()
        page.locator(f"{CHAT} .notice", has_text="Stopped.").wait_for()
    finally:
        gate.release.set()
    page.get_by_role("button", name="Try again").click()
    page.locator(f"{CHAT} .actions").wait_for()
    assert page.locator(f"{CHAT} .turn").count() == 1
    assert page.locator(f"{CHAT} .notice").count() == 0


def test_a_newer_question_stops_an_older_one(page: Page, url: str, backend: FakeBackend) -> None:
    """The older is shown as stopped, and its answer never comes into the newer one's place."""
    gate = backend.engine.script = Gate(lambda question: replace(answer(question), text=f"To {question}"))
    page.goto(url)
    try:
        type_in(page, "First?")
        assert gate.asked.acquire(timeout=60)
        type_in(page, "Second?")
        page.get_by_text("Stopped.").first.wait_for()
    finally:
        gate.release.set()
    page.locator(f"{CHAT} .actions").wait_for()
    assert page.locator(f"{CHAT} .answer").all_inner_texts() == ["To Second?"]


def test_a_service_that_dies_mid_answer_and_comes_back(page: Page) -> None:
    """It is said that it is away; once it is back the question is asked again, and answered."""
    with in_process("-m", "tests.fakes.serving", "0") as (process, url):
        page.goto(url)
        port = url.rpartition(":")[2]
        type_in(page, QUESTION)
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        page.get_by_text("Reading the nearest passages…").wait_for()
        process.kill()
        process.wait()
    page.locator(f"{CHAT} .notice", has_text="can’t be reached").wait_for()
    assert looks.faint(page) == []
    assert axe.violations(page) == []
    with in_process("-m", "tests.fakes.serving", port) as (process, _):
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        page.locator(f"{CHAT} .actions").wait_for()
        assert page.locator(f"{CHAT} .answer").inner_text() == "Ada"
        assert page.locator(f"{CHAT} .turn").count() == 1


def test_waiting_for_it_can_be_stopped(page: Page, backend: FakeBackend) -> None:
    """A reader who has waited enough stops it."""
    with in_thread(backend) as url:
        page.goto(url)
        page.locator(f"{CHAT} .field").wait_for()
    type_in(page, QUESTION)
    page.locator(f"{CHAT} .notice", has_text="can’t be reached").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Try again").wait_for()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (RuntimeError("secret"), "Something went wrong at the service."),
        (IndexUnavailable("/srv/secret"), "Many questions are being asked right now. Try again in 5 s."),
        (Busy("too many questions at once"), "Many questions are being asked right now. Try again in 1 s."),
    ],
    ids=["unexpected", "unavailable", "busy"],
)
@pytest.mark.parametrize("late", [False, True], ids=["status", "event"])
def test_what_goes_wrong_is_said_and_can_be_tried_again(
    page: Page, url: str, backend: FakeBackend, fault: Exception, said: str, late: bool
) -> None:
    """In words, whether it went wrong before the first event or after it; nothing of the inside is told."""

    def broken(_question: str) -> Outcome:
        raise fault

    backend.engine.script, backend.engine.told = broken, int(late)
    page.goto(url)
    type_in(page, QUESTION)
    notice = page.locator(f"{CHAT} .notice")
    notice.wait_for()
    assert said.partition(".")[0] in notice.inner_text()
    assert late or said in notice.inner_text()
    assert "secret" not in page.content() + notice.inner_text()
    assert axe.violations(page) == []
    backend.engine.script = answer
    page.get_by_role("button", name="Try again").click()
    page.locator(f"{CHAT} .actions").wait_for()


def test_an_answer_from_something_in_between_is_no_answer(page: Page, url: str) -> None:
    """A login page with status 200 is said to be wrong, not taken for a service that is away."""
    page.route("**/v1/ask", lambda route: route.fulfill(status=200, body="<h1>Log in</h1>"))
    page.goto(url)
    type_in(page, QUESTION)
    page.locator(f"{CHAT} .notice", has_text="Something went wrong").wait_for()


@STATES
def test_conflicting_sources_stand_side_by_side(page: Page, url: str, backend: FakeBackend) -> None:
    """Each value with its own numbers; none of them is blended with another or put above it."""
    other = replace(CITATION, title="Protocol – June", start=0, end=7, quote="Minutes", prefix="")
    backend.engine.script = lambda question: replace(
        answer(question),
        text="ten days",
        citations=(CITATION, other),
        conflicts=(Conflict(text="fifteen days", citations=(1,)),),
    )
    page.goto(url)
    ask(page, QUESTION)
    sides = page.locator(f"{CHAT} .sides > li")
    assert page.get_by_text("The documents don’t agree").first.is_visible()
    assert [side.locator(".value").inner_text() for side in sides.all()] == [
        "ten days",
        "fifteen days",
    ]
    assert sides.nth(1).locator(".statement").inner_text() == "“Minutes” 2"
    assert sides.nth(1).locator(".place").inner_text() == "Protocol – June"
    sides.nth(1).locator(".number").click()
    assert card(page).locator("mark").inner_text() == "Minutes"
    assert axe.violations(page) == []
    page.reload()
    page.locator(f"{CHAT} .sides").wait_for()


def test_a_conflict_with_statements_of_its_own(page: Page, url: str, backend: FakeBackend) -> None:
    """Should a service send each side's own sentences, they are shown, and taken along."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    backend.engine.script = lambda question: replace(
        answer(question), conflicts=(Conflict(text="Bob", citations=(0,)),)
    )

    def grown(route: Route) -> None:
        response = route.fetch()
        plain = '"conflicts":[{"text":"Bob","citations":[0]}]'
        own = '"conflicts":[{"text":"Bob","statements":[{"text":"Bob asked.","citations":[0]}]}]'
        assert plain in response.text()
        route.fulfill(response=response, body=response.text().replace(plain, own))

    page.route("**/v1/ask", grown)
    page.goto(url)
    ask(page, QUESTION)
    assert page.locator(f"{CHAT} .sides > li").nth(1).locator(".statement").inner_text() == "Bob asked. 1"
    page.get_by_role("button", name="Copy with sources").click()
    page.get_by_text("Copied.").first.wait_for()
    assert "- Bob [1]" in page.evaluate("navigator.clipboard.readText()")


def test_a_follow_up_goes_with_what_was_said(page: Page, url: str, backend: FakeBackend) -> None:
    """Kept for the tab: after a reload the conversation is there and goes along; New conversation ends it."""
    page.goto(url)
    ask(page, QUESTION)
    backend.engine.script = abstention
    ask(page, "And why?")
    page.reload()
    page.locator(f"{CHAT} .turn").nth(1).wait_for()
    assert page.locator(f"{CHAT} .answer").inner_text() == "Ada"
    assert spoken(page) == []
    ask(page, "And then?")
    history = backend.engine.asked[-1].history
    assert [(turn.question, turn.answer) for turn in history] == [(QUESTION, "Ada"), ("And why?", "")]
    other_tab = page.context.new_page()
    other_tab.goto(url)
    other_tab.locator(f"{CHAT} .greeting").wait_for()
    assert other_tab.locator(f"{CHAT} .turn").count() == 0
    page.get_by_role("button", name="New conversation").click()
    page.locator(f"{CHAT} .greeting").wait_for()
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [0, 0, ""]
    ask(page, QUESTION)
    assert backend.engine.asked[-1].history == ()


def test_suggestions_are_asked_by_a_press(page: Page, url: str) -> None:
    """The service's own to begin with; gone once something was asked."""
    page.goto(url)
    page.get_by_role("list", name="Questions to start with").get_by_role("button").nth(1).click()
    page.locator(f"{CHAT} .actions").wait_for()
    assert page.locator(f"{CHAT} .question").inner_text().endswith(SUGGESTED[1])
    assert not page.locator(f"{CHAT} .suggestions").is_visible()


def test_feedback_reaches_the_service(page: Page, url: str, backend: FakeBackend) -> None:
    """Pressed, it is sent; changed, it takes the first one's place; a note may be added; all is kept."""
    page.goto(url)
    ask(page, QUESTION)
    page.get_by_role("button", name="This helped").click()
    page.get_by_text("Thank you.").first.wait_for()
    down = page.get_by_role("button", name="This didn’t help")
    down.click()
    page.locator(f"{CHAT} [aria-pressed=true][aria-label='This didn’t help']").wait_for()
    page.get_by_label("What was good or missing?").fill("It was Grace.")
    page.get_by_role("button", name="Send").click()
    page.locator(f"{CHAT} .note").wait_for(state="detached")
    [kept] = backend.feedback.list()
    assert (kept.question, kept.answer, kept.helpful, kept.note) == (QUESTION, "Ada", False, "It was Grace.")
    assert kept.citations == ((CITATION.document_id, CITATION.version, CITATION.start, CITATION.end),)
    page.reload()
    page.locator(f"{CHAT} [aria-pressed=true][aria-label='This didn’t help']").wait_for()


def test_feedback_that_cannot_be_sent_is_said(page: Page, url: str, backend: FakeBackend) -> None:
    """Nothing is shown as pressed that wasn't kept."""
    backend.feedback.fault = RuntimeError()
    page.goto(url)
    ask(page, QUESTION)
    page.get_by_role("button", name="This helped").click()
    page.get_by_text("That could not be sent.").first.wait_for()
    assert page.locator(f"{CHAT} [aria-pressed=true]").count() == 0


def test_an_answer_can_be_taken_along_as_markdown(page: Page, url: str, backend: FakeBackend) -> None:
    """With its numbered quotes and where they are; what a document says stays text."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tricky = replace(
        CITATION,
        title="[Minutes](javascript:alert(1))",
        section=("A # b",),
        uri="https://docs.example/may#top",
    )
    backend.engine.script = lambda question: replace(
        answer(question),
        statements=(Statement(text="*She* asked_for <b>one</b>.", citations=(0,)),),
        citations=(tricky,),
    )
    page.goto(url)
    ask(page, QUESTION)
    page.get_by_role("button", name="Copy with sources").click()
    page.get_by_text("Copied.").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()").split("\n\n") == [
        "> Who asked for a ship?",
        "**Ada**",
        "\\*She\\* asked\\_for \\<b\\>one\\</b\\>. [1]",
        f"1. “{QUOTE}” — [\\[Minutes\\](javascript:alert(1))](<https://docs.example/may#top"
        ":~:text=%F0%9F%99%82.%E2%80%9D-,She%20asked%20for%20a%20second%20ship.>) › A \\# b",
    ]


def test_a_public_source_has_a_link_of_its_own(page: Page, url: str, backend: FakeBackend) -> None:
    """With a text fragment; an address that is neither http nor https is no link at all."""
    places: dict[str, Any] = {
        "https://docs.example/may#top": "https://docs.example/may#top:~:text=",
        "https://docs.example/may": "https://docs.example/may#:~:text=",
        "javascript:alert(1)": None,
        "file:///etc/passwd": None,
        "notes/may.txt": None,
    }
    page.goto(url)
    for uri, wanted in places.items():
        cited = replace(CITATION, uri=uri)
        backend.engine.script = lambda question, cited=cited: replace(answer(question), citations=(cited,))
        ask(page, QUESTION)
        page.locator(f"{CHAT} .turn:last-child .number").click()
        addresses = [link.get_attribute("href") or "" for link in card(page).get_by_role("link").all()]
        assert addresses[0].startswith(f"{url}/documents/")
        assert len(addresses) == (2 if wanted else 1)
        assert wanted is None or addresses[1].startswith(wanted)
        page.keyboard.press("Escape")


def test_a_card_says_where_the_quote_stands(page: Page, url: str, backend: FakeBackend) -> None:
    """What is before and after it on its line, title, headings and page."""
    cited = replace(
        CITATION, prefix="x.\nShe was late. ", suffix=" It came.\nNext", section=("Minutes", "May"), page=3
    )
    backend.engine.script = lambda question: replace(answer(question), citations=(cited,))
    page.goto(url)
    ask(page, QUESTION)
    page.locator(f"{CHAT} .number").click()
    assert card(page).locator(".context").inner_text() == f"…She was late. {QUOTE} It came.…"
    assert card(page).locator(".place b").inner_text() == "Minutes"
    assert card(page).locator(".step").all_inner_texts() == ["Minutes", "May", "page 3"]


def test_a_citation_that_leads_nowhere_good_is_no_link(page: Page, url: str, backend: FakeBackend) -> None:
    """Were a service to send a javascript: address, it would be shown as text."""
    bad = replace(CITATION, url="javascript:alert(1)")
    backend.engine.script = lambda question: replace(answer(question), citations=(bad,))
    page.goto(url)
    ask(page, QUESTION)
    page.locator(f"{CHAT} .number").click()
    card(page).wait_for()
    assert page.locator(f"{CHAT} a").count() == 0


def test_a_card_comes_with_the_pointer_and_goes_with_it(page: Page, url: str) -> None:
    """Hovered it opens; the pointer may move onto it; away from both it closes; Escape closes it at once."""
    page.goto(url)
    ask(page, QUESTION)
    number = page.locator(f"{CHAT} .number")
    number.hover()
    card(page).wait_for()
    card(page).hover()
    assert card(page).count() == 1
    page.locator(f"{CHAT} .title").hover()
    card(page).wait_for(state="detached")
    number.click()
    page.locator(f"{CHAT} .title").hover()
    assert number.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert number.get_attribute("aria-expanded") == "false"


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_a_tap_opens_the_card_and_another_closes_it(page: Page, url: str) -> None:
    """On a phone there is no hovering."""
    page.goto(url)
    ask(page, QUESTION)
    page.locator(f"{CHAT} .number").tap()
    card(page).wait_for()
    page.locator(f"{CHAT} .number").tap()
    card(page).wait_for(state="detached")


def test_enter_is_safe_with_an_input_method(page: Page, url: str, backend: FakeBackend) -> None:
    """Enter that chooses a word asks nothing; Shift and Enter makes a line; Enter asks."""
    page.goto(url)
    field = page.locator(f"{CHAT} .field")
    field.fill("だれ")
    for init in ({"isComposing": True}, {"keyCode": 229}):
        field.dispatch_event("keydown", {"key": "Enter", **init})
    field.press("Shift+Enter")
    field.press_sequentially("b")
    assert field.input_value() == "だれ\nb"
    assert backend.engine.asked == []
    field.press("Enter")
    page.locator(f"{CHAT} .actions").wait_for()
    assert [question.text for question in backend.engine.asked] == ["だれ\nb"]


def test_the_launcher_opens_and_gives_the_focus_back(page: Page, url: str) -> None:
    """Opened, the focus is in the field; Escape closes first the card, then the panel."""
    with site({"/": page_with(url)}) as host:
        page.goto(host)
        launcher = page.get_by_role("button", name="Ask", exact=True)
        launcher.focus()
        page.keyboard.press("Enter")
        page.get_by_role("dialog", name="Ask the documents").wait_for()
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        page.locator(f"{CHAT} .actions").wait_for()
        page.keyboard.press("Shift+Tab")
        while page.locator(f"{CHAT} .number:focus").count() == 0:
            page.keyboard.press("Shift+Tab")
        card(page).wait_for()
        page.keyboard.press("Escape")
        assert card(page).count() == 0
        assert page.get_by_role("dialog").is_visible()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")
        assert page.locator(f"{CHAT} .launcher:focus").count() == 1
        launcher.press("Enter")
        assert page.locator(f"{CHAT} .answer").inner_text() == "Ada"
        page.get_by_role("button", name="Close").click()
        assert page.locator(f"{CHAT} .launcher:focus").count() == 1


@STATES
def test_the_launcher_passes_axe_open_and_closed(page: Page, url: str) -> None:
    """On a page of another site."""
    with site({"/": page_with(url)}) as host:
        page.goto(host)
        launcher = page.get_by_role("button", name="Ask", exact=True)
        launcher.wait_for()
        assert axe.violations(page) == []
        launcher.click()
        page.get_by_role("list", name="Questions to start with").wait_for()
        assert axe.violations(page) == []
        ask(page, QUESTION)
        assert axe.violations(page) == []
        assert looks.overflow(page) == 0


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_it_takes_the_whole_screen(page: Page, url: str) -> None:
    """And is modal: Tab never leads to what lies under it. Escape gives the page back."""
    with site({"/": page_with(url, more="<style>a { display: block }</style>")}) as host:
        page.goto(host)
        page.get_by_role("button", name="Ask", exact=True).tap()
        panel = page.locator(f"{CHAT} .panel")
        panel.wait_for()
        assert panel.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
        for _ in range(8):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.localName") in (CHAT, "body")
        page.locator(f"{CHAT} .field").focus()
        page.keyboard.press("Escape")
        panel.wait_for(state="hidden")
        assert page.locator(f"{CHAT} .launcher:focus").count() == 1


def test_turned_to_a_wider_screen_it_stays_open(page: Page, url: str) -> None:
    """From whole screen to a panel and back, with what was asked and typed."""
    with site({"/": page_with(url)}) as host:
        page.goto(host)
        page.get_by_role("button", name="Ask", exact=True).click()
        ask(page, QUESTION)
        page.locator(f"{CHAT} .field").fill("half a")
        for width in (360, 1000):
            page.set_viewport_size({"width": width, "height": 640})
            page.wait_for_function(
                """(wide) => {
                  const { width } = document.querySelector("saywhere-chat").shadowRoot
                    .querySelector(".panel").getBoundingClientRect();
                  return width === (wide ? 416 : 360);
                }""",
                arg=width == 1000,
            )
            assert page.locator(f"{CHAT} .field").input_value() == "half a"
            assert page.locator(f"{CHAT} .answer").is_visible()


@pytest.mark.parametrize("page", [{"reduced_motion": "reduce"}], indirect=True)
def test_nothing_moves_for_who_wants_it_still(page: Page, url: str) -> None:
    """Not an animation runs."""
    page.goto(url)
    ask(page, QUESTION)
    running = "document.querySelector('saywhere-chat').shadowRoot.getAnimations().length"
    assert page.evaluate(running) == 0


def test_too_long_a_question_cannot_be_typed(page: Page, url: str) -> None:
    """Nor is one of blanks sent."""
    page.goto(url)
    field = page.locator(f"{CHAT} .field")
    assert field.get_attribute("maxlength") == str(LimitSettings().question_characters)
    type_in(page, "   ")
    assert page.locator(f"{CHAT} .turn").count() == 0


def test_taken_off_the_page_it_stops(page: Page, url: str, backend: FakeBackend) -> None:
    """A question under way is given up; one put there anew goes on with the tab's conversation."""
    gate = backend.engine.script = Gate()
    page.goto(url)
    try:
        type_in(page, QUESTION)
        assert gate.asked.acquire(timeout=60)
        with page.expect_event("requestfailed"):
            page.evaluate("document.querySelector('saywhere-chat').remove()")
    finally:
        gate.release.set()
    again = """() => {
      document.querySelector("saywhere-chat")?.remove();
      const made = Object.assign(document.createElement("saywhere-chat"), { mode: "inline" });
      document.querySelector("main").append(made);
    }"""
    page.evaluate(again)
    ask(page, QUESTION)
    page.evaluate(again)
    assert page.locator(f"{CHAT} .answer").inner_text() == "Ada"


def test_without_storage_it_still_answers(page: Page, url: str) -> None:
    """A browser that forbids it costs the conversation's keeping and nothing else."""
    page.add_init_script(
        """Object.defineProperty(window, "sessionStorage", {
          get() { throw new DOMException("no", "SecurityError"); }
        });"""
    )
    page.goto(url)
    ask(page, QUESTION)
    assert page.locator(f"{CHAT} .answer").inner_text() == "Ada"


def test_what_is_kept_of_another_kind_is_let_be(page: Page, url: str) -> None:
    """Damaged or foreign content under the widget's name in the tab is no conversation."""
    page.goto(url)
    ask(page, QUESTION)
    for kept in ("{", "7", '{"a": 1}', '[{"question": 3}]', "null"):
        page.evaluate("(kept) => sessionStorage.setItem(Object.keys(sessionStorage)[0], kept)", kept)
        page.reload()
        page.locator(f"{CHAT} .greeting").wait_for()
        assert page.locator(f"{CHAT} .turn").count() == 0
        ask(page, QUESTION)


def test_the_playground_shows_what_is_chosen(page: Page, url: str) -> None:
    """On the widget at once, and in the lines to copy, escaped."""
    page.goto(f"{url}/playground")
    page.locator(f"{CHAT} .field").wait_for()
    lines = page.locator("#code")
    assert lines.inner_text().split("\n") == [
        f'<script type="module" src="{url}/widget.js"></script>',
        "<saywhere-chat",
        '  mode="inline"></saywhere-chat>',
    ]
    page.get_by_label("heading").fill('Say "hi"')
    page.get_by_label("--saywhere-radius").fill("3px")
    page.get_by_label("theme").select_option("dark")
    page.get_by_label("language").select_option("de")
    assert page.locator(f"{CHAT} .title").inner_text() == 'Say "hi"'
    page.get_by_label("Eine Frage stellen").wait_for()
    panel = page.locator(f"{CHAT} .panel")
    assert panel.evaluate("(at) => getComputedStyle(at).borderRadius") == "3px"
    assert 'heading="Say &quot;hi&quot;"' in lines.inner_text()
    assert "--saywhere-radius: 3px;" in lines.inner_text()
    page.get_by_label("mode").select_option("launcher")
    page.get_by_role("button", name="Fragen", exact=True).click()
    page.get_by_role("dialog", name='Say "hi"').wait_for()
