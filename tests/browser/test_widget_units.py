"""The widget's answers in each unit, likely ones, and the nearest passages; over a scripted engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rag.settings import Settings, WidgetSettings
from rag.types import Abstention, Answer, AnswerUnit, Outcome, Span, Statement, StatementRole
from tests.browser import appearance, axe
from tests.browser.widget import CHAT, ENDED, announced, ask, page_with, site
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
    reply.locator(ENDED).wait_for()
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
        marks = page.locator(f"{CHAT} .card:popover-open mark").all_text_contents()
        quote = outcome.citations[statement.citations[0]].quote
        is_item = statement.role is StatementRole.ITEM  # its bullet or number is the list's
        assert "\n".join(marks) == (quote.split(" ", 1)[1] if is_item else quote)
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


def test_an_answer_in_a_language_models_words_says_so(page: Page, url: str) -> None:
    """In its mark; each of its quotes is below it."""
    reply = _ask(page, url, outcomes.DRAFTED)
    assert reply.locator(".likely").inner_text() == "Likely, in a language model’s words – please check"
    text = reply.inner_text()
    assert all(statement.text in text for statement in outcomes.DRAFTED.statements)
    assert all(citation.quote in text for citation in outcomes.DRAFTED.citations)


def test_a_sure_answer_is_not_marked(page: Page, url: str) -> None:
    """Nor announced as likely."""
    reply = _ask(page, url, outcomes.SHORT_ANSWER)
    assert reply.locator(".likely").count() == 0
    assert not [text for text in announced(page) if "Likely" in text]


def test_certainty_is_a_word_whose_number_is_its_tooltip(page: Page, url: str) -> None:
    """The number is the short answer's where there is one, else the evidence's; none is in the text."""
    page.goto(url)
    shown = []
    for outcome in (outcomes.SHORT_ANSWER, outcomes.LIST, outcomes.SENTENCES, outcomes.ABSTENTION):
        ask(page, outcome.question)
        mark = page.locator(f"{CHAT} .turn:last-child .reply > [title]").first
        shown.append((mark.inner_text(), mark.get_attribute("title")))
    assert shown == [
        ("Sure", "Confidence 88 %"),
        ("Sure", "Confidence 87 %"),
        ("Likely – please check", "Confidence 43 %"),
        ("I’m not sure. These passages come closest:", "Confidence 21 %"),
    ]
    assert "%" not in page.locator(f"{CHAT} .turns").inner_text()


def test_what_is_missing_is_announced(page: Page, url: str) -> None:
    """After the statements."""
    _ask(page, url, outcomes.LIST)
    assert announced(page)[-2:] == ["3 of 5 shown.", "Not found in the documents: “since when”"]


def test_sources_do_not_repeat_what_is_shown(page: Page, url: str) -> None:
    """Their place stands once, with a link of each number, named by its quote."""
    reply = _ask(page, url, outcomes.LIST)
    assert reply.locator(".sources > li").count() == 1
    links = reply.locator(".sources a")
    assert links.count() == len(outcomes.LIST.citations)
    name = f"5 “- {outcomes.LIST_ITEMS[2]}”"
    with page.context.expect_page() as opened:
        reply.get_by_role("link", name=name).click()
    opened.value.locator("mark").first.wait_for()
    assert opened.value.locator("mark").text_content() == f"- {outcomes.LIST_ITEMS[2]}"


_VISIBLE_TEXT = """(at) => {
  const copy = at.cloneNode(true);
  for (const hidden of copy.querySelectorAll(".visually-hidden")) hidden.remove();
  return copy.textContent;
}"""


@pytest.mark.parametrize("outcome", outcomes.ANSWERS, ids=lambda outcome: outcome.unit)
def test_an_answer_reads_once(page: Page, url: str, outcome: Answer) -> None:
    """Each of its statements stands once: not again among the sources."""
    text = _ask(page, url, outcome).evaluate(_VISIBLE_TEXT)
    for statement in outcome.statements:
        if statement.role not in (StatementRole.ROW, StatementRole.HEADING):  # pairs; a place's name
            assert text.count(statement.text) == 1


def test_a_short_answer_that_is_its_sentence_stands_once(page: Page, url: str, backend: FakeBackend) -> None:
    """As the headline with the number of its place; a bullet and a stop don't make another sentence of it."""
    quote = f"- {outcomes.LIST_ITEMS[0]}"
    item = Statement(text=outcomes.LIST_ITEMS[0], citations=(0,), role=StatementRole.ITEM)
    backend.engine.script = lambda _: replace(
        outcomes.SHORT_ANSWER,
        text="train and bus tickets, second class",
        statements=(item,),
        citations=(outcomes.cite(quote, "What is paid"),),
    )
    reply = _ask(page, url, outcomes.SHORT_ANSWER)
    assert reply.locator(".answer").inner_text() == "train and bus tickets, second class 1"
    assert reply.locator(".statement").count() == 0
    page.reload()
    assert reply.locator(".answer .number").count() == 1


def test_a_quote_that_is_not_shown_stands_beside_its_number(page: Page, url: str) -> None:
    """As those of an answer in a language model's words."""
    links = _ask(page, url, outcomes.DRAFTED).locator(".sources .quote").all_inner_texts()
    assert [link.strip() for link in links] == [f"“{c.quote}”" for c in outcomes.DRAFTED.citations]


