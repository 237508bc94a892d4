"""Targets of a page's links, written behind their texts where they tell something new."""

from __future__ import annotations

from ingest.formats.link_targets import LinkTargets
from ingest.formats.markup.tree import Element, append_text

_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_WITHOUT_TARGETS = frozenset(("pre", "code", "cite", "th", "nav", "summary", "sup")) | _HEADINGS
_BLOCKS = (
    "address",
    "blockquote",
    "div",
    "dl",
    "h1",
    "h2",
    "h3",
    "h4",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "ul",
)


def with_link_targets(root: Element, targets: LinkTargets | None = None) -> Element:
    """The tree with the target of each link at the end of its text: "apply (https://example.org/apply)".

    Not in headings, code, citations and heads of tables. Changes the tree.

    Args:
        targets: those that the document has told before; None: it begins here.
    """
    targets = targets or LinkTargets()
    silent: set[Element] = set()
    for element in root.iter():
        parent = element.getparent()
        if parent in silent or element.tag in _WITHOUT_TARGETS:
            silent.add(element)
        if element.tag in _HEADINGS:
            targets.next_section()
        if element.tag != "a" or element in silent or next(element.iter(*_BLOCKS), None) is not None:
            continue
        text = "".join(element.itertext())
        told = targets.of(" ".join(text.split()), str(element.get("href") or ""))
        if told:
            is_before_word = text[-1:].isspace() and (element.tail or "")[:1].isalnum()
            _trim_end(element)
            append_text(element, f"{told} " if is_before_word else told)
    return root


def _trim_end(element: Element) -> None:
    """Removes white space at the end of a link's text."""
    if len(element):
        element[-1].tail = (element[-1].tail or "").rstrip()
    else:
        element.text = (element.text or "").rstrip()
