"""What a page says is kept whatever its elements are named; menus, banners and signs go."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest

from ingest.formats.markup.html import read
from ingest.formats.source import Source
from rag.errors import UnreadableDocument
from tests.files import blocks, read_document

PROSE = (
    "<p>The inn stands at the old ford, has nine tables indoors, and is closed through all of January.</p>"
)


def text_of(body: str) -> str:
    return read_document(f"<html><body>{body}</body></html>", "a.html").text


@pytest.mark.parametrize(
    "part",
    [
        "<section class='food-menu'><h2>Evening</h2><ul><li>Trout, 19 euros</li></ul></section>",
        "<section class='food-menu'><ul><li><a href=t>Trout</a>, 19 euros with two sides</li></ul></section>",
        "<ul class='menu'><li><a href=t>Trout with nuts</a>, 19 euros<li><a href=p>Pie</a>, 14 euros</ul>",
        "<section id='photo-consent'><h2>Photos</h2><p>Guests take a yellow ribbon.</p></section>",
        "<div class='cookies'><h2>Cookies</h2><p>Our oat cookies cost 2 euros each.</p></div>",
        "<div class='profit-sharing'><p>Each helper gets 3 percent.</p></div>",
        "<p id='pagination'>Number the pages at the foot.</p>",
        "<div class='sidebar'><p>The spare key hangs in the office.</p></div>",
        "<div class='social'><p>We meet on Fridays; see <a href=p>the plan</a> beside the door.</p></div>",
        "<ul role='menu'><li>Pear cake, 6 euros, with cream</li></ul>",
        "<nav><p>Leave the motorway at exit 9 and turn left at the mill.</p></nav>",
        "<nav><p>Leave the motorway at exit 9, see <a href=m>map</a>, and turn left.</p></nav>",
        "<template shadowrootmode='open'><p>Open at nine.</p></template>",
        "<aside class='note'><p>Ring twice.</p></aside>",
        "<details><summary>Parking</summary><p>Behind the barn.</p></details>",
    ],
)
@pytest.mark.parametrize("around", ["<main>{}</main>", "<article>{}</article>", "{}"])
def test_content_is_kept_whatever_it_is_named(part: str, around: str) -> None:
    """In a main element, in an article, and on a page without either."""
    text = text_of(around.format(f"<h1>The Mill Inn</h1>{PROSE * 3}{part}{PROSE}"))
    expected = re.sub(r"<[^>]+>", "\n", part).split("\n")
    assert [words for words in expected if words.strip(" ,") and words not in text] == []


@pytest.mark.parametrize(
    "part",
    [
        "<div class='navbar menu'><a href=a>Home</a> <a href=b>Rooms</a></div>",
        "<div class='pagination'>Page <a href=1>one</a> <a href=2>two</a></div>",
        "<div id='cookie-banner'><p>We use cookies to measure visits.</p><button>Accept</button></div>",
        "<div class='consent'><h3>Your privacy</h3><p>This site tracks.</p><button>Accept</button></div>",
        "<div class='share'>Share: <a href=f>Facebook</a> <a href=x>Mastodon</a></div>",
        "<div class='newsletter'>Get our news <form><input name=mail></form></div>",
        "<dialog id='d'><p>Sign in to read on, dear guest.</p></dialog>",
        "<a href='#main' class='skip'>Skip to main content</a>",
        "<p><a href='https://example.org/edit'>Edit this page</a></p>",
        "<p aria-hidden='true'>gone</p>",
        "<template><p>Never shown.</p></template>",
        "<nav><a href=a>Home</a></nav>",
        "<nav><a>Home</a> <a>Rooms</a> <a>Prices</a> <a>Contact and directions</a></nav>",
        "<ul role=menu><li role=menuitem>Open a file from the disk</li></ul>",
    ],
)
@pytest.mark.parametrize("around", ["<main>{}</main>", "{}"])
def test_what_is_made_like_a_menu_or_banner_goes(part: str, around: str) -> None:
    """Inside the main element too."""
    text = text_of(around.format(f"<h1>The Mill Inn</h1>{PROSE}{part}"))
    assert len(text.splitlines()) == 3, text


def test_notes_beside_the_main_element_are_kept() -> None:
    """After it; lists of links beside it, banners and footers are not."""
    text = text_of(
        "<header><a href=/>Home</a></header><aside><a href=1>One</a><a href=2>Two</a></aside>"
        f"<main><h1>Pump</h1>{PROSE}</main><aside><p>Never run the pump dry.</p></aside>"
        "<footer>© 2020 The owner. All rights reserved, in every country.</footer>"
    )
    assert text.split("\n\n")[2:] == ["Never run the pump dry."]


def test_what_a_footer_says_is_kept() -> None:
    """On a page without a main element; a copyright notice is not."""
    page = f"<h1>Inn</h1>{PROSE}<footer>%s</footer>"
    assert text_of(page % "Mill Lane 4, open from nine to five, closed on Mondays.").endswith("Mondays.")
    assert "2020" not in text_of(page % "<p>© 2020 The Mill Inn, built with love by the owner's nephew.</p>")


def test_a_list_of_links_below_its_announcement_is_content() -> None:
    """On a page without a main element; a list of links that nothing announces is a menu."""
    links = "".join(f"<li><a href={n}>Form {n}</a></li>" for n in range(5))
    assert "- Form 3" in text_of(f"<h1>Forms</h1>{PROSE}<p>These are needed:</p><ul>{links}</ul>")
    assert "Form 3" not in text_of(f"<ul>{links}</ul><h1>Forms</h1>{PROSE}")


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Setup<a class=headerlink href=#s>¶</a>", "Setup"),
        ("Setup<a class=headerlink href=page.html#s>#</a>", "Setup"),
        ("<a class=anchor href=#s></a>Setup", "Setup"),
        ("Setup <a class=header-anchor href=#s aria-label='Permalink'>\u200b</a>", "Setup"),
        ("Setup <a class=anchor-link href=#s><span>Section titled “Setup”</span></a>", "Setup"),
        ("Setup <a class=permalink href=#s>Link to this heading</a>", "Setup"),
        ("Setup ¶", "Setup"),
        ("<a class=header href=#s>Setup</a>", "Setup"),
        ("<a class=anchor href=#s>Setup</a> of C#", "Setup of C#"),
        ("§ 5 Leave <a href=#s>§</a>", "§ 5 Leave"),
    ],
)
def test_permalinks_go_from_headings(heading: str, text: str) -> None:
    """The signs of Sphinx, MkDocs, Docusaurus, VitePress and others; not a heading's own words."""
    assert text_of(f"<main><h2>{heading}</h2><p>Two.</p></main>") == f"{text}\n\nTwo."


