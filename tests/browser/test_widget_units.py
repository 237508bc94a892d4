"""The widget's answers in each unit, likely ones, and the nearest passages; over a scripted engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rag.settings import Settings, WidgetSettings
from rag.types import Abstention, Answer, AnswerUnit, Outcome
from tests.browser import appearance, axe
from tests.browser.widget import CHAT, announced, ask, page_with, site
from tests.fakes import outcomes
from tests.fakes.engine import FakeBackend
from tests.http.live import in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
STATES = pytest.mark.parametrize(
    "page", [{}, {"color_scheme": "dark"}, PHONE], indirect=True, ids=["light", "dark", "phone"]
)


@pytest.fixture
def backend() -> FakeBackend:
    backend = FakeBackend(
        Settings(widget=WidgetSettings(origins=("*",), public=("default",))), outcomes.outcome_of
    )
    backend.catalog.stored = (outcomes.DOCUMENT,)
    return backend


@pytest.fixture
def url(backend: FakeBackend) -> Iterator[str]:
    with in_thread(backend) as address:
        yield address


def _ask(page: Page, url: str, outcome: Outcome) -> Locator:
    """The reply to the question of this outcome."""
    page.goto(url)
    ask(page, outcome.question)
    return page.locator(f"{CHAT} .turn:last-child .reply")


@STATES
@pytest.mark.parametrize("outcome", outcomes.OUTCOMES.values(), ids=lambda outcome: outcome.question)
def test_every_outcome_is_accessible(page: Page, url: str, outcome: Outcome) -> None:
    """By axe, at any width; and it is the same after a reload."""
    reply = _ask(page, url, outcome)
    assert axe.violations(page) == []
    assert appearance.overflow(page) == 0
    cut_off = "(at) => [...at.querySelectorAll('*')].filter((e) => e.scrollWidth > e.clientWidth + 1 && "
    cut_off += "getComputedStyle(e).overflowX === 'auto').length"
    assert reply.evaluate(cut_off) == 0
    shown = reply.text_content()
    page.reload()
    reply.locator(".actions").wait_for()
    assert reply.text_content() == shown


@pytest.mark.parametrize("outcome", outcomes.ANSWERS, ids=lambda outcome: outcome.unit)
def test_each_statement_has_its_citations_numbers(page: Page, url: str, outcome: Answer) -> None:
    """In their order; each opens the card with the quote."""
    reply = _ask(page, url, outcome)
    for shown, statement in zip(reply.locator(".statement").all(), outcome.statements, strict=True):
        own = shown.locator("> .number, dd:last-child > .number, > .statement > .number")
        numbers = [int(number) - 1 for number in shown.locator(".number").all_text_contents()]
        assert numbers[: len(statement.citations)] == list(statement.citations)
        own.first.click()
        card = page.locator(f"{CHAT} .card:popover-open mark")
        assert card.text_content() == outcome.citations[statement.citations[0]].quote
        page.keyboard.press("Escape")


def test_a_list_is_a_list(page: Page, url: str) -> None:
    """Under a small heading and its lead-in."""
    reply = _ask(page, url, outcomes.LIST)
    assert reply.get_by_role("heading", level=3).inner_text().startswith("What is paid")
    items = reply.locator("ul.items > li").all_inner_texts()
    assert items == [f"{item} {n}" for n, item in enumerate(outcomes.LIST_ITEMS, 3)]
    assert reply.locator(".answer").count() == 0


def test_a_cut_list_links_to_the_rest(page: Page, url: str) -> None:
    """By the place of the last item that is shown; the part without an answer is named."""
    reply = _ask(page, url, outcomes.LIST)
    cut, missing = reply.locator(".missing").all_inner_texts()
    assert cut.startswith("3 of 5 shown.")
    assert missing == "Not found in the documents: “since when”"
    with page.context.expect_page() as opened:
        reply.get_by_role("link", name="See all in the source").click()
    opened.value.locator("mark").first.wait_for()
    assert opened.value.locator("mark").text_content() == f"- {outcomes.LIST_ITEMS[-1]}"


def test_a_whole_list_has_no_such_note(page: Page, url: str, backend: FakeBackend) -> None:
    """Where as many items are shown as it has."""
    backend.engine.script = lambda _: replace(outcomes.LIST, item_count=3, unanswered=())
    assert _ask(page, url, outcomes.LIST).locator(".missing").count() == 0


def test_steps_are_numbered_and_hold_their_code(page: Page, url: str) -> None:
    """The code is in the step before it, as it stands."""
    reply = _ask(page, url, outcomes.STEPS_ANSWER)
    steps = reply.locator("ol.items > li")
    assert steps.count() == len(outcomes.STEPS)
    assert steps.nth(1).locator("pre").text_content() == outcomes.CODE
    assert steps.nth(2).inner_text().startswith(outcomes.STEPS[2])


def test_items_have_the_documents_numbers(page: Page, url: str, backend: FakeBackend) -> None:
    """Without them steps are counted, anew under a heading or a lead-in; bullets stay bullets."""
    heading, lead_in, *items = outcomes.LIST.statements
    statements = (lead_in, items[0], items[1], heading, items[2])
    backend.engine.script = lambda _: replace(outcomes.LIST, unit=AnswerUnit.STEPS, statements=statements)
    values = "(items) => items.map((item) => item.value)"
    counted = _ask(page, url, outcomes.LIST)
    assert counted.locator("ol.items > li").evaluate_all(values) == [1, 2, 1]
    cut = outcomes.STEPS_ANSWER.statements[3:]
    backend.engine.script = lambda _: replace(outcomes.STEPS_ANSWER, statements=cut)
    ask(page, "And then?")
    numbered = page.locator(f"{CHAT} .turn:last-child ol.items > li")
    assert numbered.evaluate_all(values) == [2, 3]


def test_rows_are_pairs_of_column_and_cell(page: Page, url: str) -> None:
    """A semicolon within a cell doesn't end it."""
    rows = _ask(page, url, outcomes.ROWS).locator("dl.row")
    assert rows.nth(0).locator("dt").all_inner_texts() == ["Country", "Day", "Night"]
    assert rows.nth(0).locator("dd").all_inner_texts() == ["Norway", "61 €", "120 €; 145 € in Oslo 12"]
    assert rows.nth(1).locator("dd").all_inner_texts() == ["Denmark", "52 €", "110 € 32"]


