"""ZIP files: files inside are read, names that lead outside aren't, and ZIP bombs are refused."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from ingest.formats.container.archive import is_inside
from ingest.formats.limits import Limits
from rag.errors import DocumentTooLarge, UnreadableDocument
from tests.files import check_document, docx, pdf, read_document, zipped


def test_files_inside_are_sections() -> None:
    """Under their names; a PDF's pages are kept."""
    data = zipped(
        {
            "b/rules.docx": docx(("Travel", "Heading 1"), "Book early."),
            "a.md": "# Leave\n\nAsk early.",
            "c.pdf": pdf([(72, 100, "Page one.")], [(72, 100, "Page two.")]),
            "logo.gif": b"GIF89a",
            "__MACOSX/a.md": "junk",
            ".hidden.md": "junk",
        }
    )
    document = read_document(data, "all.zip")
    assert document.section_at(document.text.index("Ask")) == ("a.md", "Leave")
    assert document.section_at(document.text.index("Book")) == ("b/rules.docx", "Travel")
    assert document.page_at(document.text.index("Page two")) == 2
    assert document.page_at(document.text.index("Ask")) is None
    assert "junk" not in document.text
    assert document.metadata["unread"].startswith("logo.gif: .gif files can't be read")


@pytest.mark.parametrize(
    "name", ["../a.md", "/etc/a.md", "a/../../b.md", "C:/a.md", "..\\a.md", "\\\\host\\a.md"]
)
def test_members_whose_names_lead_out_are_not_read(name: str) -> None:
    """They are listed as unread."""
    assert not is_inside(name)
    document = read_document(zipped({name: "stolen words", "ok.md": "fine"}), "a.zip")
    assert "stolen" not in document.text
    assert "leads out of the archive" in document.metadata["unread"]


def test_links_are_not_followed() -> None:
    """A symbolic link in an archive is listed as unread."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("passwd.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("ok.md", "fine")
    document = read_document(out.getvalue(), "a.zip")
    assert document.text == "ok.md\n\nfine"
    assert document.metadata["unread"] == "passwd.txt: a link is not followed"


def test_zip_bombs_are_refused() -> None:
    """By the bytes unpacked, over all members and archives inside together."""
    many = zipped({f"{n}.txt": b"x" * 400_000 for n in range(4)})
    with pytest.raises(DocumentTooLarge, match="unpacks to more than 1,000,000 bytes"):
        read_document(many, "a.zip", limits=Limits(unpacked_bytes=1_000_000))
    nested = zipped({f"{n}.zip": zipped({"a.txt": b"x " * 200_000}) for n in range(4)})
    with pytest.raises(DocumentTooLarge, match="unpacks to more than 1,000,000 bytes"):
        read_document(nested, "a.zip", limits=Limits(unpacked_bytes=1_000_000))
    assert read_document(nested, "a.zip").text.count("x x") > 0


def test_archives_nested_or_long_beyond_the_limits_are_refused() -> None:
    """The message names the limit."""
    data = zipped({"a.txt": "deep"})
    for _ in range(6):
        data = zipped({"a.zip": data})
    with pytest.raises(DocumentTooLarge, match="lies in more than 3 archives"):
        read_document(data, "a.zip")
    with pytest.raises(DocumentTooLarge, match="has 20 entries; the limit is 10"):
        read_document(zipped({f"{n}.txt": "x" for n in range(20)}), "a.zip", limits=Limits(members=10))


def test_an_archive_without_a_readable_file_is_refused() -> None:
    """The message names the members and the reasons."""
    with pytest.raises(
        UnreadableDocument, match=re.escape("a.zip holds nothing that can be read: x.gif: .gif")
    ):
        read_document(zipped({"x.gif": b"GIF89a"}), "a.zip")


def test_documents_of_archives_are_valid() -> None:
    """Blocks are in order, with their context spans."""
    document = read_document(
        zipped({"a.html": "<p>You need:<ul><li>a pen</ul>", "b.txt": "A title\n\nWords."}), "a.zip"
    )
    check_document(document)
