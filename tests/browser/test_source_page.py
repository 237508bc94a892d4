"""The source page: headings, pages, and long documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from rag.ports.catalog import Original
from rag.storage.original_files import OriginalFiles
from rag.types import Document, Section, Span
from rag.types import Page as DocumentPage
from tests.browser import appearance, axe
from tests.fakes.engine import FakeBackend
from tests.files import pdf, read_document
from tests.http.live import in_thread

if TYPE_CHECKING:
    from playwright.sync_api import Page

VIEWPORT = 700
SENTENCE = "The clerk of the day 🙂 enters each boat in the book and rings the bell twice. "
VISIBLE = """() => [...document.querySelectorAll(".part")].filter((part) =>
  [...part.childNodes].some((node) => {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : null;
    return element?.checkVisibility({ contentVisibilityAuto: true });
  })).length"""


def _sectioned() -> Document:
    """Two megabytes of 1,200 sections in 60 chapters, on pages of 4,000 code points."""
    sections: list[Section] = []
    texts: list[str] = []
    at = 0
    for number in range(1_200):
        chapter, name = f"Chapter {number // 20}", f"Rule {number}"
        text = f"{name}\n{SENTENCE * 20}\nRule {number} ends here.\n\n"
        sections.append(Section(span=Span(at, at + len(text)), path=(chapter, name)))
        texts.append(text)
        at += len(text)
    book = "".join(texts)
    boundaries = [*range(0, len(book), 4_000), len(book)]
    pages = [
        DocumentPage(span=Span(start, end), number=number)
        for number, (start, end) in enumerate(pairwise(boundaries), 1)
    ]
    return Document(id="book", uri="shelf/book.pdf", title="The book", text=book,
                    sections=tuple(sections), pages=tuple(pages))  # fmt: skip


BOOK = _sectioned()
# Without a heading or a page; and one line alone.
PLAIN = Document(id="plain", uri="plain.txt", title="Plain", text=f"{SENTENCE * 5}\n\n" * 4_000)
LINE = Document(id="line", uri="line.txt", title="Line", text=SENTENCE * 2_000)
SHORT = Document(
    id="short",
    uri="short.md",
    title="Short",
    text="Rules\nBefore all.\nPay\nPaid on Fridays.\nNo heading here.",
    sections=(
        Section(span=Span(0, 18), path=("Rules",)),
        Section(span=Span(18, 39), path=("Rules", "Pay")),
        Section(span=Span(39, 55), path=("Rules", "Other")),
    ),
)


STRUCTURED = replace(
    read_document(
        """# Expenses 🙂

What may be claimed.

## Limits

| City | Hotel | Meals |
|---|---|---|
| London | £210 | |
| Paris | €190 | €55 |

To claim:

1. Photograph each receipt.
2. Fill in the form:
   - the date
   - the amount
3. Send both.

> Flights need approval.

