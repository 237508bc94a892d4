"""The widget when the service is slow, failing or away, and in unusual states; over a scripted engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from rag.errors import Busy, IndexUnavailable
from rag.settings import LimitSettings, Settings, WidgetSettings
from rag.types import Abstention, Conflict, Outcome, Reason, Statement
from tests.browser import appearance, axe
from tests.browser.widget import CHAT, announced, ask, card, page_with, send, site
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
    """A script that answers once ``release`` is set."""

    def __init__(self, script: Callable[[str], Outcome] = answer) -> None:
        self.arrived, self.release = threading.Semaphore(0), threading.Event()
        self._script = script

    def __call__(self, question: str) -> Outcome:
        self.arrived.release()
        self.release.wait(60)
        return self._script(question)


def test_progress_is_shown_and_sentences_are_announced(page: Page, url: str, backend: FakeBackend) -> None:
    """Looking, reading, then the answer; the live region gets whole sentences, each once."""
    gate = backend.engine.script = Gate()
    backend.engine.steps_before_script = 1
    page.goto(url)
    send(page, QUESTION)
    try:
        page.get_by_text("Reading the nearest passages…").wait_for()
        assert page.get_by_role("button", name="Stop").is_visible()
    finally:
        gate.release.set()
    page.locator(f"{CHAT} .actions").wait_for()
    assert page.locator(f"{CHAT} .working").count() == 0
    assert page.get_by_role("button", name="Ask", exact=True).is_visible()
    assert announced(page) == ["Looking through the documents…", "Answer: Ada", QUOTE]


def test_events_are_shown_as_they_arrive(page: Page, url: str) -> None:
    """A draft's sentences, then the answer before its statements, and each statement at once."""
    page.goto(url)
    page.route("**/v1/ask", lambda route: route.abort())
    # The test feeds the response to the page's fetch.
    page.evaluate(
        """() => {
          const original = window.fetch;
          window.fetch = (address, options) => {
            if (!String(address).endsWith("/v1/ask")) return original(address, options);
            const body = new ReadableStream({ start: (to) => (window.feed = to) });
            options.signal.addEventListener("abort", () => window.feed.error(options.signal.reason));
            return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
          };
          window.tell = (text) => window.feed.enqueue(new TextEncoder().encode(text));
        }"""
    )
    send(page, QUESTION)
    page.wait_for_function("window.feed")
    page.evaluate("""tell('event: retrieved\\ndata: {"passages":3}\\n\\n')""")
    for text in ("Drafted.", "More."):
        page.evaluate(f"""tell('event: drafted\\ndata: {{"text":"{text}","citations":[]}}\\n\\n')""")
        page.locator(f"{CHAT} .statement", has_text=text).wait_for()
    assert page.locator(f"{CHAT} .statement").all_text_contents() == ["Drafted.", "More."]
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


def test_a_stopped_question_can_be_tried_again(page: Page, url: str, backend: FakeBackend) -> None:
    """Stopping ends the request; the new answer takes the same place."""
    gate = backend.engine.script = Gate()
    page.goto(url)
    try:
        send(page, QUESTION)
        assert gate.arrived.acquire(timeout=60)
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
    """The older one is shown as stopped, and its answer never appears."""
    gate = backend.engine.script = Gate(lambda question: replace(answer(question), text=f"To {question}"))
    page.goto(url)
    try:
        send(page, "First?")
        assert gate.arrived.acquire(timeout=60)
        send(page, "Second?")
        page.get_by_text("Stopped.").first.wait_for()
    finally:
        gate.release.set()
    page.locator(f"{CHAT} .actions").wait_for()
    assert page.locator(f"{CHAT} .answer").all_inner_texts() == ["To Second?"]


