"""Scanned pages are recognised where Tesseract is installed, and told as unread where they can't be read."""

from __future__ import annotations

import io
from typing import Any

import pytest

from ingest.formats.limits import Limits, Recognition
from ingest.formats.recognition import tesseract, turned
from ingest.formats.recognition.lines import confidence, to_lines
from ingest.formats.recognition.tesseract import Word
from ingest.page_view import page_marks
from rag.errors import UnreadableDocument
from rag.types import Span
from tests.files import blocks, check_document, pdf, read_document, typeset
from tests.require import require
from tests.unit.ingest.formats.pdf.drawing import HEIGHT, drawn, scanned

RULES = [
    (72, 100, "Mooring rules of the harbour", 20),
    *typeset(
        "Boats are tied at both ends and the bell is rung twice before the office opens at nine. The key to"
        " the crane is kept by the harbour master, who lends it for an hour against a deposit of forty.",
        y=150, points=12, width=70,
    ),
]  # fmt: skip
OFF = Limits(recognition=Recognition(languages=""))


@pytest.fixture
def _tesseract() -> None:
    require(tesseract.version(), "Tesseract's library isn't installed (Debian: tesseract-ocr)")


def _joined(*parts: bytes) -> bytes:
    """The pages of several PDFs in one."""
    import pypdfium2 as pdfium

    whole = pdfium.PdfDocument.new()
    for part in parts:
        with pdfium.PdfDocument(part) as pages:
            whole.import_pages(pages)
    out = io.BytesIO()
    whole.save(out)
    whole.close()
    return out.getvalue()


@pytest.mark.usefixtures("_tesseract")
def test_a_scan_is_recognised() -> None:
    """Headings and paragraphs as those of drawn text; the pages are named with their confidence."""
    document = read_document(scanned(pdf(RULES)), "a.pdf")
    check_document(document)
    assert [(kind, text) for kind, text, _ in blocks(document)] == [
        (kind, text) for kind, text, _ in blocks(read_document(pdf(RULES), "a.pdf"))
    ]
    assert document.title == "Mooring rules of the harbour"
    number, _, share = document.metadata["recognised_pages"].partition(" ")
    assert number == "1"
    assert 0.8 < float(share.strip("()")) <= 1
    assert "unread" not in document.metadata


@pytest.mark.usefixtures("_tesseract")
def test_quotes_of_a_scan_are_marked_on_its_page() -> None:
    """The second page's, where the words stand on it."""
    data = _joined(pdf([(72, 100, "A page of text.")]), scanned(pdf(RULES)))
    document = read_document(data, "a.pdf")
    start = document.text.index("crane is kept")
    [page] = page_marks(data, "a.pdf", document, Span(start, start + len("crane is kept")))
    [box] = page.boxes
    assert page.number == document.page_at(start) == 2
    y = next(row[1] for row in RULES if "crane is kept" in row[2])
    assert box.top * HEIGHT < y - 3 < (box.top + box.height) * HEIGHT
    assert box.height * HEIGHT < 25


def _turned(data: bytes, quarter: int, *, rotate: int = 0) -> bytes:
    """A scan of the first page laid on the scanner by quarter turns clockwise; ``rotate``: the page says to
    show it turned by so many degrees."""
    import pypdfium2 as pdfium
    from reportlab.lib.utils import ImageReader

    with pdfium.PdfDocument(data) as pages:
        image = pages[0].render(scale=200 / 72, grayscale=True).to_pil()
    image = image.rotate(-90 * quarter, expand=True)
    width, height = (595, HEIGHT) if quarter % 2 == 0 else (HEIGHT, 595)

    def page(canvas: Any) -> None:
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(image), 0, 0, width, height)

    out = io.BytesIO()
    with pdfium.PdfDocument(drawn(page)) as scan:
        scan[0].set_rotation(rotate)
        scan.save(out)
    return out.getvalue()


@pytest.mark.usefixtures("_tesseract")
@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_a_page_that_was_scanned_sideways_is_recognised(quarter: int) -> None:
    """As an upright one; a quote is marked where it stands on the page as it was scanned."""
    upright, data = pdf(RULES), _turned(pdf(RULES), quarter)
    document = read_document(data, "a.pdf")
    check_document(document)
    assert document.text == read_document(upright, "a.pdf").text
    start = document.text.index("crane is kept")
    span = Span(start, start + len("crane is kept"))
    [[expected], boxes] = [page_marks(each, "a.pdf", document, span)[0].boxes for each in (upright, data)]
    assert 1 <= len(boxes) <= 3
    for box in boxes:
        across, down = box.left + box.width / 2, box.top + box.height / 2
        x, y = {1: (down, 1 - across), 2: (1 - across, 1 - down), 3: (1 - down, across)}[quarter]
        assert expected.left < x < expected.left + expected.width
        assert y == pytest.approx(expected.middle, abs=0.01)


@pytest.mark.usefixtures("_tesseract")
def test_a_page_s_own_rotation_is_kept() -> None:
    """A sideways scan that the file shows upright is read as it is shown, and marked there."""
    data = _turned(pdf(RULES), 3, rotate=90)
    document = read_document(data, "a.pdf")
    assert document.text == read_document(pdf(RULES), "a.pdf").text
    start = document.text.index("crane is kept")
    [page] = page_marks(data, "a.pdf", document, Span(start, start + len("crane is kept")))
    [box] = page.boxes
    y = next(row[1] for row in RULES if "crane is kept" in row[2])
    assert box.top * HEIGHT < y - 3 < (box.top + box.height) * HEIGHT


