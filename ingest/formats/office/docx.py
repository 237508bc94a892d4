"""Word to a document: Mammoth converts it to HTML by its styles, and the HTML is written as blocks."""

from __future__ import annotations

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile

from ingest.formats.container.archive import Archive
from ingest.formats.flow import Flow
from ingest.formats.markup.elements import write_elements
from ingest.formats.markup.html import page_title
from ingest.formats.markup.links import with_link_targets
from ingest.formats.markup.tree import html_tree, local_name, xml_tree
from ingest.formats.office.docx_math import linearize
from ingest.formats.office.package import core_properties, open_package
from ingest.formats.source import Source
from ingest.formats.writer import DocumentWriter
from rag.errors import UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAIN = "word/document.xml"
_STYLE_PART = "word/styles.xml"
_APPEARANCE = frozenset("rPr tblPr trPr tcPr tblStylePr lsdException rPrDefault pPrDefault".split())
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
    """The document of a Word file; footnotes follow the text, headers and footers are left out.

    Tracked changes are read as accepted. Equations are written on one line.

    Raises:
        UnreadableDocument: no Word file, damaged or encrypted, or without text.
        DocumentTooLarge: it unpacks or nests beyond the limits.
    """
    import mammoth

    archive = open_package(source, "Word (.docx)", _MAIN)
    file_title, metadata = core_properties(archive, source)
    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(_simplify(archive, source)),
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
    body = _NOTE_BACK_LINK.sub("", converted.value)
    write_elements(with_link_targets(html_tree(f"<body>{body}</body>", source)), Flow(writer))
    title = page_title(writer, file_title, source)
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata=metadata)


def _simplify(archive: Archive, source: Source) -> bytes:
    """The file as Mammoth can read it: equations as text, without pictures, and without the appearance
    of styles, which is most of a file's XML and takes most of the time."""
    from lxml import etree

    simplified = io.BytesIO()
    with ZipFile(simplified, "w", ZIP_DEFLATED, compresslevel=1) as out:
        for name in archive.names:
            if name.startswith(("word/media/", "word/embeddings/")):
                out.writestr(name, b"")
                continue
            data = archive.read(name)
            if name in (_MAIN, _STYLE_PART):
                root = xml_tree(data, source)
                for element in [e for e in root.iter() if local_name(e) == "oMath"]:
                    linearize(element)
                if name == _STYLE_PART:
                    for element in [e for style in root for e in style if local_name(e) in _APPEARANCE]:
                        element.getparent().remove(element)
                data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            out.writestr(name, data)
    return simplified.getvalue()
