"""The main content of a web page: menus, banners, forms and scripts are removed."""

from __future__ import annotations

import re
from typing import Any

Element = Any  # lxml.html.HtmlElement; lxml carries no types

_NO_CONTENT = (
    "script style noscript template svg math-annotation head title iframe object embed canvas audio video map"
    " button select option optgroup input textarea progress meter dialog nav link meta base"
).split()
_ROLES = frozenset(
    "navigation banner contentinfo search menu menubar toolbar dialog alertdialog tablist".split()
)
_WORDS = re.compile(r"[a-z]+")
_MENU_NAMES = frozenset(
    "nav navbar navigation navbox menu menubar submenu sidebar breadcrumb breadcrumbs pagination pager"
    " cookie cookies consent share sharing social newsletter advert advertisement ads promo skip skiplink"
    " noprint catlinks editsection printfooter toc masthead siteheader sitefooter".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAIN = ".//main | .//*[@role='main'] | .//article"
_LINK_SHARE = 0.75


def main_content(tree: Element) -> Element:
    """The element that holds a page's content, without menus, banners and hidden parts. Changes the tree.

    It is the page's ``main``, or its only ``article``, if that holds more than a quarter of the text; else
    the body without lists of links.
    """
    body = tree.find(".//body")
    root = tree if body is None else body
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or _is_hidden(element):
            _remove(element, root)
    total = _text_length(root)
    for element in list(root.iter("div", "section", "ul", "ol", "span", "table", "p", "td", "sup")):
        if _is_menu(element) and _text_length(element) * 2 < total:
            _remove(element, root)
    main = _main_element(root, total)
    if main is not None:
        return main
    for element in list(root.iter("header", "footer", "aside")):
        outside = not any(True for _ in element.iterancestors("article"))
        if outside and _text_length(element) * 2 < total and not _has_title(element):
            _remove(element, root)
    for element in list(root.iter("ul", "ol", "div", "table", "p")):
        if _is_link_list(element) and _text_length(element) * 2 < total:
            _remove(element, root)
    return root


def _is_hidden(element: Element) -> bool:
    if element.tag in _NO_CONTENT or element.get("hidden") is not None or element.get("role") in _ROLES:
        return True
    return element.get("aria-hidden") == "true" or _HIDDEN.search(element.get("style") or "") is not None


def _is_menu(element: Element) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return not _MENU_NAMES.isdisjoint(_WORDS.findall(names))


def _main_element(root: Element, total: int) -> Element | None:
    marked = root.xpath(_MAIN)
    mains = [element for element in marked if element.tag != "article"]
    articles = [element for element in marked if element.tag == "article"]
    for candidates in (mains[:1], articles if len(articles) == 1 else []):
        if candidates and _text_length(candidates[0]) * 4 > total:
            return candidates[0]
    return None


def _has_title(element: Element) -> bool:
    return next(element.iter("h1"), None) is not None


def _is_link_list(element: Element) -> bool:
    """Four links or more, short ones, with at least three quarters of the text in them."""
    links = list(element.iter("a"))
    if len(links) < 4 or any(True for _ in element.iterdescendants("h1", "h2", "h3", "pre")):
        return False
    texts = [" ".join(link.text_content().split()) for link in links]
    linked, total = sum(map(len, texts)), _text_length(element)
    short = sum(len(text.split()) for text in texts) <= 5 * len(texts)
    return short and total > 0 and linked >= _LINK_SHARE * total


def _text_length(element: Element) -> int:
    return len("".join(element.itertext(with_tail=False)).split())


def _remove(element: Element, root: Element) -> None:
    """Removes an element or comment; the text behind it stays."""
    parent = element.getparent()
    if parent is None or element is root:
        return
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)