def _near(quote: str, likeliest: str, *section: str, columns: tuple[str, ...] = ()) -> Abstention:
    """An abstention with one nearest passage and its likeliest sentence."""
    citation = outcomes.cite(quote, *section)
    start = outcomes.TEXT.index(likeliest, citation.start)
    marked = replace(citation, likeliest=Span(start, start + len(likeliest)), columns=columns)
    return replace(outcomes.ABSTENTION, nearest=(marked,))


def test_a_nearest_passage_is_whole_with_its_likeliest_sentence_marked(
    page: Page, url: str, backend: FakeBackend
) -> None:
    """Every paragraph of it; the mark counts code points."""
    backend.engine.script = lambda _: _near("\n\n".join(outcomes.PARAGRAPHS[:3]), outcomes.PARAGRAPHS[1])
    passage = _ask(page, url, outcomes.ABSTENTION).locator(".passages > li")
    assert passage.locator("blockquote p").all_text_contents() == list(outcomes.PARAGRAPHS[:3])
    assert passage.locator("mark").all_text_contents() == [outcomes.PARAGRAPHS[1]]
    assert passage.get_by_role("link", name="Travel handbook").is_visible()


def test_a_faqs_question_stands_above_its_answer(page: Page, url: str, backend: FakeBackend) -> None:
    """As a heading of the passage, and not in its path."""
    question = "May I bring my dog?"
    backend.engine.script = lambda _: _near(outcomes.PARAGRAPHS[1], outcomes.PARAGRAPHS[1], "FAQ", question)
    passage = _ask(page, url, outcomes.ABSTENTION).locator(".passages > li")
    assert passage.get_by_role("heading", level=3).inner_text() == question
    assert passage.locator(".step").all_inner_texts() == ["FAQ"]


def test_the_three_nearest_passages_are_shown(page: Page, url: str, backend: FakeBackend) -> None:
    """Of the five that the service sends."""
    quotes = [outcomes.TEXT.splitlines()[-1][n : n + 9].strip() for n in range(0, 45, 9)]
    nearest = tuple(outcomes.cite(quote) for quote in quotes)
    backend.engine.script = lambda _: replace(outcomes.ABSTENTION, nearest=nearest)
    passages = _ask(page, url, outcomes.ABSTENTION).locator(".passages > li")
    assert passages.locator("blockquote").all_text_contents() == quotes[:3]


@STATES
def test_a_passages_list_is_a_list(page: Page, url: str, backend: FakeBackend) -> None:
    """Steps are numbered as the document numbers them, under their lead-in."""
    steps = f"{outcomes.STEPS_LEAD_IN}\n1. {outcomes.STEPS[0]}\n2. {outcomes.STEPS[1]}"
    backend.engine.script = lambda _: _near(steps, outcomes.STEPS[1])
    passage = _ask(page, url, outcomes.ABSTENTION).locator(".passages > li")
    assert passage.locator("blockquote > p").all_text_contents() == [outcomes.STEPS_LEAD_IN]
    assert passage.locator("ol.items > li").all_text_contents() == list(outcomes.STEPS[:2])
    assert passage.locator("ol.items mark").text_content() == outcomes.STEPS[1]
    assert axe.violations(page) == []


@STATES
def test_a_passages_rows_are_pairs_of_column_and_cell(page: Page, url: str, backend: FakeBackend) -> None:
    """With the likeliest row marked; no bar is shown."""
    rows = "\n\n".join(citation.quote for citation in sorted(outcomes.ROWS.citations, key=lambda c: c.start))
    abstention = _near(rows, "Denmark | 52 € | 110 €", columns=("Country", "Day", "Night"))
    backend.engine.script = lambda _: abstention
    passage = _ask(page, url, outcomes.ABSTENTION).locator(".passages > li")
    assert passage.locator("dl").nth(0).locator("dt").all_inner_texts() == ["Country", "Day", "Night"]
    assert passage.locator("dl").nth(1).locator("mark").all_inner_texts() == ["Denmark", "52 €", "110 €"]
    assert passage.locator("dl").count() == 2
    assert "|" not in passage.inner_text()
    assert axe.violations(page) == []


def test_a_card_draws_a_row_as_pairs(page: Page, url: str, backend: FakeBackend) -> None:
    """And leaves bars alone where they are no table's."""
    columns = ("Country", "Day", "Night")
    row, *others = (replace(citation, columns=columns) for citation in outcomes.ROWS.citations)
    backend.engine.script = lambda _: replace(outcomes.ROWS, citations=(row, *others))
    reply = _ask(page, url, outcomes.ROWS)
    reply.locator(".number").first.click()
    card = page.locator(f"{CHAT} .card:popover-open")
    assert card.locator("dt").all_inner_texts() == list(columns)
    assert card.locator("mark").all_inner_texts() == ["Norway", "61 €", "120 €; 145 € in Oslo"]
    page.keyboard.press("Escape")
    backend.engine.script = lambda _: outcomes.ROWS
    ask(page, outcomes.ROWS.question)
    page.locator(f"{CHAT} .turn:last-child .number").first.click()
    assert card.locator("mark").inner_text() == "Norway | 61 € | 120 €; 145 € in Oslo"
