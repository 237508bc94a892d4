"""The target of a link is part of the text where it says something new."""

from __future__ import annotations

import pytest

from ingest.formats.link_targets import LinkTargets
from tests.files import docx, read_document, saved_bytes


@pytest.mark.parametrize(
    ("text", "href", "told"),
    [
        ("the portal", "https://example.org/apply?form=3", " (https://example.org/apply?form=3)"),
        ("the portal", "http://www.example.org", " (http://www.example.org)"),
        ("Robin Vale", "mailto:robin%2Bdesk@example.org?subject=Hello", " (robin+desk@example.org)"),
        ("the desk", "tel:+49-30-1234", " (+49-30-1234)"),
        ("example.org/apply", "https://example.org/apply", ""),
        ("www.example.org", "https://example.org/?from=mail", ""),
        ("robin@example.org", "mailto:Robin@example.org", ""),
        ("030 1234", "tel:+49301234", ""),
        ("the form", "form.html", ""),
        ("below", "#below", ""),
        ("click", "javascript:open()", ""),
        ("x", "mailto:nobody", ""),
        ("x", "https://intranet/apply", ""),
        ("x", "https://[broken/apply", ""),
        ("→", "https://example.org/next", ""),
        ("ad", f"https://example.org/{'x' * 200}", ""),
        ("ad", f"https://example.org/?{'x' * 90}", ""),
        ("a", "https://example.org/a b", ""),
    ],
)
def test_a_target_is_told_where_it_says_something_new(text: str, href: str, told: str) -> None:
    """Addresses that a person can use; not what the text says itself, nor what only machines read."""
    assert LinkTargets().of(text, href) == told


def test_a_target_is_told_once_in_a_section() -> None:
    """A page that names its portal in each sentence stays readable."""
    page = "<h2>A</h2><p>%s and %s.</p><h2>B</h2><p>%s</p>" % (("<a href='https://x.org/f'>form</a>",) * 3)
    text = read_document(page, "a.html").text
    assert text == "A\n\nform (https://x.org/f) and form.\n\nB\n\nform (https://x.org/f)"


@pytest.mark.parametrize(
    ("name", "source", "text"),
    [
        ("a.html", "<p>Apply <a href='https://x.org/f'>here </a>.</p>", "Apply here (https://x.org/f)."),
        ("a.html", "<p>Go <a href='https://x.org/f'>here </a>now", "Go here (https://x.org/f) now"),
        ("a.html", "<p>Ask <a href='mailto:a@x.org'><b>Ada</b></a>.</p>", "Ask Ada (a@x.org)."),
        ("a.html", "<ul><li><a href='https://x.org'>The X</a></ul>", "- The X (https://x.org)"),
        ("a.html", "<main><h1><a href='https://x.org'>The X</a></h1><p>y</main>", "The X\n\ny"),
        ("a.html", "<p>x</p><pre><a href='https://x.org'>make</a></pre>", "x\n\nmake"),
        ("a.html", "<p>x<cite><a href='https://x.org'>Ada</a></cite></p>", "xAda"),
        ("a.html", "<a href='https://x.org'><div><p>A</p><p>B</p></div></a>", "A\n\nB"),
        ("a.md", "Apply [here](https://x.org/f).", "Apply here (https://x.org/f)."),
        ("a.md", "Apply [here][f].\n\n[f]: https://x.org/f", "Apply here (https://x.org/f)."),
        ("a.md", "- [Ada](mailto:a@x.org)", "- Ada (a@x.org)"),
        ("a.md", "> [Ada](mailto:a@x.org)", "Ada (a@x.org)"),
        ("a.md", "| [N](https://n.org) |\n|-|\n| [Ada](mailto:a@x.org) |", "N\nAda (a@x.org)"),
        ("a.md", "# [Ada](https://x.org)\n\ny", "Ada\n\ny"),
        ("a.md", "[![built](b.svg)](https://x.org) y", "built y"),
        ("a.md", 'Apply <a href="https://x.org/f">here</a>.', "Apply here (https://x.org/f)."),
        ("a.md", "See https://x.org/f or <https://x.org/f>.", "See https://x.org/f or https://x.org/f."),
    ],
)
def test_targets_stand_behind_the_texts_of_links(name: str, source: str, text: str) -> None:
    """In paragraphs, items and cells of pages and Markdown; not in headings, code, citations and badges."""
    assert read_document(source, name).text == text


def test_targets_of_links_in_word_are_told() -> None:
    """As in a page."""
    from docx import Document as Word
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    file = Word()
    paragraph = file.add_paragraph("Apply ")
    link = OxmlElement("w:hyperlink")
    link.set(
        qn("r:id"), file.part.relate_to("https://x.org/f", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    )
    run = OxmlElement("w:r")
    words = OxmlElement("w:t")
    words.text = "here"
    run.append(words)
    link.append(run)
    paragraph._p.append(link)  # python-docx writes no links
    assert read_document(saved_bytes(file), "a.docx").text == "Apply here (https://x.org/f)"
    assert read_document(docx("Apply here"), "a.docx").text == "Apply here"
