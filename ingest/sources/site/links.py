"""What a page says of itself and of others: its links, its canonical address, what robots may do with it.

The page is scanned for tags in one pass, in time linear in its length, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from ingest.sources.site.addresses import normal_url

_MAX_LINKS = 5_000  # of a page
_MAX_CHARACTERS = 5_000_000
_MAX_ATTRIBUTES = 64
_TAG = re.compile(r"<(!--|[A-Za-z][A-Za-z0-9-]*)")
_ATTRIBUTE = re.compile(
    r"""[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""",
)
_WITHOUT_TAGS = frozenset("script style template textarea title noscript".split())
_READ = frozenset("a area link meta base frame".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """``links`` are addresses in their normal form, in order, those that are not to be followed left out.

    ``index``: the page may be stored; ``follow``: its links may be followed.
    """

    links: tuple[str, ...] = ()
    canonical: str | None = None
    index: bool = True
    follow: bool = True


def page_links(text: str, url: str, agent: str) -> PageLinks:
    """The links of a page.

    Args:
        url: where the page is.
        agent: the agent's name in ``<meta name=…>``, in small letters.

    >>> page_links('<a href="b#c">B</a><meta name="robots" content="noindex">', "https://a.example/", "x")
    PageLinks(links=('https://a.example/b',), canonical=None, index=False, follow=True)
    """
    links: dict[str, None] = {}
    base, canonical = url, None
    directives: list[str] = []
    for tag, attributes in _tags(text[:_MAX_CHARACTERS]):
        rel = set(attributes.get("rel", "").lower().split())
        target = attributes.get("src" if tag == "frame" else "href")
        if tag == "meta":
            if attributes.get("name", "").lower() in ("robots", agent):
                directives.append(attributes.get("content", ""))
        elif target is None:
            continue
        elif tag == "base":
            base = normal_url(target, url) or base
        elif tag == "link" and "canonical" in rel:
            canonical = canonical or normal_url(target, base)
        elif (tag != "link" or rel & {"next", "prev"}) and "nofollow" not in rel and len(links) < _MAX_LINKS:
            address = normal_url(target, base)
            if address is not None:
                links[address] = None
    index, follow = permissions(directives)
    return PageLinks(links=tuple(links), canonical=canonical, index=index, follow=follow)


def header_permissions(values: Iterable[str], agent: str) -> tuple[bool, bool]:
    """Whether ``X-Robots-Tag`` headers let a page be stored, and its links be followed.

    >>> header_permissions(["otherbot: noindex", "nofollow"], "saywhere")
    (True, False)
    """
    own = []
    for value in values:
        name, colon, rest = value.partition(":")
        if not colon or name.strip().lower() == agent:
            own.append(rest if colon else value)
    return permissions(own)


def permissions(directives: Iterable[str]) -> tuple[bool, bool]:
    """Whether these directives let a page be stored, and its links be followed."""
    said = {word.strip() for directive in directives for word in directive.lower().split(",")}
    return said.isdisjoint({"noindex", "none"}), said.isdisjoint({"nofollow", "none"})


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags that are read, with their attributes; those in comments and scripts are none."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter whose small form is longer
        lowered = "".join(c.lower() if c.isascii() else c for c in text)
    at = 0
    while match := _TAG.search(text, at):
        name, at = match[1].lower(), match.end()
        if name == "!--":
            at = _behind(text, "-->", at)
        elif name in _WITHOUT_TAGS:
            at = _behind(lowered, f"</{name}", at)
        elif name in _READ:
            attributes, at = _attributes(text, at)
            yield name, attributes


def _attributes(text: str, at: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while len(found) < _MAX_ATTRIBUTES and (match := _ATTRIBUTE.match(text, at)):
        value = next((part for part in match.groups()[1:] if part is not None), "")
        found.setdefault(match[1].lower(), unescape(value))
        at = match.end()
    return found, at


def _behind(text: str, end: str, at: int) -> int:
    found = text.find(end, at)
    return len(text) if found < 0 else found + len(end)