```
claim --month 5
```
""",
        "expenses.md",
    ),
    id="structured",
)
PDF = pdf(
    [(72, 100, "Everyone gets thirty days of leave.")],
    [(72, 700, "Travel is booked early by the office.")],
)
HANDBOOK = replace(read_document(PDF, "handbook.pdf"), id="handbook")
PHONE = {"viewport": {"width": 390, "height": VIEWPORT}}
DARK = {"color_scheme": "dark"}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    backend = FakeBackend()
    backend.catalog.stored = (BOOK, PLAIN, LINE, SHORT, STRUCTURED, HANDBOOK)
    backend.original_files = OriginalFiles(tmp_path_factory.mktemp("files"), max_bytes=1_000_000)
    original = Original.of(PDF, "handbook.pdf", "application/pdf")
    backend.original_files.put(original)
    backend.catalog.records["handbook"] = original.record
    with in_thread(backend) as address:
        yield address


def _open(page: Page, url: str, document: Document, quote: str) -> None:
    start = document.text.index(quote)
    page.goto(f"{url}/documents/{document.id}?version={document.sha256[:12]}#{start}-{start + len(quote)}")
    page.locator("mark").first.wait_for()


def _in_view(page: Page) -> bool:
    """Whether, after scrolling, the first mark is in the window, below the bar."""
    page.wait_for_function(
        """() => new Promise((done) => {
          const top = () => document.querySelector("mark").getBoundingClientRect().top;
          const before = top();
          requestAnimationFrame(() => requestAnimationFrame(() => done(top() === before)));
        })"""
    )
    box, bar = page.locator("mark").first.bounding_box(), page.locator(".bar").bounding_box()
    assert box is not None
    assert bar is not None
    return bar["y"] + bar["height"] <= box["y"] and box["y"] + box["height"] <= VIEWPORT


@pytest.mark.parametrize(
    ("document", "quote"),
    [
        (BOOK, "Rule 3 ends here."),
        (BOOK, "Rule 777 ends here."),
        (BOOK, "Rule 1199 ends here."),
        (LINE, SENTENCE * 2),
    ],
    ids=["begin", "middle", "end", "one line"],
)
def test_a_mark_in_a_long_document_comes_into_view(
    page: Page, url: str, document: Document, quote: str
) -> None:
    """At any depth: the mark is the quote, the text before it is text[:start], and the text is complete."""
    _open(page, url, document, quote)
    assert page.locator("mark").text_content() == quote
    assert page.evaluate(appearance.TEXT_BEFORE_MARK) == document.text[: document.text.index(quote)]
    assert page.locator("#text").text_content() == document.text
    assert _in_view(page)


@pytest.mark.parametrize("document", [BOOK, PLAIN], ids=["sections", "plain"])
def test_only_parts_near_the_window_are_laid_out(page: Page, url: str, document: Document) -> None:
    """Of hundreds of parts, so that a long document opens as fast as a short one."""
    quote = document.text[len(document.text) // 2 :][:60].strip()
    _open(page, url, document, quote)
    parts = page.locator(".part").count()
    assert parts > len(document.text) // 20_000
    sizes = page.locator(".part").evaluate_all("parts => parts.map((part) => part.textContent.length)")
    assert max(sizes) < 20_000
    visible = page.evaluate(VISIBLE)
    assert visible < parts / 5


def test_the_bar_is_above_the_text(page: Page, url: str) -> None:
    """Text that scrolls under it is covered: at the bar's place every visible element is the bar's."""
    _open(page, url, BOOK, "Rule 777 ends here.")
    covered = page.evaluate(
        """() => {
          const { left, top, width, height } = document.querySelector(".bar").getBoundingClientRect();
          const points = [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => [left + width * part, top + height / 2]);
          return points.map(([x, y]) => document.elementFromPoint(x, y).closest(".bar") !== null);
        }"""
    )
    assert covered == [True] * 5


@pytest.mark.parametrize("page", [{}, PHONE], ids=["desktop", "phone"], indirect=True)
def test_nothing_shows_beside_or_through_the_bar(page: Page, url: str) -> None:
    """It is as wide as the window, and painted over tables, lists and code that scroll under it."""
    _open(page, url, STRUCTURED, "London")
    page.evaluate("document.body.style.paddingBottom = '2000px'")
    for y in range(0, 700, 90):
        page.evaluate(f"scrollTo(0, {y})")
        covered = page.evaluate(
            """() => {
              const { top, height } = document.querySelector(".bar").getBoundingClientRect();
              const points = [0.01, 0.3, 0.6, 0.99].map((part) => [innerWidth * part, top + height / 2]);
              return points.map(([x, y]) => document.elementFromPoint(x, y).closest(".bar") !== null);
            }"""
        )
        assert covered == [True] * 4


def test_tables_and_lists_are_drawn_as_such(page: Page, url: str) -> None:
    """With all of the text in them and no bar or dash to be seen; the quoted row is marked."""
    row = "Paris | €190 | €55"
    _open(page, url, STRUCTURED, row)
    assert page.locator("#text").text_content() == STRUCTURED.text
    assert page.evaluate(appearance.TEXT_BEFORE_MARK) == STRUCTURED.text[: STRUCTURED.text.index(row)]
    assert "".join(page.locator("mark").all_text_contents()) == row
    assert page.locator("#text th").all_inner_texts() == ["City", "Hotel", "Meals"]
    rows = page.locator("#text tbody tr").all()
    assert [each.locator("td").all_inner_texts() for each in rows] == [
        ["London", "£210", ""], ["Paris", "€190", "€55"]
    ]  # fmt: skip
    assert page.locator("tr.marked").all_inner_texts() == [rows[1].inner_text()]
    assert page.locator("#text ol > li").count() == 3
    assert page.locator("#text ol > li ul > li").all_inner_texts() == ["the date", "the amount"]
    assert page.locator("#text ol > li .number").all_text_contents() == ["1. ", "2. ", "3. "]
    assert page.locator("#text blockquote").inner_text() == "Flights need approval."
    assert page.locator("#text pre").inner_text() == "claim --month 5"
    assert "|" not in page.locator("#text").inner_text()
    assert _in_view(page)


@pytest.mark.parametrize("quote", ["2. Fill in the form:", "- the amount\n3. Send", "£210 |\nParis"])
def test_a_mark_is_exact_in_lists_and_over_rows(page: Page, url: str, quote: str) -> None:
    """Its elements together are the quote, hidden dividers with them."""
    text = STRUCTURED.text
    quote = quote if quote in text else quote.replace("\n", "\n  ")
    start = text.index(quote)
    page.goto(f"{url}/documents/structured#{start}-{start + len(quote)}")
    page.locator("mark").first.wait_for(state="attached")
    assert "".join(page.locator("mark").all_text_contents()) == quote
    assert page.evaluate(appearance.TEXT_BEFORE_MARK) == text[:start]


@pytest.mark.parametrize("page", [{}, PHONE, DARK], ids=["desktop", "phone", "dark"], indirect=True)
def test_a_structured_document_has_no_fault_of_accessibility(page: Page, url: str) -> None:
    """Nor too little contrast, nor anything beyond the window's edge."""
    _open(page, url, STRUCTURED, "Paris | €190 | €55")
    assert axe.violations(page) == []
    assert appearance.low_contrast(page) == []
    assert appearance.overflow(page) == 0


