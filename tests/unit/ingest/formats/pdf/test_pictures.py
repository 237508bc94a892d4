"""Pictures are documents where text is recognised in them: as scans are, with their pages and places."""

from __future__ import annotations

import io
import warnings
from typing import Any

import pytest
from PIL import Image, ImageDraw

from ingest.formats.limits import Limits, Recognition
from ingest.formats.pdf.opening import opened
from ingest.formats.pdf.picture_pages import PicturePages, is_picture, media_type
from ingest.formats.recognition import tesseract
from ingest.formats.source import Source
from ingest.page_view import page_image, page_marks
from rag.errors import DocumentTooLarge, NoTextRecognised, UnreadableDocument
from rag.types import Span
from tests.files import check_document, pdf, read_document, zipped
from tests.require import require
from tests.unit.ingest.formats.pdf.test_scans import RULES

OFF = Limits(recognition=Recognition(languages=""))


@pytest.fixture
def _tesseract() -> None:
    require(tesseract.version(), "Tesseract's library isn't installed (Debian: tesseract-ocr)")


def _image(lines: Any = RULES, *, dpi: int = 150) -> Image.Image:
    """A page as a grey picture."""
    import pypdfium2 as pdfium

    with pdfium.PdfDocument(pdf(lines)) as pages:
        picture: Image.Image = pages[0].render(scale=dpi / 72, grayscale=True).to_pil()
    return picture


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _source(data: bytes, **options: Any) -> Source:
    return Source(data=data, name="a.png", uri="a.png", document_id="d", **options)


TEXT = read_document(pdf(RULES), "a.pdf").text


@pytest.mark.usefixtures("_tesseract")
@pytest.mark.parametrize(
    ("name", "kind", "media"),
    [
        ("a.png", "PNG", "image/png"),
        ("a.JPG", "JPEG", "image/jpeg"),
        ("a.tiff", "TIFF", "image/tiff"),
        ("a.webp", "WEBP", "image/webp"),
    ],
)
def test_a_picture_of_text_is_a_document(name: str, kind: str, media: str) -> None:
    """With a page, a title and the confidence of its words."""
    document = read_document(_saved(_image(), kind), name)
    check_document(document)
    assert document.text == TEXT
    assert document.media_type == media
    assert document.title == "Mooring rules of the harbour"
    assert [page.number for page in document.pages] == [1]
    assert 0.8 < float(document.metadata["recognised_pages"].partition(" ")[2].strip("()")) <= 1


@pytest.mark.usefixtures("_tesseract")
def test_pictures_of_a_tiff_are_pages() -> None:
    """A smaller copy of a page is none; a page without text is told."""
    second = _image([(72, 100, "The crane is out of order.", 14)])
    copy = second.resize((300, 424))
    blank = Image.new("L", second.size, "white")
    copy.encoderinfo = {"tiffinfo": {254: 1}}
    data = _saved(_image(), "TIFF", save_all=True, append_images=[copy, second, blank])
    document = read_document(data, "fax.tif")
    check_document(document)
    assert document.text == f"{TEXT}\n\nThe crane is out of order."
    assert document.page_at(document.text.index("out of order")) == 2
    assert len(document.pages) == 3
    assert document.metadata["pages_without_text"] == "3"


def _transparent(image: Image.Image) -> Image.Image:
    """Black on nothing."""
    black = Image.new("L", image.size, 0)
    return Image.merge("LA", (black, image.point(lambda value: 255 - value)))


def _deep(image: Image.Image) -> Image.Image:
    """Grey of 16 bits, whose white is far below the brightest."""
    import numpy as np

    return Image.fromarray(np.asarray(image).astype(np.uint16) * 16)


def _sideways(image: Image.Image) -> Image.Image:
    """As a phone takes it: turned, and told so."""
    turned = image.convert("RGB").rotate(90, expand=True)
    turned.getexif()[0x0112] = 6
    return turned


@pytest.mark.usefixtures("_tesseract")
@pytest.mark.parametrize(
    ("kind", "change", "options"),
    [
        ("PNG", _transparent, {}),
        ("PNG", _deep, {}),
        ("PNG", lambda image: image.convert("P"), {}),
        ("JPEG", lambda image: image.convert("CMYK"), {}),
        ("TIFF", lambda image: image.resize((1728, 1146)).convert("1"), {"dpi": (204, 98)}),
        ("PNG", lambda image: image.rotate(180), {}),
    ],
    ids=["transparent", "16 bits", "palette", "CMYK", "fax", "upside down"],
)
def test_pictures_of_all_kinds_are_read(kind: str, change: Any, options: dict[str, Any]) -> None:
    """Transparent ones on white; a fax with its coarse lines."""
    data = _saved(change(_image(dpi=200)), kind, **options)
    assert "The key to the crane is kept by the harbour" in read_document(data, "a.png").text


