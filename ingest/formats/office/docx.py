"""Word to a document: Mammoth turns it into HTML by its styles, and that is written as HTML is."""

from __future__ import annotations

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile

from ingest.formats.container.archive import Archive
from ingest.formats.flow import Flow
from ingest.formats.markup.elements import write
from ingest.formats.markup.html import title
from ingest.formats.markup.tree import html_tree, local, xml_tree
from ingest.formats.office.docx_math import linear
from ingest.formats.office.package import opened, properties
from ingest.formats.source import Source
from ingest.formats.writer import DocumentWriter
from rag.errors import UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAIN = "word/document.xml"
_STYLE_PART = "word/styles.xml"
_LOOKS = frozenset("rPr tblPr trPr tcPr tblStylePr lsdException rPrDefault pPrDefault".split())
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name^='Code'] => pre:fresh
p[style-name='HTML Preformatted'] => pre:fresh
strike => s
"""
_BACK = re.compile(r"\s*<a href=\"#(?:foot|end)note-ref-[^\"]*\">↑</a>")


def read(source: Source) -> Document:
    """The document of a Word file; footnotes follow the text, headers and footers are left out.

    Deleted text of tracked changes is left out, inserted text is in. Equations are written on one line.

    Raises:
        UnreadableDocument: no Word file, damaged or encrypted, or without text.
        DocumentTooLarge: it unpacks or nests beyond the limits.
    """
    import mammoth

    archive = opened(source, "Word (.docx)", _MAIN)
    named, metadata = properties(archive, source)
    try:
        made = mammoth.convert_to_html(
            io.BytesIO(_prepared(archive, source)),
            style_map=_STYLES,
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
    write(html_tree(f"<body>{_BACK.sub('', made.value)}</body>", source), Flow(writer))
    return writer.document(
        source, title=title(writer, named, source), media_type=MEDIA_TYPE, metadata=metadata
    )


def _prepared(archive: Archive, source: Source) -> bytes:
    """The file without what Mammoth has no use for, and with what it doesn't know made what it knows:
    equations become text, pictures are left behind, and so is what styles look like (most of a
    file's XML, and most of the time)."""
    from lxml import etree

    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=1) as out:
        for name in archive.names:
            if name.startswith(("word/media/", "word/embeddings/")):
                out.writestr(name, b"")
                continue
            data = archive.read(name)
            if name in (_MAIN, _STYLE_PART):
                root = xml_tree(data, source)
                for element in [e for e in root.iter() if local(e) == "oMath"]:
                    linear(element)
                looks = (
                    [e for style in root for e in style if local(e) in _LOOKS] if name == _STYLE_PART else []
                )
                for element in looks:
                    element.getparent().remove(element)
                data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            out.writestr(name, data)
    return packed.getvalue()