@pytest.mark.parametrize("page", [{}, PHONE, DARK], ids=["desktop", "phone", "dark"], indirect=True)
def test_a_quote_is_marked_on_the_page_of_its_pdf(page: Page, url: str) -> None:
    """The page that it stands on, the mark around its place and in view; other pages by the arrows."""
    quote = "Travel is booked early"
    _open(page, url, HANDBOOK, quote)
    page.get_by_role("button", name="Page", exact=True).click()
    page.locator(".place").first.wait_for()
    assert page.locator("#text").is_hidden()
    assert page.locator(".pager span").inner_text() == "Page 2 of 2"
    image, place = page.locator(".sheet img").bounding_box(), page.locator(".place").bounding_box()
    assert image is not None
    assert place is not None
    middle = (place["y"] + place["height"] / 2 - image["y"]) / image["height"]
    assert middle == pytest.approx(697 / 842, abs=0.01)
    assert place["x"] - image["x"] == pytest.approx(image["width"] * 72 / 595, abs=2)
    assert 0 <= place["y"] <= VIEWPORT - place["height"]
    assert "view=page" in page.url
    assert axe.violations(page) == []
    assert appearance.overflow(page) == 0
    page.get_by_role("button", name="Previous page").click()
    page.get_by_alt_text("Page 1 of").wait_for()
    page.wait_for_function("document.querySelectorAll('.place').length === 0")
    page.get_by_role("button", name="Text", exact=True).click()
    assert page.locator("mark").first.inner_text() == quote


def test_the_original_can_be_downloaded(page: Page, url: str) -> None:
    """The link names its kind and size; the file is the one that was ingested."""
    page.goto(f"{url}/documents/handbook")
    link = page.get_by_role("link", name="Download the original (PDF,")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "handbook.pdf"
    assert download.value.path().read_bytes() == PDF
    page.goto(f"{url}/documents/short")
    page.locator("#text h2").wait_for()
    assert page.get_by_role("link", name="Download the original").count() == 0
    assert page.locator("#views").is_hidden()


def test_headings_are_heading_elements(page: Page, url: str) -> None:
    """A section's first line, if it is the heading, by its level; another line stays text."""
    page.goto(f"{url}/documents/short")
    page.locator("#text .heading").first.wait_for()
    assert page.locator("#text h2").all_text_contents() == ["Rules\n"]
    assert page.locator("#text h3").all_text_contents() == ["Pay\n"]
    assert page.locator("#text .heading").count() == 2
    assert page.locator("#text").text_content() == SHORT.text
    assert appearance.low_contrast(page) == []


def test_a_mark_can_cross_a_heading(page: Page, url: str) -> None:
    """One mark in each element; together they are the quote."""
    _open(page, url, SHORT, "all.\nPay\nPaid")
    assert "".join(page.locator("mark").all_text_contents()) == "all.\nPay\nPaid"
    assert page.locator("#text").text_content() == SHORT.text


def test_page_numbers_are_shown(page: Page, url: str) -> None:
    """That of the mark beside the document's name, and each where its page begins."""
    quote = "Rule 777 ends here."
    _open(page, url, BOOK, quote)
    number = BOOK.page_at(BOOK.text.index(quote))
    assert f"page {number} ·" in page.locator("#about").inner_text()
    before = page.evaluate(
        """() => [...document.querySelectorAll(".page")]
          .filter((at) => at.compareDocumentPosition(document.querySelector("mark")) & 4)
          .at(-1).dataset.number"""
    )
    assert int(before) == number
    assert page.locator(".page").count() == len(BOOK.pages)
    assert appearance.overflow(page) == 0
