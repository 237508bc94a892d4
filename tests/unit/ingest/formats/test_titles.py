"""A document's title is a title: what programs, templates and stamps leave in its place isn't taken."""

from __future__ import annotations

import io

import pytest

from ingest.formats.titles import is_title, tidy
from rag.types import Document
from tests.files import pdf, read_document

RULE = "Boats are tied at both ends and the bell is rung twice before the office opens at nine."


@pytest.mark.parametrize(
    "text",
    [
        "Name", "Table of Contents", "CONTENTS", "Title:", "Untitled document", "Untitled1", "Page 1 of 9",
        "Sheet1", "Document 2", "DRAFT", "– Confidential –", "PowerPoint Presentation", "Header", "A", "12",
        "", "Microsoft Word - leave.doc", "Microsoft Word – leave", "microsoft powerpoint - deck.pptx",
        "Microsoft Word", "leave_v2.docx", "report.indd", "C:\\Users\\ann\\leave.doc", "https://example.org/leave",
        "0f8c2b1e-9d3a-4c61-8a55-1b2c3d4e5f60", "L E A V E", "T R A V E L  P O L I C Y",
    ],
)  # fmt: skip
def test_what_is_no_title(text: str) -> None:
    """Generic words, stamps, file names, addresses, numbers, and letters that stand apart."""
    assert not is_title(tidy(text))


@pytest.mark.parametrize(
    "text",
    [
        "Leave policy", "Name changes", "Contents insurance", "Page layout", "Draft beer", "Confidentiality",
        "Microsoft wikipedia - Search", "Microsoft Word for beginners", "Titles and names", "Node.js",
        "Rules of 2026", "R & D", "休暇規程", "Q4 results", "Document retention", "A to Z of moorings",
        "Sheet metal",
    ],
)  # fmt: skip
def test_what_is_a_title(text: str) -> None:
    """Also where it begins with a generic word, is short, or of another script."""
    assert is_title(tidy(text))


def test_signs_of_links_are_no_part_of_a_title() -> None:
    """Nor of the path of headings: the heading is the title."""
    document = read_document("<h1>Setup¶</h1><p>Install it.</p><h2>Paths</h2><p>They are set.</p>", "a.html")
    assert document.title == "Setup"
    assert [section.path for section in document.sections] == [(), ("Paths",)]


@pytest.mark.parametrize(
    ("data", "name", "title"),
    [
        ("# Name\n\nAnn.", "mooring-rules.md", "mooring rules"),
        ("# Table of Contents\n\n- Boats\n\n# Mooring\n\nTie them.", "rules.md", "Mooring"),
        ("---\ntitle: Untitled\n---\n# Mooring\n\nTie them.", "rules.md", "Mooring"),
        ("<title>Mooring</title><h1>Contents</h1><p>Tie them.</p>", "rules.html", "Mooring"),
        ("<title>Untitled</title><p>Tie them.</p>", "mooring_rules.html", "mooring rules"),
        ('{"title": "Document1", "text": "Tie them."}', "mooring.json", "mooring"),
        ("= Contents\n\nTie them.", "mooring.adoc", "mooring"),
        ("CONTENTS\n\nTie the boats at both ends.", "mooring.txt", "mooring"),
        ("Subject: (untitled)\nFrom: a@example.org\n\nTie them.", "mooring.eml", "mooring"),
    ],
)
def test_the_next_heading_or_the_files_name_is_the_title(data: str, name: str, title: str) -> None:
    """In every format whose own title isn't one."""
    assert read_document(data, name).title == title


def test_a_title_that_a_program_left_in_a_pdf_is_not_taken() -> None:
    """Its biggest heading is, or else its file's name."""
    body = [(72, 100 + 14 * row, RULE) for row in range(8)]
    data = pdf([(72, 70, "Mooring", 22), *body], title="Microsoft Word - x.doc")
    assert read_document(data, "x.pdf").title == "Mooring"
    assert (
        read_document(pdf(body, title="PowerPoint Presentation"), "harbour-rules.pdf").title
        == "harbour rules"
    )


def _stamped(stamp: str, angle: int, *, first: bool) -> Document:
    """A PDF of three pages with a watermark, below the text or above it."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))

    def write_stamp() -> None:
        canvas.saveState()
        canvas.setFont("Helvetica-Bold", 70)
        canvas.translate(300, 420)
        canvas.rotate(angle)
        canvas.drawCentredString(0, 0, stamp)
        canvas.restoreState()

    for number in range(3):
        if first:
            write_stamp()
        canvas.setFont("Helvetica-Bold", 22)
        canvas.drawString(72, 760, f"Mooring, part {'ABC'[number]}")
        canvas.setFont("Helvetica", 10)
        for row in range(12):
            canvas.drawString(72, 720 - 14 * row, RULE)
        if not first:
            write_stamp()
        canvas.showPage()
    canvas.save()
    return read_document(out.getvalue(), "x.pdf")


@pytest.mark.parametrize("first", [True, False], ids=["below", "above"])
@pytest.mark.parametrize("angle", [0, 30, 45, 60, 90])
def test_a_watermark_is_neither_title_nor_torn_apart(angle: int, first: bool) -> None:
    """At any angle: its letters aren't mixed into the text."""
    document = _stamped("QUAY COPY", angle, first=first)
    assert document.title == "Mooring, part A"
    assert document.text.count(RULE) == 36
    rest = document.text.replace(RULE, "").replace("QUAY COPY", "")
    assert rest.split() == ["Mooring,", "part", "A", "Mooring,", "part", "B", "Mooring,", "part", "C"]


def test_a_single_stamp_stays_whole() -> None:
    """On one page alone it is text like any other, in the order of its letters."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    canvas.setFont("Helvetica", 10)
    canvas.drawString(72, 720, RULE)
    canvas.rotate(40)
    canvas.setFont("Helvetica", 40)
    canvas.drawString(300, 100, "Valid until May")
    canvas.showPage()
    canvas.save()
    assert read_document(out.getvalue(), "x.pdf").text == f"{RULE}\n\nValid until May"
