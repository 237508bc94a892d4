"""Word to a document: what is shown of it is made HTML by Mammoth, and the HTML is written as blocks."""

from __future__ import annotations

import io
import re

from ingest.formats.container.archive import Archive
from ingest.formats.flow import Flow
from ingest.formats.markup.elements import write_elements
from ingest.formats.markup.html import page_title
from ingest.formats.markup.links import with_link_targets
from ingest.formats.markup.tree import html_tree
from ingest.formats.office.docx_file import MAIN, ShownFile
from ingest.formats.office.package import core_properties, main_part, open_package
from ingest.formats.source import Source
from ingest.formats.writer import DocumentWriter
from rag.errors import UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_STYLE_MAP = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name^='Code'] => pre:fresh
p[style-name='HTML Preformatted'] => pre:fresh
strike => s
"""
_NOTE_BACK_LINK = re.compile(r"\s*<a href=\"#(?:foot|end)note-ref-[^\"]*\">↑</a>")


def read(source: Source) -> Document:
    """The document of a Word file: headers and footers that say more than the text, text, notes, comments.

    Numbers of lists and headings are as shown, tracked changes as accepted, equations on one line. Hidden
    text is left out; the metadata says so as ``hidden``.

    Raises:
        UnreadableDocument: no Word file, damaged or encrypted, or without text.
        DocumentTooLarge: it unpacks or nests beyond the limits.
    """
    import mammoth

    archive = open_package(source, "Word (.docx)", _main_part(source))
    file_title, metadata = core_properties(archive, source)
    shown = ShownFile(archive, source)
    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(shown.package),
            style_map=_STYLE_MAP,
            convert_image=mammoth.images.img_element(lambda _: {"src": ""}),
            external_file_access=False,
        )
    except UnreadableDocument:
        raise
    except RecursionError:
        raise UnreadableDocument(f"{source.name} nests its parts too deep") from None
    except Exception as error:  # noqa: BLE001  # Mammoth raises what its parts raise: KeyError, ValueError, …
        raise UnreadableDocument(f"{source.name} is damaged: {type(error).__name__}: {error}") from None
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    body = html_tree(f"<body>{_NOTE_BACK_LINK.sub('', converted.value)}</body>", source)
    shown.set_marks(body)
    for line in shown.running_lines(body):
        flow.paragraph(line)
    flow.end_context()
    write_elements(with_link_targets(body), flow)
    flow.end_context()
    for comment in shown.comments:
        flow.paragraph(comment)
    title = page_title(writer, file_title, source)
    metadata |= {"hidden": "text in the format Hidden"} if shown.has_hidden else {}
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata=metadata)


def _main_part(source: Source) -> str:
    """The name of the part with the text. Raises UnreadableDocument."""
    return main_part(Archive(source), source, MAIN) if source.data.startswith(b"PK") else MAIN
