"""What stands on a page for finding one's way, not to be read: permalinks, line numbers, links to skip."""

from __future__ import annotations

import re

from ingest.formats.markup.tree import Element, remove_element

_SIGNS = re.compile(r"[¶#§🔗⚓∞↩↑⤴⬆^\u200b-\u200d\u2060\ufe0e\ufe0f\ufeff\s]*")
_SIGN_AT_END = re.compile(r"[\s\u200b]*[¶🔗][\s\u200b]*\Z")
_ANCHOR_NAMES = frozenset(
    "headerlink permalink anchor anchorlink anchorjs hash-link header-anchor heading-anchor heading-link"
    " anchor-link sl-anchor-link toc-anchor section-link".split()
)
_LINE_NUMBER_NAMES = frozenset(
    "linenos linenodiv lineno line-number line-numbers linenumber linenumbers lnt ln blob-num gutter"
    " codelinenumber line-numbers-rows".split()
)
_NAME = re.compile(r"[a-z]+(?:-[a-z]+)*")
_NUMBERS = re.compile(r"[\d\s]*")
_SKIP = re.compile(r"(?:skip|jump) (?:to|past|navigation|nav)\b.{0,40}", re.IGNORECASE)
_LINK_TO = re.compile(r"(?:perma(?:nent )?|direct )?link\b|anchor\b|section titled\b", re.IGNORECASE)
_SOURCE = re.compile(
    r"\[(?:source|docs)\]|(?:edit|improve|view|show) (?:on github|this page(?: on \w+)?|page source|source)",
    re.IGNORECASE,
)
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_MOST_BESIDE = 20  # elements in or beside a heading
_NAMED = (*_HEADINGS, "dt", "caption", "figcaption", "summary")


def remove_page_signs(root: Element) -> None:
    """Removes permalinks (¶), links that skip the menu or lead to a page's source, and numbers of lines."""
    for link in list(root.iter("a")):
        if _is_sign(link):
            remove_element(link)
    for heading in root.iter(*_HEADINGS):
        _remove_last_sign(heading)
    for element in list(root.iter("td", "span", "div", "pre", "a")):
        if _is_line_numbers(element):
            remove_element(element)
    for element in list(root.iter("math")):
        _write_formula(element)


def _is_sign(link: Element) -> bool:
    href = str(link.get("href") or "")
    text = " ".join("".join(link.itertext()).split())
    if _SOURCE.fullmatch(text):
        return True
    if "#" not in href:
        return False
    if _SIGNS.fullmatch(text):
        return link.find(".//img") is None
    if href.startswith("#") and _SKIP.fullmatch(text):
        return True
    return not _ANCHOR_NAMES.isdisjoint(_names(link)) and _names_its_heading(link, text)


def _names_its_heading(link: Element, text: str) -> bool:
    """Whether a link's text only says that it leads to the heading that it stands in or beside."""
    parent = link.getparent()
    if (
        parent is None
        or len(parent) > _MOST_BESIDE
        or not (parent.tag in _NAMED or any(child.tag in _HEADINGS for child in parent))
    ):
        return False
    rest = " ".join("".join(parent.itertext()).split()).replace(text, "", 1).strip()
    return bool(rest) and (rest in text or _LINK_TO.match(text) is not None)


def _remove_last_sign(heading: Element) -> None:
    """Removes a pilcrow at the end of a heading that is no link."""
    last = heading
    while len(last) and not (last[-1].tail or "").strip():
        last = last[-1]
    if len(last):
        last[-1].tail = _SIGN_AT_END.sub("", last[-1].tail or "")
    else:
        last.text = _SIGN_AT_END.sub("", last.text or "")


def _is_line_numbers(element: Element) -> bool:
    if _LINE_NUMBER_NAMES.isdisjoint(_names(element)):
        return False
    text = "".join(element.itertext())
    return _NUMBERS.fullmatch(text) is not None


def _write_formula(math: Element) -> None:
    """A formula as its author wrote it in TeX, where the page says how; else its signs."""
    source = next((str(e.text) for e in math.iter("annotation") if "tex" in str(e.get("encoding"))), "")
    if source.strip():
        tail = math.tail
        for child in list(math):
            math.remove(child)
        math.text, math.tail = " ".join(source.split()), tail
    for annotation in list(math.iter("annotation", "annotation-xml")):
        remove_element(annotation)


def _names(element: Element) -> set[str]:
    return set(_NAME.findall(f"{element.get('class') or ''} {element.get('id') or ''}".lower()))
