"""Feeds (RSS, Atom) to a document: each entry a section with its date, author and text."""

from __future__ import annotations

from ingest.formats.flow import Flow
from ingest.formats.markup.elements import inline_text, write_elements
from ingest.formats.markup.tree import Element, html_tree, local_name
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import UnreadableDocument
from rag.types import Document

_ROOTS = frozenset(("rss", "feed", "RDF"))
_ENTRIES = frozenset(("item", "entry"))
_TEXTS = ("encoded", "content", "description", "summary", "subtitle")
_FACTS = {
    "pubDate": "Published",
    "published": "Published",
    "date": "Published",
    "updated": "Updated",
    "creator": "Author",
    "author": "Author",
    "category": "Category",
    "link": "Link",
    "duration": "Duration",
}


def is_feed(root: Element) -> bool:
    """Whether this is RSS, Atom or RDF with entries."""
    return local_name(root) in _ROOTS and any(local_name(element) in _ENTRIES for element in root.iter())


def read_feed(root: Element, source: Source, media_type: str) -> Document:
    """The document of a feed; its title is the feed's.

    Raises:
        UnreadableDocument: it has no text.
    """
    channel = next((child for child in root if local_name(child) == "channel"), root)
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    _write_text(channel, flow, source)
    flow.end_context()
    for entry in root.iter():
        if local_name(entry) in _ENTRIES:
            flow.heading(_child_text(entry, "title") or "Entry", 1)
            flow.paragraph("\n".join(_facts(entry)))
            _write_text(entry, flow, source)
            flow.end_context()
    title = choose_title(source, [_child_text(channel, "title")])
    return writer.document(source, title=title, media_type=media_type, metadata={})


def _facts(entry: Element) -> list[str]:
    """Lines "Published: …", one a label."""
    facts: dict[str, list[str]] = {}
    for child in entry:
        label = _FACTS.get(local_name(child))
        if label is None:
            continue
        name = _child_text(child, "name") if len(child) else ""
        text = name or " ".join("".join(child.itertext()).split()) or child.get("term") or ""
        if label == "Link" and not text and child.get("rel", "alternate") == "alternate":
            text = child.get("href") or ""
        values = facts.setdefault(label, [])
        if text and text not in values:
            values.append(well_formed(text))
    return [f"{label}: {', '.join(values)}" for label, values in facts.items() if values]


def _write_text(element: Element, flow: Flow, source: Source) -> None:
    """The fullest text of an entry, which is HTML in text or in elements."""
    texts = {local_name(child): child for child in element if local_name(child) in _TEXTS}
    found = next((texts[name] for name in _TEXTS if name in texts and _words(texts[name])), None)
    if found is None:
        return
    if len(found):
        flow.paragraph(" ".join(inline_text(found).split()))
        return
    text = "".join(found.itertext())
    if "<" not in text:
        flow.paragraph(" ".join(text.split()))
        return
    try:
        write_elements(html_tree(text, source), flow)
    except UnreadableDocument:
        flow.paragraph(" ".join(text.split()))


def _child_text(element: Element, name: str) -> str:
    found = next((child for child in element if local_name(child) == name), None)
    return _words(found) if found is not None else ""


def _words(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())