@pytest.mark.usefixtures("_tesseract")
def test_quotes_are_marked_on_a_picture() -> None:
    """As on a scan; the picture is shown as its camera says it was held."""
    turned = _sideways(_image())
    data = _saved(turned, "JPEG", exif=turned.getexif())
    document = read_document(data, "a.jpg")
    assert document.text == TEXT
    start = TEXT.index("crane is kept")
    span = Span(start, start + len("crane is kept"))
    [page] = page_marks(data, "a.jpg", document, span)
    [expected] = page_marks(pdf(RULES), "a.pdf", document, span)
    for name in ("left", "top", "width", "height"):
        assert getattr(page.boxes[0], name) == pytest.approx(getattr(expected.boxes[0], name), abs=0.01)
    with Image.open(io.BytesIO(page_image(data, "a.jpg", 1))) as image:
        assert image.size[0] / image.size[1] == pytest.approx(595 / 842, rel=0.01)


@pytest.mark.usefixtures("_tesseract")
def test_pictures_inside_other_files_are_sections() -> None:
    """One without text is told as unread; the rest is read."""
    icon = _saved(Image.new("L", (90, 60)), "PNG")
    files = {"rules.txt": "Book early.", "scan.jpg": _saved(_image(), "JPEG"), "icon.png": icon}
    document = read_document(zipped(files), "a.zip")
    assert document.section_at(document.text.index("crane is kept"))[0] == "scan.jpg"
    assert document.metadata["unread"] == "icon.png has 90 by 60 pixels: it is too small for a text"


def test_a_picture_without_text_is_refused() -> None:
    """With an error of its own, and the reason: none is recognised, none is looked for, or it is an icon."""
    photo = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(photo).ellipse((100, 100, 300, 300), fill="red")
    with pytest.raises(NoTextRecognised, match=r"a\.png has no text on its 1 page: .*text recognition is"):
        read_document(_saved(photo, "PNG"), "a.png", limits=OFF)
    icon = _saved(photo.resize((90, 60)), "PNG")
    with pytest.raises(NoTextRecognised, match=r"a\.png has 90 by 60 pixels: it is too small for a text"):
        read_document(icon, "a.png", limits=OFF)
    with pytest.raises(NoTextRecognised, match=r"a\.png is no picture"):
        read_document("version https://git-lfs.github.com/spec/v1\n", "a.png")


@pytest.mark.usefixtures("_tesseract")
def test_a_picture_in_which_nothing_is_recognised_is_refused() -> None:
    """So is one whose text is in no language that is set."""
    photo = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(photo).ellipse((100, 100, 300, 300), fill="red")
    with pytest.raises(NoTextRecognised, match="has no text on its 1 page"):
        read_document(_saved(photo, "PNG"), "a.png")


@pytest.mark.parametrize("cut", [40, 400])
def test_a_damaged_picture_is_refused(cut: int) -> None:
    """Which is told apart from one without text."""
    with pytest.raises(UnreadableDocument, match="damaged") as refusal:
        read_document(_saved(_image(), "PNG")[:cut], "a.png", limits=OFF)
    assert not isinstance(refusal.value, NoTextRecognised)


def test_pictures_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their pixels, before they are decoded, and by the number of their pages."""
    from ingest.formats.pdf import picture_pages

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        huge = _saved(Image.new("1", (20_000, 20_000)), "PNG")
    with pytest.raises(DocumentTooLarge, match=r"over 150,000,000 pixels"):
        read_document(huge, "a.png", limits=OFF)
    monkeypatch.setattr(picture_pages, "_MAX_DECODED", 10_000)
    with opened(_source(_saved(_image(), "PNG"))) as pages, pytest.raises(DocumentTooLarge, match="10,000"):
        pages[0]
    small = Image.new("L", (300, 300), "white")
    many = _saved(small, "TIFF", save_all=True, append_images=[small] * 3)
    with pytest.raises(DocumentTooLarge, match="has 4 pages; the limit is 3"):
        read_document(many, "a.tif", limits=Limits(pages=3))


def test_a_picture_s_page_has_the_size_that_it_tells() -> None:
    """In points; a picture that tells none, or what programs write for "unknown", is like a sheet of A4. The
    page is drawn in at most 12 million pixels."""
    image = Image.new("L", (1_500, 900), "white")
    sizes = {}
    for dpi in (300, 72, None):
        data = _saved(image, "PNG", **({"dpi": (dpi, dpi)} if dpi else {}))
        pages = PicturePages(_source(data))
        sizes[dpi] = pages[0].get_size()
        pages.close()
    assert sizes[300] == pytest.approx((360, 216), abs=0.5)
    assert sizes[72] == sizes[None]
    assert sizes[None] == pytest.approx((992, 595), abs=1)
    big = PicturePages(_source(_saved(Image.new("L", (9_000, 6_000), "white"), "PNG")))
    [drawn] = big[0].get_objects()
    assert drawn.get_px_size()[0] * drawn.get_px_size()[1] <= 12_010_000
    big.close()


def test_the_bytes_tell_a_picture() -> None:
    """Not its name."""
    kinds = {kind: _saved(_image(), kind) for kind in ("PNG", "JPEG", "TIFF", "WEBP")}
    assert all(map(is_picture, kinds.values()))
    assert [media_type(data) for data in kinds.values()] == [
        "image/png",
        "image/jpeg",
        "image/tiff",
        "image/webp",
    ]
    assert not is_picture(_saved(_image(), "GIF"))
    assert not is_picture(pdf(RULES))