@pytest.mark.parametrize(
    "code",
    [
        "<table class=highlighttable><tr><td class=linenos><pre>1\n2</pre></td>"
        "<td><pre>a = 1\nb = 2</pre></td></tr></table>",
        "<pre><span class=linenos>1</span>a = 1\n<span class=linenos>2</span>b = 2</pre>",
        "<pre><code><div class=token-line>a = 1</div><div class=token-line>b = 2</div></code></pre>",
        "<pre><code><span class=token-line>a = 1<br></span><span>b = 2<br></span></code></pre>",
    ],
)
def test_code_is_read_line_by_line_without_line_numbers(code: str) -> None:
    """As Sphinx, MkDocs and Docusaurus write it."""
    assert blocks(read_document(f"<main><p>x</p>{code}</main>", "a.html"))[1:] == [
        ("code", "a = 1\nb = 2", None)
    ]


def test_a_formula_is_read_once() -> None:
    """As its author wrote it, not as its signs and then again."""
    source = "<annotation encoding='application/x-tex'>c^2</annotation>"
    formula = f"<math><msup><mi>c</mi><mn>2</mn></msup>{source}</math>"
    assert text_of(f"<p>It is {formula}.</p>") == "It is c^2."


@pytest.mark.parametrize(
    "faq",
    [
        "<details><summary>May dogs come?</summary><p>On a lead.</p></details>",
        "<button class=accordion>May dogs come?</button><div style='display:none'><p>On a lead.</p></div>",
        "<button aria-controls=d>May dogs come?</button><div id=d hidden><p>On a lead.</p></div>",
        "<div><button aria-expanded=false>May dogs come?</button></div><div hidden><p>On a lead.</p></div>",
        "<button>May dogs come?</button><p>On a lead.</p>",
    ],
)
def test_an_answer_has_its_question_as_context(faq: str) -> None:
    """Whatever makes it open at a click; hidden until then or not."""
    page = f"<main><p>x</p>{faq}<button>Send</button></main>"
    assert blocks(read_document(page, "a.html"))[1:] == [
        ("paragraph", "May dogs come?", None),
        ("paragraph", "On a lead.", "May dogs come?"),
    ]


def test_a_button_in_a_heading_is_the_heading() -> None:
    """As in Bootstrap's accordions."""
    page = "<main><h3><button aria-controls=d>May dogs come?</button></h3><div id=d hidden>On a lead.</div>"
    assert [(k, t) for k, t, _ in blocks(read_document(page, "a.html"))] == [
        ("heading", "May dogs come?"),
        ("paragraph", "On a lead."),
    ]