def test_yes_or_no_is_in_the_readers_language(page: Page, url: str) -> None:
    """Before its sentence, which stays as the document has it."""
    with site({"/": page_with(url, '<saywhere-chat mode="inline" language="de"></saywhere-chat>')}) as host:
        page.goto(host)
        ask(page, outcomes.YES_NO.question)
    assert page.locator(f"{CHAT} .answer").inner_text() == "Nein"
    assert page.locator(f"{CHAT} .statement").inner_text() == "Pets are never paid for. 1"
    assert announced(page)[-2:] == ["Antwort: Nein", "Pets are never paid for."]


@pytest.mark.parametrize("outcome", [outcomes.LIKELY_SHORT_ANSWER, outcomes.STEPS_ANSWER, outcomes.CONFLICT])
def test_a_likely_answer_is_marked_first(page: Page, url: str, outcome: Answer) -> None:
    """In words, which are announced before the answer."""
    reply = _ask(page, url, outcome)
    first = reply.locator("> *").first
    assert first.inner_text() == "Likely – please check"
    assert first.is_visible()
    texts = announced(page)
    marked = next(i for i, text in enumerate(texts) if "Likely – please check" in text)
    assert all(statement.text not in texts[:marked] for statement in outcome.statements)


def test_a_sure_answer_is_not_marked(page: Page, url: str) -> None:
    """Nor announced as likely."""
    reply = _ask(page, url, outcomes.SHORT_ANSWER)
    assert reply.locator(".likely").count() == 0
    assert not [text for text in announced(page) if "Likely" in text]


def test_the_confidence_is_that_of_what_is_shown(page: Page, url: str) -> None:
    """Of the short answer where there is one, else of the evidence."""
    page.goto(url)
    for outcome in (outcomes.SHORT_ANSWER, outcomes.LIST):
        ask(page, outcome.question)
    assert page.locator(f"{CHAT} .reply > .muted").all_inner_texts() == ["Confidence 88 %", "Confidence 87 %"]


def test_what_is_missing_is_announced(page: Page, url: str) -> None:
    """After the statements."""
    _ask(page, url, outcomes.LIST)
    assert announced(page)[-2:] == ["3 of 5 shown.", "Not found in the documents: “since when”"]


def test_sources_do_not_repeat_what_is_shown(page: Page, url: str) -> None:
    """Their place stands once, with a link of each number, named by its quote."""
    reply = _ask(page, url, outcomes.LIST)
    assert reply.locator(".sources > li").count() == 1
    links = reply.locator(".sources .shown a")
    assert links.count() == len(outcomes.LIST.citations)
    name = f"5 “- {outcomes.LIST_ITEMS[2]}”"
    with page.context.expect_page() as opened:
        reply.get_by_role("link", name=name).click()
    opened.value.locator("mark").first.wait_for()
    assert opened.value.locator("mark").text_content() == f"- {outcomes.LIST_ITEMS[2]}"


def test_a_few_quotes_are_repeated(page: Page, url: str) -> None:
    """As links that can be read, where the answer is a sentence or two."""
    links = _ask(page, url, outcomes.SECTION).locator(".sources a").all_text_contents()
    assert links == [f"“{citation.quote}” (new tab)" for citation in outcomes.SECTION.citations]


def test_three_passages_are_shown_at_once(page: Page, url: str) -> None:
    """The others on request; the focus goes to the first of them."""
    reply = _ask(page, url, outcomes.ABSTENTION)
    passages = reply.locator(".passages > li")
    visible = [passage.is_visible() for passage in passages.all()]
    assert visible == [True, True, True, False, False]
    more = reply.get_by_role("button", name="Show 2 more")
    more.press("Enter")
    assert all(passage.is_visible() for passage in passages.all())
    assert more.count() == 0
    focused = page.evaluate(
        "document.activeElement.shadowRoot.activeElement.querySelector('blockquote').textContent"
    )
    assert focused == outcomes.PARAGRAPHS[3]
    assert axe.violations(page) == []


def test_few_passages_have_no_button(page: Page, url: str, backend: FakeBackend) -> None:
    """Three are all there are."""
    few: Abstention = replace(outcomes.ABSTENTION, nearest=outcomes.ABSTENTION.nearest[:3])
    backend.engine.script = lambda _: few
    assert _ask(page, url, few).locator(".more").count() == 0


@STATES
def test_a_long_passage_is_folded(page: Page, url: str) -> None:
    """To six lines; a button shows all of it and folds it again, and a short passage has none."""
    reply = _ask(page, url, outcomes.ABSTENTION)
    text = reply.locator("blockquote").first
    lines = "(at) => Math.round(at.clientHeight / parseFloat(getComputedStyle(at).lineHeight))"
    button = reply.get_by_role("button", name="Show all of it (Travel handbook)")
    button.wait_for()
    assert button.count() == 1
    assert text.evaluate(lines) == 6
    button.press("Enter")
    assert text.evaluate(lines) > 6
    assert text.evaluate("(at) => at.scrollHeight <= at.clientHeight + 1")
    reply.get_by_role("button", name="Show less (Travel handbook)").press("Enter")
    assert text.evaluate(lines) == 6
