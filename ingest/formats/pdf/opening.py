"""Opens a PDF or a picture, and says what is wrong with one that can't be opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from ingest.formats.pdf.picture_pages import PicturePages, is_picture
from ingest.formats.source import Source
from rag.errors import UnreadableDocument


@contextmanager
def opened(source: Source, *, forms: bool = False) -> Iterator[Any]:
    """The ``pypdfium2.PdfDocument`` of a source, or ``PicturePages`` of a picture, closed at the block's end.

    Args:
        forms: its form fields are opened too; ``formenv`` is None where it has none.

    Raises:
        UnreadableDocument: no PDF or picture, damaged or encrypted; or an icon.
        DocumentTooLarge: a picture of more pixels than the limit.
    """
    import pypdfium2 as pdfium

    if is_picture(source.data):
        with closing(PicturePages(source)) as pages:
            yield pages
        return
    try:
        pdf = pdfium.PdfDocument(source.data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableDocument(f"{source.name} is encrypted: it needs a password") from None
        raise UnreadableDocument(f"{source.name} is no PDF, or damaged") from None
    try:
        if forms:
            with suppress(pdfium.PdfiumError):  # a damaged form: its text is read all the same
                pdf.init_forms()
        yield pdf
    finally:
        pdf.close()
