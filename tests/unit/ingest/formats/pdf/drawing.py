"""PDFs drawn for the tests with reportlab's canvas, and scans: pages that are pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

Draw = Callable[[Any], None]

HEIGHT = 842


def drawn(*pages: Draw, **options: Any) -> bytes:
    """A PDF of pages, each drawn by a function of the canvas (points, up from the lower left corner)."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, HEIGHT), **options)
    for draw in pages:
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scanned(data: bytes, *, dpi: int = 200) -> bytes:
    """The pages of a PDF as pictures of paper, without any text."""
    import pypdfium2 as pdfium
    from reportlab.lib.utils import ImageReader

    images = []
    with pdfium.PdfDocument(data) as pdf:
        images += [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in pdf]

    def on_page(image: Any) -> Draw:
        return lambda canvas: canvas.drawImage(ImageReader(image), 0, 0, 595, HEIGHT)

    return drawn(*map(on_page, images))