def test_a_question_is_asked_again_when_the_service_returns(page: Page) -> None:
    """While the service is away, the widget says so."""
    with in_process("-m", "tests.fakes.serving", "0") as (process, url):
        page.goto(url)
        port = url.rpartition(":")[2]
        send(page, QUESTION)
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        page.get_by_text("Reading the nearest passages…").wait_for()
        process.kill()
        process.wait()
    page.locator(f"{CHAT} .notice", has_text="can’t be reached").wait_for()
    assert appearance.low_contrast(page) == []
    assert axe.violations(page) == []
    with in_process("-m", "tests.fakes.serving", port) as (process, _):
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        page.locator(f"{CHAT} .actions").wait_for()
        assert page.locator(f"{CHAT} .answer").inner_text() == "Ada"
        assert page.locator(f"{CHAT} .turn").count() == 1


def test_waiting_for_the_service_can_be_stopped(page: Page, backend: FakeBackend) -> None:
    """The question can then be tried again."""
    with in_thread(backend) as url:
        page.goto(url)
        page.locator(f"{CHAT} .field").wait_for()
    send(page, QUESTION)
    page.locator(f"{CHAT} .notice", has_text="can’t be reached").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Try again").wait_for()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RuntimeError("secret"), "Something went wrong at the service."),
        (IndexUnavailable("/srv/secret"), "Many questions are being asked right now. Try again in 5 s."),
        (Busy("too many questions at once"), "Many questions are being asked right now. Try again in 1 s."),
    ],
    ids=["unexpected", "unavailable", "busy"],
)
@pytest.mark.parametrize("late", [False, True], ids=["status", "event"])
def test_an_error_is_shown_and_can_be_retried(
    page: Page, url: str, backend: FakeBackend, error: Exception, message: str, late: bool
) -> None:
    """In words, before the first event or after it, without internal messages."""

    def broken(_question: str) -> Outcome:
        raise error

    backend.engine.script, backend.engine.steps_before_script = broken, int(late)
    page.goto(url)
    send(page, QUESTION)
    notice = page.locator(f"{CHAT} .notice")
    page.get_by_role("button", name="Try again").wait_for()
    assert message.partition(".")[0] in notice.inner_text()
    assert late or message in notice.inner_text()
    assert "secret" not in page.content() + notice.inner_text()
    assert axe.violations(page) == []
    backend.engine.script = answer
    page.get_by_role("button", name="Try again").click()
    page.locator(f"{CHAT} .actions").wait_for()


def test_a_busy_service_is_asked_again(page: Page, url: str, backend: FakeBackend) -> None:
    """After as long as it says, without a click; meanwhile the widget says why it waits."""
    refusals = iter([Busy("too many questions at once")] * 2)

    def busy_at_first(question: str) -> Outcome:
        for error in refusals:
            raise error
        return answer(question)

    backend.engine.script = busy_at_first
    page.goto(url)
    send(page, QUESTION)
    page.locator(f"{CHAT} .notice.working", has_text="right now. Trying again…").wait_for()
    page.locator(f"{CHAT} .actions").wait_for()
    assert page.locator(f"{CHAT} .turn").count() == 1


def test_a_response_that_is_no_stream_is_an_error(page: Page, url: str) -> None:
    """A login page with status 200 isn't taken for a service that is away."""
    page.route("**/v1/ask", lambda route: route.fulfill(status=200, body="<h1>Log in</h1>"))
    page.goto(url)
    send(page, QUESTION)
    page.locator(f"{CHAT} .notice", has_text="Something went wrong").wait_for()


@STATES
def test_conflicting_answers_are_side_by_side(page: Page, url: str, backend: FakeBackend) -> None:
    """Each with its own citations."""
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


