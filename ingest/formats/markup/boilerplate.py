"""Which parts of a page are menus, banners and the like: by their links and controls, not by names alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ingest.formats.markup.tree import Element

_NUMBER = re.compile(r"\d+")
_WORDS = re.compile(r"[a-z]+")
_MENU_NAMES = frozenset(
    "nav navbar navigation navbox menu menubar submenu sidebar breadcrumb breadcrumbs pagination pager skip"
    " skiplink noprint catlinks editsection printfooter toc masthead siteheader sitefooter".split()
)
_LIST_NAMES = frozenset("nav menu menubar submenu".split())  # of lists of dishes and of parts, too
_PROMOTION_NAMES = frozenset(
    "share sharing social newsletter subscribe advert advertisement ads promo".split()
)
_CONSENT_NAMES = frozenset("cookie cookies consent gdpr ccpa".split())
_CONSENT = re.compile(r"\bcookies?\b|\bprivacy\b|\btracking\b|\bdatenschutz", re.IGNORECASE)
_CONSENT_ACT = re.compile(
    r"\bwe use\b|\buses?\b.{0,20}\bcookies|\b(?:web)?site\b|\bbrowser\b|\baccept\b|\bconsent\b|\bpolicy\b",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"©|\(c\)|\bcopyright\b|\ball rights reserved\b|\b(?:powered|built|made) (?:by|with)\b", re.I
)
_CONTROLS = ("button", "input", "select", "textarea", "form", "iframe")
_SENTENCE_END = (".", "!", "?", "。", "।", "؟")
_CONSENT_WORDS = 150
_PROMOTION_WORDS = 60
_FEW_WORDS = 30
_PROSE_WORDS = 8
_NAVIGATION_WORDS = 4
_LINK_SHARE = 0.75
_NEAR = 8  # elements before and after a list, among which prose is looked for
_HEADINGS = tuple(f"h{level}" for level in range(1, 7))


@dataclass(frozen=True, slots=True)
class _Measure:
    """Characters of an element without white space, those of them in links, and the number of links."""

    length: int
    linked: int
    links: int


class PageMeasures:
    """Of each element of a tree how long its text is, and how much of it are links. Time O(tree).

    What is removed from the tree later is still counted.
    """

    def __init__(self, root: Element) -> None:
        self._measures: dict[Element, _Measure] = {}
        for element in reversed(list(root.iter())):
            self._measures[element] = self._measure(element)
        self.total = self.length(root)

    def _measure(self, element: Element) -> _Measure:
        if not isinstance(element.tag, str):
            return _Measure(0, 0, 0)
        length, linked, links = _length(element.text), 0, 0
        for child in element:
            inner = self._measures[child]
            length += inner.length + _length(child.tail)
            linked += inner.linked
            links += inner.links
        is_place = element.get("name") is not None or element.get("id") is not None
        if element.tag == "a" and (element.get("href") is not None or not is_place):
            return _Measure(length, length, 1)
        return _Measure(length, linked, links)

    def length(self, element: Element) -> int:
        """Characters that are not white space."""
        return self._measures[element].length

    def links(self, element: Element) -> int:
        return self._measures[element].links

    def link_share(self, element: Element) -> float:
        """The part of an element's text that is in links; 0 for one without text or added since."""
        measure = self._measures.get(element)
        return measure.linked / measure.length if measure and measure.length else 0.0


def is_named_boilerplate(element: Element, measures: PageMeasures, *, in_main: bool) -> bool:
    """Whether an element is named as a menu, a promotion or a cookie notice, and is made like one.

    A list of dishes may be named "menu" and a paragraph "consent": a menu is mostly links, a promotion
    has links or controls, and a cookie notice speaks of cookies.
    """
    names = set(_WORDS.findall(f"{element.get('class') or ''} {element.get('id') or ''}".lower()))
    if not names or measures.length(element) * 2 >= measures.total:
        return False
    menu_names = names & _MENU_NAMES
    is_listed = menu_names <= _LIST_NAMES and (in_main or _has_amounts(element))
    if menu_names and not is_listed and _is_menu(element, measures, in_main=in_main):
        return True
    if names & _PROMOTION_NAMES:
        few = word_count(element) <= _PROMOTION_WORDS
        return measures.link_share(element) >= 0.5 or (few and _has_control(element))
    return bool(names & _CONSENT_NAMES) and _is_consent(element, in_main=in_main)


def is_navigation(element: Element, measures: PageMeasures) -> bool:
    """Whether an element marked as navigation is made like it: with links, controls or items to choose."""
    if _has_control(element) or any(inner.get("role") == "menuitem" for inner in element.iter()):
        return True
    if not measures.links(element):
        return word_count(element) < _NAVIGATION_WORDS
    return not is_prose(element, measures)


def is_prose(element: Element, measures: PageMeasures) -> bool:
    """Whether an element says something itself: words, few of them links, and no copyright notice."""
    if measures.link_share(element) >= 0.4 or _has_control(element):
        return False
    text = " ".join(" ".join(element.itertext()).split())
    if _COPYRIGHT.search(text):
        return False
    return len(text.split()) >= _PROSE_WORDS or text.endswith(_SENTENCE_END)


def is_link_list(element: Element, measures: PageMeasures) -> bool:
    """Four links or more, short ones, with at least three quarters of the text in them."""
    if measures.links(element) < 4 or measures.link_share(element) < _LINK_SHARE:
        return False
    if any(True for _ in element.iterdescendants("h1", "h2", "h3", "pre")):
        return False
    words = sum(word_count(link) for link in element.iter("a"))
    return words <= 5 * measures.links(element) and not _is_announced(element)


def word_count(element: Element) -> int:
    """How many words an element holds."""
    return len(" ".join(element.itertext()).split())


def _is_menu(element: Element, measures: PageMeasures, *, in_main: bool) -> bool:
    share = measures.link_share(element)
    if share >= _LINK_SHARE or (share >= 0.5 and not in_main):
        return True
    return share >= 0.5 and word_count(element) <= _FEW_WORDS and next(element.iter(*_HEADINGS), None) is None


def _has_amounts(element: Element) -> bool:
    """Whether numbers stand beside the links, such as prices."""
    return len(_NUMBER.findall(" ".join(_text_outside_links(element)))) > 1


def _text_outside_links(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag != "a":
            yield from _text_outside_links(child)
        yield child.tail or ""


def _is_consent(element: Element, *, in_main: bool) -> bool:
    text = " ".join(" ".join(element.itertext()).split())
    if len(text.split()) > _CONSENT_WORDS or _CONSENT.search(text) is None:
        return False
    has_control = _has_control(element)
    if in_main or next(element.iter(*_HEADINGS), None) is not None:
        return has_control and _CONSENT_ACT.search(text) is not None
    return has_control or _CONSENT_ACT.search(text) is not None


def _is_announced(element: Element) -> bool:
    """Whether a list stands below a sentence or heading that announces it, among paragraphs."""
    before, parent = element.getprevious(), element.getparent()
    if before is None or parent is None or parent.tag in ("header", "footer", "aside"):
        return False
    if before.tag not in (*_HEADINGS[1:], "p", "dt"):
        return False
    if before.tag == "p" and not "".join(before.itertext()).rstrip().endswith((":", "：")):
        return False
    near = (*islice(element.itersiblings(preceding=True), _NEAR), *islice(element.itersiblings(), _NEAR))
    return any(other.tag == "p" and word_count(other) >= _PROSE_WORDS for other in near)


def _has_control(element: Element) -> bool:
    return next(element.iter(*_CONTROLS), None) is not None


def _length(text: str | None) -> int:
    return len("".join(text.split())) if text else 0
