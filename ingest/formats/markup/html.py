"""HTML to a document: the page's content, not its menus; headings, lists and tables kept."""

from __future__ import annotations

from typing import Any

from ingest.formats.flow import Flow
from ingest.formats.markup.elements import write
from ingest.formats.markup.page_content import main_content
from ingest.formats.markup.tree import html_text, html_tree
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
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
    """The document of a web page. Nothing that it names is fetched.

    The title is its only top-level heading, else what the page calls itself, else the file's name.

    Raises:
        UnreadableDocument: it has no text, or nests deeper than the limit.
    """
    tree = html_tree(html_text(source), source)
    metadata = _metadata(tree)
    named = tree.findtext(".//title") or ""
    writer = DocumentWriter(source.limits)
    write(main_content(tree), Flow(writer))
    return writer.document(
        source, title=title(writer, named, source), media_type=MEDIA_TYPE, metadata=metadata
    )


def title(writer: DocumentWriter, named: str, source: Source) -> str:
    """The only top-level heading, else the name given, else the first such heading or the file's name."""
    tops = [heading.text for heading in writer.headings if heading.level == 1]
    given = " ".join(well_formed(named).split())
    if len(tops) == 1:
        return tops[0]
    return given or (tops[0] if tops else source.stem_title)


def _metadata(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = str(meta.get("name") or meta.get("property") or "").lower()
        value = " ".join(str(meta.get("content") or "").split())
        if value and name in _METADATA:
            found.setdefault(_METADATA[name], well_formed(value))
    language = str(tree.get("lang") or "").strip()
    return {**found, "language": language} if language else found