@pytest.mark.usefixtures("_tesseract")
def test_without_data_for_orientation_each_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian has it in a package of its own."""
    import numpy as np

    def missing(*_: Any, **__: Any) -> int:
        raise UnreadableDocument("no data")

    import pypdfium2 as pdfium

    with pdfium.PdfDocument(pdf(RULES)) as pages:
        pixels = pages[0].render(scale=200 / 72, grayscale=True).to_numpy()
    grey = np.rot90(pixels.reshape(pixels.shape[:2]), 2)
    monkeypatch.setattr(turned, "clockwise_turns", missing)
    found = turned.upright_words(grey, dpi=200, languages="eng", seconds=60)
    assert found.turns == 2
    assert found.words[0].text == "Mooring"


@pytest.mark.usefixtures("_tesseract")
def test_a_table_on_a_scan_is_a_table() -> None:
    """Its rows are read with their cells."""
    grid = (
        ("Layers", "Pages", "Price"),
        ("Copper", "sixteen", "40"),
        ("Silver", "twenty", "65"),
        ("Gold", "thirty", "90"),
    )
    page = [
        (72 + 160 * x, 100 + 24 * y, cell, 12) for y, row in enumerate(grid) for x, cell in enumerate(row)
    ]
    rows = [
        text for kind, text, _ in blocks(read_document(scanned(pdf(page)), "a.pdf")) if kind == "table_row"
    ]
    assert rows[-3:] == ["Copper | sixteen | 40", "Silver | twenty | 65", "Gold | thirty | 90"]


def test_a_page_that_is_not_recognised_is_told() -> None:
    """The others are stored; the file of such pages alone is refused with the reason. A blank one is told
    apart."""
    scan = scanned(pdf(RULES))
    document = read_document(
        _joined(pdf([(72, 100, "A page of text.")]), scan, scan, pdf([])), "a.pdf", limits=OFF
    )
    check_document(document)
    assert document.metadata["unread"] == "pages 2-3: text recognition is switched off"
    assert document.metadata["pages_without_text"] == "2, 3, 4"
    with pytest.raises(
        UnreadableDocument, match=r"a\.pdf has no text on its 1 page: it is a scan .* is switched off"
    ):
        read_document(scan, "a.pdf", limits=OFF)


def test_without_tesseract_a_scan_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason names what is missing."""
    from ingest.formats.limits import Budget
    from ingest.formats.pdf import scanned_page

    monkeypatch.setattr(scanned_page, "version", lambda: None)
    with pytest.raises(UnreadableDocument, match=r"Tesseract.* isn't installed"):
        scanned_page.recognised_page(None, Limits(), Budget.of(Limits()))


@pytest.mark.usefixtures("_tesseract")
@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (Recognition(page_seconds=1.0, seconds=0.5), "the 0.5 seconds for recognition of its file are over"),
        (Recognition(languages="xxx"), "Tesseract has no language 'xxx'"),
    ],
)
def test_recognition_is_bounded(rules: Recognition, reason: str) -> None:
    """By the time for a file and by the languages installed."""
    with pytest.raises(UnreadableDocument, match=reason):
        read_document(scanned(pdf(RULES)), "a.pdf", limits=Limits(recognition=rules))


@pytest.mark.usefixtures("_tesseract")
def test_a_page_that_takes_too_long_is_given_up() -> None:
    """Tesseract itself stops at the deadline."""
    import pypdfium2 as pdfium

    with pdfium.PdfDocument(pdf(typeset("Boats are tied at both ends. " * 150))) as pages:
        pixels = pages[0].render(scale=3, grayscale=True).to_numpy()
    height, width = pixels.shape[:2]
    with pytest.raises(UnreadableDocument, match=r"took over 0\.05 seconds"):
        tesseract.recognise(pixels.tobytes(), width, height, dpi=216, languages="eng", seconds=0.05)


@pytest.mark.usefixtures("_tesseract")
def test_recognition_has_time_of_its_own() -> None:
    """A file is not refused because its scanned pages take longer than the time for reading one."""
    data = scanned(pdf(*[RULES] * 3))
    limits = Limits(seconds=2.0, recognition=Recognition(page_seconds=60.0, seconds=180.0))
    assert read_document(data, "a.pdf", limits=limits).text.count("harbour master") == 3


@pytest.mark.usefixtures("_tesseract")
def test_a_picture_without_text_is_no_text() -> None:
    """What recognition finds in a pattern isn't stored."""

    def pattern(canvas: Any) -> None:
        canvas.drawString(72, 820, "Plan 4")
        for at in range(60):
            canvas.circle(100 + 7 * (at % 8) ** 2, 100 + 10 * at, 3 + at % 11, fill=at % 2)

    document = read_document(_joined(pdf([(72, 100, "A page of text.")]), scanned(drawn(pattern))), "a.pdf")
    assert len(document.text) < 60


def test_the_lines_of_words_have_a_type_size_and_a_baseline() -> None:
    """Told by the letters, whatever parts of a line they reach to; a wide gap divides them."""

    def word(text: str, left: int, top: int, bottom: int, sure: float = 0.9, line: int = 0) -> Word:
        return Word(text=text, left=left, top=top, right=left + 50, bottom=bottom, confidence=sure, line=line)

    words = [word("Ada", 0, 28, 100), word("sees", 60, 50, 100), word("gulls", 400, 28, 121)]
    one, other = to_lines(words)
    assert (one.text, other.text) == ("Ada sees", "gulls")
    assert one.size == other.size == pytest.approx(115, rel=0.1)
    assert one.baseline == pytest.approx(100, abs=3) == pytest.approx(other.baseline, abs=3)
    assert confidence([word("ab", 0, 0, 9, 1.0), word("cd", 0, 0, 9, 0.5)]) == pytest.approx(0.75)
    assert confidence([]) == 0
    assert to_lines([]) == []
