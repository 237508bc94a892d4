"""Addresses of pages: one form of each, and which of them belong to the named site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}
_MAX_CHARACTERS = 2_000
_TRACKING = re.compile(r"(?:utm_[a-z]+|gclid|fbclid|msclkid|mc_[ce]id)$", re.IGNORECASE)
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"
_SAFE_QUERY = _SAFE_PATH + "?"
_INDEX_PAGE = re.compile(r"(?:index|default)\.(?:html?|php|aspx?)$|/$", re.IGNORECASE)


def normal_url(url: str, base: str = "") -> str | None:
    """The one form of an address: absolute, without fragment, default port and tracking parameters.

    None of what is no web page: another scheme, a user's name in it, no host, more than 2,000 characters.

    >>> normal_url("../b/./c.html?utm_source=x#top", "https://Docs.example.com:443/a/")
    'https://docs.example.com/b/c.html'
    >>> normal_url("mailto:a@b.example") is None
    True
    """
    try:
        parts = urlsplit(urljoin(base, "".join(c for c in url if c.isprintable()).strip()))
        host, port = (parts.hostname or "").rstrip("."), parts.port
        ascii_host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except ValueError:  # a wrong port, an address in brackets that is none, a name that IDNA refuses
        return None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not ascii_host or "@" in parts.netloc:
        return None
    name = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    netloc = name if port in (None, _PORTS[scheme]) else f"{name}:{port}"
    path = quote(_without_dots(parts.path), safe=_SAFE_PATH) or "/"
    query = quote(_without_tracking(parts.query), safe=_SAFE_QUERY)
    normal = urlunsplit((scheme, netloc, path, query, ""))
    return normal if len(normal) <= _MAX_CHARACTERS else None


def path_and_query(url: str) -> str:
    """What a request names of an address; rules of robots.txt are about this."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def file_name(url: str) -> str:
    """The last part of an address's path, or its host where the path has none.

    >>> file_name("https://a.example/docs/price%20list.pdf"), file_name("https://a.example/")
    ('price list.pdf', 'a.example')
    """
    parts = urlsplit(url)
    names = [name for name in unquote(parts.path).replace("\\", "/").split("/") if name.strip(". ")]
    return names[-1] if names else (parts.hostname or "page")


def same_place(url: str) -> str:
    """What addresses have in common that differ in a slash at the end, an index page's name, or a query.

    Pages of one place with the same bytes are one page.
    """
    parts = urlsplit(url)
    return f"{parts.netloc}{_INDEX_PAGE.sub('', parts.path).rstrip('/')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The one site that is read: a host at a port; at the usual ports it is the same by http and https."""

    host: str
    ports: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, url: str) -> Scope:
        """The site of an address in its normal form."""
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        is_usual = port == _PORTS[parts.scheme]
        ports = frozenset(_PORTS.items()) if is_usual else frozenset({(parts.scheme, port)})
        return cls(host=parts.hostname or "", ports=ports)

    def __contains__(self, url: str) -> bool:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        return parts.hostname == self.host and (parts.scheme, port) in self.ports


def _without_dots(path: str) -> str:
    """A path without ``.`` and ``..`` (RFC 3986, section 5.2.4)."""
    if "." not in path:
        return path
    kept: list[str] = []
    parts = path.split("/")
    for part in parts:
        if part == "..":
            if len(kept) > 1:
                kept.pop()
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _without_tracking(query: str) -> str:
    if not any(_TRACKING.match(name) for name, _ in parse_qsl(query, keep_blank_values=True)):
        return query
    pairs = query.split("&")
    return "&".join(pair for pair in pairs if not _TRACKING.match(unquote(pair.partition("=")[0])))
