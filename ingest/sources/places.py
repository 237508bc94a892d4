"""Places as people name them: a path, a site's address with a depth, a repository at a revision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A sitemap, or a page at which to begin. ``depth``: how many links away from there pages are read."""

    url: str
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A git repository, bare or not, as of a commit, branch or tag."""

    path: Path
    revision: str = "HEAD"


Place = Path | Site | Revision


def is_url(text: str) -> bool:
    """Whether a text is the address of a site and no path.

    >>> is_url("https://docs.example.com/sitemap.xml"), is_url("docs/https")
    (True, False)
    """
    return text.lower().startswith(("http://", "https://"))


def place_of(text: str, *, depth: int = 0, revision: str | None = None) -> Place:
    """The place that a text of the command line names.

    >>> place_of("https://docs.example.com/", depth=2)
    Site(url='https://docs.example.com/', depth=2)
    """
    if is_url(text):
        return Site(url=text, depth=depth)
    return Path(text) if revision is None else Revision(path=Path(text), revision=revision)
