"""What a link's target adds to its text: "the portal (https://example.org/apply)"."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_MAX_TARGET = 120  # code points; what is longer is made for machines
_MAX_QUERY = 80
_MAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(r"\+?[\d ()./-]{3,30}")
_WORD = re.compile(r"\w")
_DIGIT = re.compile(r"\d")
_NO_URL = re.compile(r"[\s\"<>\\^`{|}\x00-\x1f\x7f]")


class LinkTargets:
    """The targets of a document's links, each told once in a section.

    >>> targets = LinkTargets()
    >>> targets.of("the portal", "https://example.org/apply")
    ' (https://example.org/apply)'
    >>> targets.of("example.org/apply", "https://example.org/apply")
    ''
    """

    def __init__(self) -> None:
        self._told: set[str] = set()

    def next_section(self) -> None:
        """A heading was passed: targets are told anew."""
        self._told.clear()

    def of(self, text: str, href: str) -> str:
        """The target in brackets, to stand behind the link's text; empty where it says no more than the text.

        See ``shown_target``.
        """
        return self.once(shown_target(text, href))

    def once(self, shown: str) -> str:
        """A target in brackets; empty where the section has told it before, or it is empty."""
        if not shown or shown in self._told:
            return ""
        self._told.add(shown)
        return f" ({shown})"


def shown_target(text: str, href: str) -> str:
    """The target of a link as it is told; empty where it says no more than the link's text.

    Told are web addresses with their host, mail addresses and telephone numbers; not places in this
    or a neighbouring page, nor addresses that are too long to be read.
    """
    href = href.strip()
    scheme, _, rest = href.partition(":")
    match scheme.lower():
        case "mailto":
            return _mail(text, rest)
        case "tel":
            return _phone(text, rest)
        case "http" | "https":
            return _web_address(text, href)
        case _:
            return ""


def _mail(text: str, rest: str) -> str:
    address = unquote(rest.partition("?")[0]).strip()
    is_new = _MAIL.fullmatch(address) is not None and address.lower() not in text.lower()
    return address if is_new else ""


def _phone(text: str, rest: str) -> str:
    number = unquote(rest.partition(";")[0]).strip()
    is_new = _PHONE.fullmatch(number) is not None and len(_DIGIT.findall(text)) < 3
    return number if is_new else ""


def _web_address(text: str, href: str) -> str:
    if len(href) > _MAX_TARGET or _NO_URL.search(href) or not _WORD.search(text):
        return ""
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    if "." not in host or len(parts.query) > _MAX_QUERY or host in text.lower():
        return ""
    return href
