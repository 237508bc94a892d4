"""Pages of PDFs are drawn as PNG, whatever their size."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import pytest

from ingest.formats.limits import DEFAULT
from ingest.page_view import page_image
from rag.errors import UnreadableDocument
from tests.files import pdf


def _pixels(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and the bytes of the pixels, three each, of a PNG as it is made here."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, colours = struct.unpack(">IIBB", png[16:26])
    assert (depth, colours) == (8, 2)
    at, data = 8, b""
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack(">I", png[at + 8 + size : at + 12 + size])[0]
        data += body if kind == b"IDAT" else b""
        at += 12 + size
    raw = zlib.decompress(data)
    stride = 1 + 3 * width
    return width, height, b"".join(raw[row * stride + 1 : (row + 1) * stride] for row in range(height))


def test_a_page_is_drawn_at_twice_its_points() -> None:
    """White with black letters where they stand; the second page is another one."""
    data = pdf([(72, 100, "Everyone gets leave.", 20)], [])
    width, height, pixels = _pixels(page_image(data, "a.pdf", 1))
    assert (width, height) == (1190, 1684)
    rows = {at // (3 * width) for at in range(0, len(pixels), 3) if pixels[at] < 100}
    assert rows
    assert min(rows) > 2 * 75
    assert max(rows) < 2 * 110
    assert set(_pixels(page_image(data, "a.pdf", 2))[2]) == {255}


@pytest.mark.parametrize("size", [(14_000.0, 14_000.0), (14_000.0, 20.0), (3.0, 3.0)])
def test_an_image_is_bounded(size: tuple[float, float]) -> None:
    """However big the page says it is."""
    width, height, _ = _pixels(page_image(pdf([], size=size), "a.pdf", 1))
    assert 1 <= width * height <= 4_100_000
    assert max(width, height) <= 4_001


@pytest.mark.parametrize("number", [0, 2, 100_000])
def test_a_page_that_is_not_there_is_refused(number: int) -> None:
    """The message says how many there are."""
    with pytest.raises(UnreadableDocument, match=r"has no page .*it has 1"):
        page_image(pdf([(72, 100, "Text.")]), "a.pdf", number)


def test_what_is_no_pdf_is_refused() -> None:
    """By the process that would draw it."""
    with pytest.raises(UnreadableDocument, match="no PDF, or damaged"):
        page_image(b"<svg onload=alert(1)>", "a.pdf", 1)


def test_a_page_that_takes_too_long_is_given_up() -> None:
    """The time limit ends the process that draws it."""
    limits = replace(DEFAULT, seconds=0.001)
    with pytest.raises(UnreadableDocument, match="that is the limit"):
        page_image(pdf([(72, 100, "Text.")]), "a.pdf", 1, limits)
