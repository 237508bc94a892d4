"""A web page's content is read with its headings, lists and tables, and without its menus."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.limits import Limits
from rag.errors import DocumentTooLarge, UnreadableDocument
from tests.files import LEAVE, blocks, check_document, html_table, read_document

FRAGMENTS = [
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<ul><li>",
    "</ul>",
    "<ol start=3>",
    "<li>",
    "<table><tr><td>",
    "<td rowspan=2>",
]
FRAGMENTS += [
    "<th colspan=3>",
    "</table>",
    "<tr>",
    "<h2>",
    "</h2>",
    "<pre>",
    "</pre>",
    "<blockquote>",
    "<br>",
    "<a href=#>",
]
FRAGMENTS += [
    "<dl><dt>",
    "<dd>",
    "<sup>2</sup>",
    "<!-- c -->",
    "<script>x</script>",
    "words here. ",
    "é😀",
    "&amp;",
    "<nav>",
]


@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=30))
def test_any_markup_gives_a_valid_document(fragments: list[str]) -> None:
    """However tags are mixed up; or it is refused."""
    with suppress(UnreadableDocument):
        check_document(read_document("".join(fragments), "a.html"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One <b>bold</b>\n word.</p><p>Two</p>", "One bold word.\n\nTwo"),
        ("<p>10<sup>5</sup> H<sub>2</sub>O, see<sup><a href='#n'>[1]</a></sup></p>", "10⁵ H₂O, see[1]"),
        ("<p>a<br>b &amp; c &nbsp;d</p>", "a\nb & c \xa0d"),
        ("<p>was <del>old</del> <ins>new</ins></p>", "was ~~old~~ new"),
        ("<div>loose <span>text</span><p>par</p>tail</div>", "loose text\n\npar\n\ntail"),
        ("<a href='#'><div>in a link</div></a>", "in a link"),
        ("<pre>  a\n    b\n</pre>", "  a\n    b"),
        ("<img alt='A red fox asleep'><img alt='logo'><p>x</p>", "A red fox asleep\n\nx"),
        ("<dl><dt>PTO</dt><dd>Paid time off</dd></dl>", "PTO\n\nPaid time off"),
    ],
)
def test_inline_markup_reads_as_a_browser_shows_it(source: str, text: str) -> None:
    """White space is folded, powers stay powers, breaks are line ends."""
    assert read_document(source, "a.html").text == text


def test_menus_banners_and_scripts_are_left_out() -> None:
    """Only the content is in the document."""
    page = """<html><head><title>Leave | Intranet</title><script>track()</script></head><body>
    <header><a href=/>Home</a></header><nav><ul><li><a href=1>Products</a></li></ul></nav>
    <div class="cookie-consent">We use cookies</div>
    <ul><li><a href=a>Blog</a><li><a href=b>Jobs</a><li><a href=c>Press</a><li><a href=d>Shop</a></ul>
    <h1>Leave policy</h1><p>Everyone gets 25 days off each year, and more after five years of service.</p>
    <p hidden>secret</p><div style="display: none">gone</div><noscript>Turn on scripts</noscript>
    <aside>Related: parental leave</aside><footer>Imprint</footer><form><button>Send</button></form>
    </body></html>"""
    document = read_document(page, "a.html")
    assert document.title == "Leave policy"
    assert document.text == (
        "Leave policy\n\nEveryone gets 25 days off each year, and more after five years of service."
    )


def test_the_main_element_is_the_content() -> None:
    """Links inside it stay, everything outside is left out."""
    links = "".join(f"<li><a href={n}>Office {n}</a></li>" for n in range(6))
    page = f"<body><div>Sign in</div><main><h1>Offices</h1><ul>{links}</ul></main><div>Bye</div></body>"
    text = read_document(page, "a.html").text
    assert text.startswith("Offices\n\n- Office 0\n- Office 1")
    assert "Sign in" not in text
    assert "Bye" not in text


def test_links_are_the_content_if_there_is_no_other() -> None:
    """A page that is a list of links has a document."""
    links = "".join(f"<li><a href={n}>Office number {n}</a></li>" for n in range(6))
    assert "Office number 3" in read_document(f"<ul>{links}</ul>", "a.html").text


def test_the_context_of_items_is_the_sentence_before() -> None:
    """That of nested lists is their item; numbers count from the list's start."""
    page = "<p>Bring these. You need:</p><ul><li>a pen<ul><li>blue</ul><li><p>paper</p><p>A4</p></ul>"
    page += "<ol start=4><li>x</ol>"
    assert blocks(read_document(page, "a.html")) == [
        ("paragraph", "Bring these. You need:", None),
        ("list_item", "- a pen", "You need:"),
        ("list_item", "- blue", "- a pen"),
        ("list_item", "- paper", "You need:"),
        ("paragraph", "A4", "- paper"),
        ("list_item", "4. x", None),
    ]