def test_statements_of_a_conflict_are_shown(page: Page, url: str, backend: FakeBackend) -> None:
    """If a service sends them; copied Markdown has the conflict, too."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    backend.engine.script = lambda question: replace(
        answer(question), conflicts=(Conflict(text="Bob", citations=(0,)),)
    )

    def with_statements(route: Route) -> None:
        response = route.fetch()
        plain = '"conflicts":[{"text":"Bob","citations":[0]}]'
        own = '"conflicts":[{"text":"Bob","statements":[{"text":"Bob asked.","citations":[0]}]}]'
        assert plain in response.text()
        route.fulfill(response=response, body=response.text().replace(plain, own))

    page.route("**/v1/ask", with_statements)
    page.goto(url)
    ask(page, QUESTION)
    assert page.locator(f"{CHAT} .sides > li").nth(1).locator(".statement").inner_text() == "Bob asked. 1"
    page.get_by_role("button", name="Copy with sources").click()
    page.get_by_text("Copied.").first.wait_for()
    assert "- Bob [1]" in page.evaluate("navigator.clipboard.readText()")


def test_earlier_turns_are_sent_as_history(page: Page, url: str, backend: FakeBackend) -> None:
    """Also after a reload, in the same tab; New conversation ends it."""
    page.goto(url)
    ask(page, QUESTION)
    backend.engine.script = abstention
    ask(page, "And why?")
    page.reload()
    page.locator(f"{CHAT} .turn").nth(1).wait_for()
    assert page.locator(f"{CHAT} .answer").inner_text() == "Ada"
    assert announced(page) == []
    ask(page, "And then?")
    history = backend.engine.questions[-1].history
    assert [(turn.question, turn.answer) for turn in history] == [(QUESTION, "Ada"), ("And why?", "")]
    other_tab = page.context.new_page()
    other_tab.goto(url)
    other_tab.locator(f"{CHAT} .greeting").wait_for()
    assert other_tab.locator(f"{CHAT} .turn").count() == 0
    page.get_by_role("button", name="New conversation").click()
    page.locator(f"{CHAT} .greeting").wait_for()
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [0, 0, ""]
    ask(page, QUESTION)
    assert backend.engine.questions[-1].history == ()


def test_a_suggestion_is_asked_when_pressed(page: Page, url: str) -> None:
    """Suggestions disappear with the first question."""
    page.goto(url)
    page.get_by_role("list", name="Questions to start with").get_by_role("button").nth(1).click()
    page.locator(f"{CHAT} .actions").wait_for()
    assert page.locator(f"{CHAT} .question").inner_text().endswith(SUGGESTED[1])
    assert not page.locator(f"{CHAT} .suggestions").is_visible()


def test_feedback_is_sent(page: Page, url: str, backend: FakeBackend) -> None:
    """A second press replaces the first; a complaint is asked what was wrong; a reload keeps the state."""
    page.goto(url)
    ask(page, QUESTION)
    page.get_by_role("button", name="This helped").click()
    page.get_by_text("Thank you.").first.wait_for()
    assert page.locator(f"{CHAT} .note").count() == 0
    down = page.get_by_role("button", name="This didn’t help")
    down.click()
    page.locator(f"{CHAT} [aria-pressed=true][aria-label='This didn’t help']").wait_for()
    page.get_by_role("button", name="It’s out of date").click()
    note = page.get_by_label("What was wrong?")
    assert note.input_value() == "It’s out of date"
    note.fill("It was Grace.")
    page.get_by_role("button", name="Send").click()
    page.locator(f"{CHAT} .note").wait_for(state="detached")
    [feedback] = backend.feedback.list()
    assert (feedback.question, feedback.answer, feedback.helpful, feedback.note) == (
        QUESTION,
        "Ada",
        False,
        "It was Grace.",
    )
    assert feedback.citations == ((CITATION.document_id, CITATION.version, CITATION.start, CITATION.end),)
    page.reload()
    page.locator(f"{CHAT} [aria-pressed=true][aria-label='This didn’t help']").wait_for()


def test_feedback_that_cannot_be_sent_is_reported(page: Page, url: str, backend: FakeBackend) -> None:
    """No button is shown as pressed."""
    backend.feedback.fault = RuntimeError()
    page.goto(url)
    ask(page, QUESTION)
    page.get_by_role("button", name="This helped").click()
    page.get_by_text("That could not be sent.").first.wait_for()
    assert page.locator(f"{CHAT} [aria-pressed=true]").count() == 0


def test_an_answer_can_be_copied_as_markdown(page: Page, url: str, backend: FakeBackend) -> None:
    """With numbered quotes and their sources; text of documents is escaped."""
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
        "Sources:",
        f"1. “{QUOTE}” — [\\[Minutes\\](javascript:alert(1))](<https://docs.example/may#top"
        ":~:text=%F0%9F%99%82.%E2%80%9D-,She%20asked%20for%20a%20second%20ship.>) › A \\# b",
    ]


def test_a_public_source_has_its_own_link(page: Page, url: str, backend: FakeBackend) -> None:
    """With a text fragment; only for http and https addresses."""
    links: dict[str, Any] = {
        "https://docs.example/may#top": "https://docs.example/may#top:~:text=",
        "https://docs.example/may": "https://docs.example/may#:~:text=",
        "javascript:alert(1)": None,
        "file:///etc/passwd": None,
        "notes/may.txt": None,
    }
    page.goto(url)
    for uri, public_link in links.items():
        citation = replace(CITATION, uri=uri)
        backend.engine.script = lambda question, citation=citation: replace(
            answer(question), citations=(citation,)
        )
        ask(page, QUESTION)
        page.locator(f"{CHAT} .turn:last-child .number").click()
        addresses = [link.get_attribute("href") or "" for link in card(page).get_by_role("link").all()]
        assert addresses[0].startswith(f"{url}/documents/")
        assert len(addresses) == (2 if public_link else 1)
        assert public_link is None or addresses[1].startswith(public_link)
        page.keyboard.press("Escape")


def test_a_card_shows_the_context_of_the_quote(page: Page, url: str, backend: FakeBackend) -> None:
    """The text around it on its line, title, headings and page."""
    citation = replace(
        CITATION, prefix="x.\nShe was late. ", suffix=" It came.\nNext", section=("Minutes", "May"), page=3
    )
    backend.engine.script = lambda question: replace(answer(question), citations=(citation,))
    page.goto(url)
    ask(page, QUESTION)
    page.locator(f"{CHAT} .number").click()
    assert card(page).locator(".context").inner_text() == f"She was late. {QUOTE} It came."
    assert card(page).locator(".place b").inner_text() == "Minutes"
    assert card(page).locator(".step").all_inner_texts() == ["Minutes", "May", "page 3"]


def test_a_cards_context_begins_and_ends_at_words(page: Page, url: str, backend: FakeBackend) -> None:
    """A word that the service's 32 characters cut is left out; at a document's ends none is."""
    cut = replace(
        CITATION, start=500, end=500 + len(QUOTE),
        prefix="rrived at the harbour at dusk. ", suffix=" It came in June with new sails.",
    )  # fmt: skip
    whole = replace(CITATION, start=5, end=5 + len(QUOTE), prefix="Well ", suffix=" So.")
    page.goto(url)
    for citation, context in (
        (cut, f"…at the harbour at dusk. {QUOTE} It came in June with new…"),
        (whole, f"Well {QUOTE} So."),
    ):
        backend.engine.script = lambda question, citation=citation: replace(
            answer(question), citations=(citation,)
        )
        ask(page, QUESTION)
        page.locator(f"{CHAT} .turn:last-child .number").click()
        assert card(page).locator(".context").inner_text() == context
        page.keyboard.press("Escape")


def test_readers_see_no_code_to_embed(page: Page, url: str) -> None:
    """The start page has a link to the playground, which has the code."""
    page.goto(url)
    page.locator(f"{CHAT} .field").wait_for()
    assert "<script" not in page.locator("body").inner_text()
    page.get_by_role("link", name="Put this on a page of your own").click()
    page.locator("#code", has_text="widget.js").wait_for()


def test_tell_me_more_is_asked_by_a_button_of_the_last_answer(
    page: Page, url: str, backend: FakeBackend
) -> None:
    """With the conversation; an abstention has none."""
    page.goto(url)
    ask(page, QUESTION)
    page.get_by_role("button", name="Tell me more").click()
    page.locator(f"{CHAT} .turn:last-child .actions").wait_for()
    asked = backend.engine.questions[-1]
    assert (asked.text, [turn.question for turn in asked.history]) == ("Tell me more", [QUESTION])
    shown = [button.is_visible() for button in page.locator(f"{CHAT} .actions .more").all()]
    assert shown == [False, True]
    backend.engine.script = abstention
    ask(page, QUESTION)
    assert page.locator(f"{CHAT} .turn:last-child .more").count() == 0


@STATES
def test_an_empty_collection_says_what_to_do(page: Page, url: str, backend: FakeBackend) -> None:
    """Not that something is missing in the documents, of which there are none."""
    backend.engine.script = lambda question: Abstention(
        question=question, reason=Reason.NOTHING_INDEXED, confidence=0.0
    )
    page.goto(url)
    ask(page, QUESTION)
    reply = page.locator(f"{CHAT} .reply")
    assert reply.locator(".unanswered").inner_text() == "There are no documents here yet."
    assert "saywhere ingest" in reply.locator(".tip").inner_text()
    assert reply.get_by_role("button", name="Ask differently").count() == 0
    assert axe.violations(page) == []


@STATES
def test_where_nothing_is_near_other_questions_are_suggested(
    page: Page, url: str, backend: FakeBackend
) -> None:
    """It says so, shows no passage, and says what to try."""
    backend.engine.script = lambda question: Abstention(
        question=question, reason=Reason.NOTHING_RELEVANT, confidence=0.0
    )
    page.goto(url)
    page.get_by_role("button", name=SUGGESTED[0]).wait_for()
    ask(page, "Why?")
    reply = page.locator(f"{CHAT} .reply")
    assert reply.locator(".unanswered").inner_text() == "Nothing here about “Why?”"
    assert reply.locator("blockquote").count() == 0
    assert axe.violations(page) == []
    backend.engine.script = answer
    reply.get_by_role("button", name=SUGGESTED[1]).click()
    page.locator(f"{CHAT} .turn:last-child .answer").wait_for()
    assert backend.engine.questions[-1].text == SUGGESTED[1]


def test_a_javascript_address_is_no_link(page: Page, url: str, backend: FakeBackend) -> None:
    """Should a service send one."""
    bad = replace(CITATION, url="javascript:alert(1)")
    backend.engine.script = lambda question: replace(answer(question), citations=(bad,))
    page.goto(url)
    ask(page, QUESTION)
    page.locator(f"{CHAT} .number").click()
    card(page).wait_for()
    assert page.locator(f"{CHAT} a").count() == 0


def test_a_card_opens_and_closes_with_the_pointer(page: Page, url: str) -> None:
    """The pointer may move onto it; a click pins it; Escape closes it at once."""
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
def test_a_tap_toggles_the_card(page: Page, url: str) -> None:
    """On a phone, which has no hovering."""
    page.goto(url)
    ask(page, QUESTION)
    page.locator(f"{CHAT} .number").tap()
    card(page).wait_for()
    page.locator(f"{CHAT} .number").tap()
    card(page).wait_for(state="detached")


def test_enter_of_an_input_method_does_not_ask(page: Page, url: str, backend: FakeBackend) -> None:
    """Shift+Enter is a line break; Enter asks."""
    page.goto(url)
    field = page.locator(f"{CHAT} .field")
    field.fill("だれ")
    for init in ({"isComposing": True}, {"keyCode": 229}):
        field.dispatch_event("keydown", {"key": "Enter", **init})
    field.press("Shift+Enter")
    field.press_sequentially("b")
    assert field.input_value() == "だれ\nb"
    assert backend.engine.questions == []
    field.press("Enter")
    page.locator(f"{CHAT} .actions").wait_for()
    assert [question.text for question in backend.engine.questions] == ["だれ\nb"]


def test_the_launcher_moves_and_restores_the_focus(page: Page, url: str) -> None:
    """Opened: into the field. Escape closes first the card, then the panel."""
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
        assert appearance.overflow(page) == 0


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_on_a_phone_it_covers_the_screen(page: Page, url: str) -> None:
    """As a modal dialog: Tab doesn't reach the page under it; Escape closes it."""
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


