"""Files named as spreadsheets, read as what their bytes are: programs name HTML and text ``.xls``, too."""

from __future__ import annotations

import re
from collections.abc import Callable

from ingest.formats.container.archive import Archive
from ingest.formats.markup import html
from ingest.formats.office import ods, old_sheets, xlsx, xml_sheet
from ingest.formats.office.package import main_part
from ingest.formats.office.workbook import WORKBOOK
from ingest.formats.source import Source
from ingest.formats.text import csv_file
from ingest.formats.text.decode import decode
from rag.errors import UnreadableDocument
from rag.types import Document

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RAW_RECORDS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(!doctype\s+html|html|head|meta|body|table|div)\b",
    re.I | re.S,
)
_SAMPLE = 4_000  # characters


def read(source: Source) -> Document:
    """The document of a spreadsheet: Excel of any age, OpenDocument, HTML, or text with delimiters.

    Raises:
        UnreadableDocument: none of these, damaged or encrypted, or without values.
        DocumentTooLarge: more sheets or cells, or unpacked to more, than the limits.
    """
    return _reader(source)(source)


def _reader(source: Source) -> Callable[[Source], Document]:
    data = source.data
    if data.startswith(b"PK"):
        archive = Archive(source)
        if main_part(archive, source, WORKBOOK) in archive:
            return xlsx.read
        return ods.read if "content.xml" in archive else old_sheets.read
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableDocument(f"{source.name} is encrypted: it needs a password")
        return old_sheets.read
    if data.startswith(_RAW_RECORDS):
        return old_sheets.read
    return _text_reader(source)


def _text_reader(source: Source) -> Callable[[Source], Document]:
    """Raises UnreadableDocument: the text is no table."""
    try:
        text = decode(source.data, source.name)
    except UnreadableDocument:
        raise UnreadableDocument(f"{source.name} is no spreadsheet, or damaged") from None
    sample = text[:_SAMPLE]
    if _MARKUP.match(sample):
        return html.read
    if xml_sheet.NAMESPACE in sample and sample.lstrip().startswith("<"):
        return xml_sheet.read
    if not sample.lstrip().startswith("<") and csv_file.is_table(text):
        return csv_file.read
    raise UnreadableDocument(f"{source.name} is no spreadsheet: it holds other text")
