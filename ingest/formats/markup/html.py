"""HTML to a document: the page's content, not its menus; headings, lists and tables kept."""

from __future__ import annotations

from typing import Any

from ingest.formats.flow import Flow
from ingest.formats.markup.elements import write_elements
from ingest.formats.markup.links import with_link_targets
from ingest.formats.markup.page_content import main_content
from ingest.formats.markup.tree import html_text, html_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.types import Document

MEDIA_TYPE = "text/html"
_METADATA = {
    "author": "author",
    "description": "description",
    "keywords": "keywords",
    "article:published_time": "published",
    "date": "published",
}


def read(source: Source) -> Document:
    """The document of a web page. Nothing that it refers to is fetched.

    The title is its only top-level heading, else its ``title`` element, else the file's name.

    Raises:
        UnreadableDocument: it has no text, or nests deeper than the limit.
    """
    tree = html_tree(html_text(source), source)
    metadata = _metadata(tree)
    html_title = tree.findtext(".//title") or ""
    writer = DocumentWriter(source.limits)
    write_elements(with_link_targets(main_content(tree)), Flow(writer))
    return writer.document(
        source, title=page_title(writer, html_title, source), media_type=MEDIA_TYPE, metadata=metadata
    )


def page_title(writer: DocumentWriter, file_title: str, source: Source) -> str:
    """The only top-level heading, else the file's own title, else the first such heading or the name.

    What can't be a title (``ingest.formats.titles``) is passed over.
    """
    top = [heading.text for heading in writer.headings if heading.level == 1]
    return choose_title(source, [*top, file_title] if len(top) == 1 else [file_title, *top])


def _metadata(tree: Any) -> dict[str, str]:
    metadata: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = str(meta.get("name") or meta.get("property") or "").lower()
        value = " ".join(str(meta.get("content") or "").split())
        if value and name in _METADATA:
            metadata.setdefault(_METADATA[name], well_formed(value))
    language = str(tree.get("lang") or "").strip()
    return {**metadata, "language": language} if language else metadata