def test_it_stays_open_when_the_screen_width_changes(page: Page, url: str) -> None:
    """With the conversation and the text in the field."""
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
def test_reduced_motion_is_respected(page: Page, url: str) -> None:
    """No animation runs."""
    page.goto(url)
    ask(page, QUESTION)
    running = "document.querySelector('saywhere-chat').shadowRoot.getAnimations().length"
    assert page.evaluate(running) == 0


def test_the_field_has_the_limit_of_a_question(page: Page, url: str) -> None:
    """A blank question isn't sent."""
    page.goto(url)
    field = page.locator(f"{CHAT} .field")
    assert field.get_attribute("maxlength") == str(LimitSettings().question_characters)
    send(page, "   ")
    assert page.locator(f"{CHAT} .turn").count() == 0


def test_removing_the_element_stops_the_question(page: Page, url: str, backend: FakeBackend) -> None:
    """A new element continues the tab's conversation."""
    gate = backend.engine.script = Gate()
    page.goto(url)
    try:
        send(page, QUESTION)
        assert gate.arrived.acquire(timeout=60)
        with page.expect_event("requestfailed"):
            page.evaluate("document.querySelector('saywhere-chat').remove()")
    finally:
        gate.release.set()
    insert = """() => {
      document.querySelector("saywhere-chat")?.remove();
      const chat = Object.assign(document.createElement("saywhere-chat"), { mode: "inline" });
      document.querySelector("main").append(chat);
    }"""
    page.evaluate(insert)
    ask(page, QUESTION)
    page.evaluate(insert)
    assert page.locator(f"{CHAT} .answer").inner_text() == "Ada"