@pytest.mark.parametrize(
    "tabs",
    [
        "<div><ul role=tablist><li role=tab>Linux</li><li role=tab>macOS</li></ul><div>"
        "<div role=tabpanel>Use apt.</div><div role=tabpanel hidden>Use brew.</div></div></div>",
        "<ul role=tablist><li role=tab aria-controls=a>Linux</li><li role=tab aria-controls=b>macOS</li></ul>"
        "<div id=a>Use apt.</div><div id=b style='display: none'>Use brew.</div>",
        "<div class=tabbed-set><input type=radio><div class=tabbed-labels><label>Linux</label><label>macOS"
        "</label></div><div class=tabbed-content><div class=tabbed-block>Use apt.</div>"
        "<div class=tabbed-block>Use brew.</div></div></div>",
    ],
)
def test_what_a_tab_shows_has_its_label_as_context(tabs: str) -> None:
    """All tabs are read, not only the one that is open."""
    assert blocks(read_document(f"<main>{tabs}</main>", "a.html")) == [
        ("paragraph", "Linux", None),
        ("paragraph", "Use apt.", "Linux"),
        ("paragraph", "macOS", None),
        ("paragraph", "Use brew.", "macOS"),
    ]


def test_a_menu_that_a_button_opens_stays_hidden() -> None:
    """And what nothing opens."""
    page = (
        "<button aria-controls=m>All pages</button><div id=m hidden><a href=1>One</a></div>"
        f"<h1>Inn</h1>{PROSE}<div hidden>gone</div>"
    )
    assert "One" not in text_of(page)
    assert "gone" not in text_of(page)


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            "<tr><th></th><th><h4>Sprout</h4></th><th><h4>Grove</h4></th></tr>"
            "<tr><th><h4>Seats</h4></th><td>3</td><td>5</td></tr>",
            ["| Sprout | Grove", "Seats | 3 | 5"],
        ),
        (
            "<tr><td><h4>Plan</h4></td><td><h4>Seats</h4></td></tr><tr><td>Sprout</td><td>3</td></tr>",
            ["Plan | Seats", "Sprout | 3"],
        ),
        (
            "<tr><th>Plan</th><th>Ports</th><tr><td>Sprout</td><td><ul><li>80</li><li>443</li></ul></td></tr>",
            ["Plan | Ports", "Sprout | 80; 443"],
        ),
        (
            "<tr><th>Plan</th><th>Note</th></tr><tr><td>Sprout</td><td><p>One.</p><p>Two.</p></td></tr>",
            ["Plan | Note", "Sprout | One. Two."],
        ),
        (
            "<tr><th>Plan</th><th>Hours</th><tr><td>Sprout</td><td><table><tr><td>Mon</td><td>9</td></tr>"
            "<tr><td>Tue</td><td>8</td></tr></table></td></tr>",
            ["Plan | Hours", "Sprout | Mon 9; Tue 8"],
        ),
    ],
)
def test_a_table_of_data_stays_one_whatever_its_cells_hold(table: str, rows: list[str]) -> None:
    """Headings, lists, paragraphs or tables."""
    assert [text for _, text, _ in blocks(read_document(f"<table>{table}</table>", "a.html"))] == rows


def test_boxes_of_task_lists_are_read() -> None:
    """Ticked or not."""
    page = "<ul><li><input type=checkbox disabled checked> Keys<li><input type=checkbox disabled> Badge</ul>"
    assert text_of(f"<main>{page}</main>") == "- ☑ Keys\n- ☐ Badge"


@pytest.mark.parametrize(
    "part",
    [
        "<button aria-controls=d>Why?</button>",
        "<dialog id=d>x</dialog><button aria-controls=d>y</button>",
        "<div role=tablist><b role=tab>a</b></div><i role=tabpanel>b</i>",
        "<h2>x<a class=anchor href=#x>link</a></h2>",
        "<a class=anchor href=#x>link</a>",
        "<p>a</p><ul>" + "<li><a href=1>b</a>" * 4 + "</ul>",
        "<table><tr><th>a<td><ul><li>b<li>c</ul></table>",
        "<div class=menu><a href=1>b</a>",
        "<details><summary>a</summary>b</details>",
        "<sup><a href=https://x.org>b</a>",
    ],
)
def test_time_is_linear_in_the_page(part: str) -> None:
    """Twice the page takes less than four times as long, and not much in all."""

    def seconds(count: int) -> float:
        return min(once(count) for _ in range(3))  # a collection of garbage is counted in one of them

    def once(count: int) -> float:
        page = f"<body><div id=d>{'word ' * 2000}</div>{part * count}</body>"
        began = time.process_time()
        with suppress(UnreadableDocument):
            read(Source(data=page.encode(), name="a.html", uri="a", document_id="d"))
        return time.process_time() - began

    seconds(10)
    assert seconds(2_000) < 4 * max(seconds(1_000), 0.25)


def test_a_linked_list_named_menu_is_content_in_the_main_element() -> None:
    """Elsewhere it is a menu."""
    menu = "<ul class=menu><li><a href=t>Trout</a><li><a href=p>Pie</a></ul>"
    assert "- Pie" in text_of(f"<main><h1>Inn</h1>{PROSE}{menu}</main>")
    assert "Pie" not in text_of(f"{menu}<h1>Inn</h1>{PROSE}")
