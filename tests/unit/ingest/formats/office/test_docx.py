"""Word files: headings, lists, tables, footnotes and equations, by their styles."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from ingest.formats.limits import Limits
from rag.errors import DocumentTooLarge, UnreadableDocument
from tests.files import LEAVE, blocks, check_document, docx, read_document, saved_bytes, zipped

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def with_body(data: bytes, change: tuple[str, str]) -> bytes:
    """A Word file whose document part has a text replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    body = files["word/document.xml"].decode()
    assert change[0] in body
    files["word/document.xml"] = body.replace(*change, 1).encode()
    return zipped(files)


def test_headings_lists_and_tables() -> None:
    """By their styles; a table's first row is its header."""
    data = docx(
        ("Handbook", "Title"),
        ("Leave", "Heading 1"),
        "Days off depend on service. Count them so:",
        LEAVE,
        "You may:",
        ("carry over", "List Bullet"),
        ("sell", "List Bullet"),
    )
    document = read_document(data, "leave.docx")
    check_document(document)
    assert document.title == "Handbook"
    assert document.section_at(document.text.index("carry")) == ("Leave",)
    assert blocks(document)[3:] == [
        ("table_header", "Years of service | Days off | Notice", "Count them so:"),
        ("table_row", "less than 2 | 20 | one week", "Years of service | Days off | Notice"),
        ("table_row", "2 to 5 | 25 | two weeks", "Years of service | Days off | Notice"),
        ("table_row", "more than 5 | 30 | two weeks", "Years of service | Days off | Notice"),
        ("paragraph", "You may:", None),
        ("list_item", "- carry over", "You may:"),
        ("list_item", "- sell", "You may:"),
    ]


def test_tracked_changes_read_as_accepted() -> None:
    """Deleted text is left out, inserted text is kept."""
    data = with_body(
        docx("Take 20 days."),
        (
            "<w:r><w:t>Take 20 days.</w:t></w:r>",
            '<w:r><w:t xml:space="preserve">Take </w:t></w:r>'
            '<w:del w:id="1" w:author="a"><w:r><w:delText>20</w:delText></w:r></w:del>'
            '<w:ins w:id="2" w:author="a"><w:r><w:t>25</w:t></w:r></w:ins>'
            '<w:r><w:t xml:space="preserve"> days.</w:t></w:r>',
        ),
    )
    assert read_document(data, "a.docx").text == "Take 25 days."


def test_equations_are_one_line() -> None:
    """A fraction and a power, in their place in the paragraph."""
    math = (
        f'<m:oMath xmlns:m="{MATH}"><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num>'
        "<m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
        "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
    )
    data = with_body(docx("The mean"), ("<w:t>The mean</w:t></w:r>", f"<w:t>The mean</w:t></w:r>{math}"))
    assert read_document(data, "a.docx").text == "The mean (a+b)/2x^2"


def test_properties_are_metadata_and_title() -> None:
    """From the core properties."""
    from docx import Document as Word

    file = Word()
    file.core_properties.author, file.core_properties.title = "Ada", "Travel rules"
    file.add_paragraph("Book early.")
    document = read_document(saved_bytes(file), "a.docx")
    assert (document.title, document.metadata["author"]) == ("Travel rules", "Ada")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no office file at all", "a.docx is no Word"),
        (b"PK\x03\x04 broken", "a.docx is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old or password-protected"),
        (zipped({"x.txt": "hello"}), "lacks word/document.xml"),
        (zipped({"word/document.xml": "<w:document"}), "a.docx"),
        (
            zipped({"word/document.xml": "<!DOCTYPE d [<!ENTITY e 'x'>]><d>&e;</d>"}),
            "declares a document type",
        ),
    ],
)
def test_data_that_is_no_word_file_is_refused(data: bytes, reason: str) -> None:
    """In one line with the file's name and the reason."""
    with pytest.raises(UnreadableDocument, match=re.escape(reason)):
        read_document(data, "a.docx")


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    """The bytes unpacked are counted before the file is parsed."""
    data = zipped({"word/document.xml": b"<d>" + b" " * 3_000_000 + b"</d>"})
    assert len(data) < 10_000
    with pytest.raises(DocumentTooLarge, match="unpacks to more than 1,000,000 bytes"):
        read_document(data, "a.docx", limits=Limits(unpacked_bytes=1_000_000))


def test_remote_and_local_links_are_not_followed() -> None:
    """A field that includes another file adds no text."""
    data = with_body(
        docx("Before."),
        (
            "<w:t>Before.</w:t></w:r>",
            '<w:t>Before.</w:t></w:r><w:r><w:instrText>INCLUDETEXT "file:///etc/passwd"</w:instrText></w:r>',
        ),
    )
    assert read_document(data, "a.docx").text == "Before."