def test_it_works_without_storage(page: Page, url: str) -> None:
    """If the browser forbids it, only the conversation isn't kept."""
    page.add_init_script(
        """Object.defineProperty(window, "sessionStorage", {
          get() { throw new DOMException("no", "SecurityError"); }
        });"""
    )
    page.goto(url)
    ask(page, QUESTION)
    assert page.locator(f"{CHAT} .answer").inner_text() == "Ada"


def test_invalid_stored_data_are_ignored(page: Page, url: str) -> None:
    """Damaged or foreign data under the widget's key."""
    page.goto(url)
    ask(page, QUESTION)
    for stored in ("{", "7", '{"a": 1}', '[{"question": 3}]', "null"):
        page.evaluate("(stored) => sessionStorage.setItem(Object.keys(sessionStorage)[0], stored)", stored)
        page.reload()
        page.locator(f"{CHAT} .greeting").wait_for()
        assert page.locator(f"{CHAT} .turn").count() == 0
        ask(page, QUESTION)


def test_the_playground_applies_its_values(page: Page, url: str) -> None:
    """To the widget at once, and to the code, escaped, which a button copies; colours can be picked."""
    page.goto(f"{url}/playground")
    page.locator(f"{CHAT} .field").wait_for()
    code = page.locator("#code")
    assert code.inner_text().split("\n") == [
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
    assert 'heading="Say &quot;hi&quot;"' in code.inner_text()
    assert "--saywhere-radius: 3px;" in code.inner_text()
    page.get_by_label("Pick --saywhere-ground").fill("#123456")
    assert page.get_by_label("--saywhere-ground", exact=True).input_value() == "#123456"
    assert panel.evaluate("(at) => getComputedStyle(at).backgroundColor") == "rgb(18, 52, 86)"
    page.get_by_label("--saywhere-mark", exact=True).fill("rgb(255, 0, 0)")
    assert page.get_by_label("Pick --saywhere-mark").input_value() == "#ff0000"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy code").click()
    page.get_by_text("Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == code.text_content()
    page.get_by_label("mode").select_option("launcher")
    page.get_by_role("button", name="Fragen", exact=True).click()
    page.get_by_role("dialog", name='Say "hi"').wait_for()