def test_the_context_of_rows_is_their_header() -> None:
    """That of the header is the sentence that announces the table."""
    page = f"<p>As follows:</p>{html_table(LEAVE)}"
    assert blocks(read_document(page, "a.html"))[1:3] == [
        ("table_header", "Years of service | Days off | Notice", "As follows:"),
        ("table_row", "less than 2 | 20 | one week", "Years of service | Days off | Notice"),
    ]


def test_cells_that_span_rows_are_repeated_in_each() -> None:
    """So that each row can be understood by itself."""
    page = """<table><tr><th>Grade<th>Leave<th>Note</tr>
    <tr><td rowspan=2>A<td>20<td rowspan=2>old</tr><tr><td>25</tr><tr><td>B<td colspan=2>none</tr></table>"""
    assert [text for _, text, _ in blocks(read_document(page, "a.html"))] == [
        "Grade | Leave | Note",
        "A | 20 | old",
        "A | 25 | old",
        "B | none |",
    ]


def test_a_table_for_layout_is_no_table() -> None:
    """Its cells are read one after the other."""
    page = "<table><tr><td><h2>Left</h2><p>One.</p></td><td><p>Two.</p></td></tr></table>"
    assert [(k, t) for k, t, _ in blocks(read_document(page, "a.html"))] == [
        ("heading", "Left"),
        ("paragraph", "One."),
        ("paragraph", "Two."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "shift_jis", "koi8_r"])
def test_a_page_is_decoded_as_declared(encoding: str) -> None:
    """By a meta element or a byte order mark."""
    words = {"shift_jis": "有給休暇は二十日です。", "koi8_r": "Отпуск двадцать дней."}.get(
        encoding, "Café – 20 €"
    )
    page = f"<html><head><meta charset='{encoding}'></head><body><p>{words}</p></body></html>"
    assert read_document(page.encode(encoding), "a.html").text == words


def test_a_wrong_declaration_is_ignored() -> None:
    """The encoding is detected from the bytes."""
    assert read_document("<meta charset=ascii><p>Käse</p>".encode(), "a.html").text == "Käse"
    assert read_document("<meta charset=nonsense-9><p>Käse</p>".encode(), "a.html").text == "Käse"


def test_meta_elements_are_metadata() -> None:
    """Author, description and date; and the language."""
    page = "<html lang=en><head><meta name=Author content='Ada  L'><meta name=robots content=x></head><p>t"
    assert dict(read_document(page, "a.html").metadata) == {"author": "Ada L", "language": "en"}


def test_nesting_beyond_the_limit_is_refused() -> None:
    """Below the limit it is read; a hundred thousand levels are refused too."""
    deep = lambda count: "<div>" * count + "word" + "</div>" * count  # noqa: E731
    assert read_document(deep(90), "a.html", limits=Limits(depth=100)).text == "word"
    with pytest.raises(DocumentTooLarge, match="nests elements more than 100 deep"):
        read_document(deep(200), "a.html", limits=Limits(depth=100))
    with pytest.raises(DocumentTooLarge, match="nests elements more than 200 deep"):
        read_document(deep(100_000), "a.html")


def test_a_page_without_text_is_refused() -> None:
    """The message names the file."""
    with pytest.raises(UnreadableDocument, match=r"a\.html is empty"):
        read_document("<html><body><script>only()</script></body></html>", "a.html")
