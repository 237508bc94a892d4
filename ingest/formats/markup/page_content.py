"""The main content of a web page: menus, banners, forms and scripts are removed."""

from __future__ import annotations

import re

from ingest.formats.markup.boilerplate import (
    PageMeasures,
    is_link_list,
    is_named_boilerplate,
    is_navigation,
    is_prose,
)
from ingest.formats.markup.disclosures import open_disclosures
from ingest.formats.markup.page_signs import remove_page_signs
from ingest.formats.markup.tree import Element, remove_element

_NEVER_SHOWN = frozenset(
    "script style noscript template svg head title iframe object embed canvas audio video map link meta"
    " base".split()
)
_CONTROLS = frozenset("button select option optgroup input textarea progress meter dialog".split())
_MENU_ROLES = frozenset("navigation menu menubar".split())
_CONTROL_ROLES = frozenset("search toolbar dialog alertdialog tablist".split())
_EDGE_ROLES = frozenset(("banner", "contentinfo"))
_NAMED = (
    "div",
    "section",
    "ul",
    "ol",
    "span",
    "table",
    "p",
    "td",
    "sup",
    "aside",
    "header",
    "footer",
    "form",
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAIN = ".//main | .//*[@role='main']"


def main_content(tree: Element) -> Element:
    """The element that holds a page's content, without menus, banners and hidden parts. Changes the tree.

    It is the page's ``main`` if that holds more than a quarter of the text, or its only ``article`` if that
    holds half, with notes (``aside``) beside it; else the body without lists of links.
    """
    body = tree.find(".//body")
    root = tree if body is None else body
    _remove_unshown(root)
    _remove_navigation(root)
    open_disclosures(root)
    _remove_named(root)
    _mark_tasks(root)
    _remove_hidden(root)
    remove_page_signs(root)
    measures = PageMeasures(root)
    main = _main_element(root, measures)
    if main is not None:
        _take_notes(root, main, measures)
        return main
    for element in [e for e in root.iter() if _is_edge(e)]:
        outside = not any(True for _ in element.iterancestors("article"))
        small = measures.length(element) * 2 < measures.total
        if outside and small and not _has_title(element) and not is_prose(element, measures):
            _remove(element, root)
    for element in list(root.iter("ul", "ol", "div", "table", "p")):
        if is_link_list(element, measures) and measures.length(element) * 2 < measures.total:
            _remove(element, root)
    return root


def shown_content(root: Element) -> Element:
    """A part of a page without scripts, controls and hidden parts; what opens at a click is open.

    Changes the tree.
    """
    _remove_unshown(root)
    open_disclosures(root)
    _mark_tasks(root)
    _remove_hidden(root)
    remove_page_signs(root)
    return root


def _remove_unshown(root: Element) -> None:
    """Removes comments, scripts and the like; content of a shadow tree stays."""
    for element in list(root.iter()):
        if element.tag == "template" and element.get("shadowrootmode"):
            element.tag = "div"
        elif not isinstance(element.tag, str) or element.tag in _NEVER_SHOWN:
            _remove(element, root)


def _remove_hidden(root: Element) -> None:
    for element in list(root.iter()):
        if _is_hidden(element):
            _remove(element, root)


def _remove_navigation(root: Element) -> None:
    measures = PageMeasures(root)
    for element in list(root.iter()):
        is_marked = element.tag == "nav" or element.get("role") in _MENU_ROLES
        if is_marked and is_navigation(element, measures):
            _remove(element, root)


def _remove_named(root: Element) -> None:
    measures = PageMeasures(root)
    main = _main_element(root, measures)
    inside = set() if main is None else set(main.iter())
    for element in list(root.iter(*_NAMED)):
        if is_named_boilerplate(element, measures, in_main=element in inside):
            _remove(element, root)


def _mark_tasks(root: Element) -> None:
    """Writes the boxes of task lists as signs."""
    for box in list(root.iter("input")):
        is_task = box.get("type") == "checkbox" and box.get("disabled") is not None
        if is_task and any(True for _ in box.iterancestors("li")):
            box.tail = f"{'☑' if box.get('checked') is not None else '☐'} {(box.tail or '').lstrip()}"


def _is_hidden(element: Element) -> bool:
    if element.tag in _CONTROLS or element.get("role") in _CONTROL_ROLES:
        return True
    if element.get("hidden") is not None and element.get("hidden") != "until-found":
        return True
    return element.get("aria-hidden") == "true" or _HIDDEN.search(element.get("style") or "") is not None


def _is_edge(element: Element) -> bool:
    return element.tag in ("header", "footer", "aside") or element.get("role") in _EDGE_ROLES


def _main_element(root: Element, measures: PageMeasures) -> Element | None:
    mains = root.xpath(_MAIN)
    if mains and measures.length(mains[0]) * 4 > measures.total:
        return mains[0]
    articles = list(root.iter("article"))
    if len(articles) == 1 and measures.length(articles[0]) * 2 > measures.total:
        return articles[0]
    return None


def _take_notes(root: Element, main: Element, measures: PageMeasures) -> None:
    """Moves notes that stand beside the main content to its end."""
    around = set(main.iterancestors())
    inside = set(main.iter())
    for note in [e for e in root.iter("aside") if e not in around and e not in inside]:
        nested = any(True for _ in note.iterancestors("aside", "header", "footer"))
        if not nested and is_prose(note, measures):
            remove_element(note)
            note.tail = None
            main.append(note)


def _has_title(element: Element) -> bool:
    return next(element.iter("h1"), None) is not None


def _remove(element: Element, root: Element) -> None:
    if element is not root:
        remove_element(element)
