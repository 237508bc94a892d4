"""Places as people name them: a path, a site's address with a depth, a bucket, a space, …"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A sitemap, or a page at which to begin. ``depth``: how many links away from there pages are read."""

    url: str
    depth: int = 0

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A git repository, bare or not, as of a commit, branch or tag."""

    path: Path
    revision: str = "HEAD"

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """The objects of a bucket (S3 and its like) whose keys begin with a prefix."""

    bucket: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{BUCKET}{self.bucket}/{self.prefix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The pages of a space of Confluence."""

    key: str

    def __str__(self) -> str:
        return f"{SPACE}{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factory:
    """A source, or a reader of llama-index, that a Python callable gives: ``package.module:name``."""

    path: str

    def __str__(self) -> str:
        return f"{FACTORY}{self.path}"


BUCKET, SPACE, FACTORY = "s3://", "confluence:", "python:"
Place = Path | Site | Revision | Bucket | Space | Factory


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
    >>> place_of("s3://handbook/public/"), place_of("confluence:HR")
    (Bucket(bucket='handbook', prefix='public/'), Space(key='HR'))
    """
    if is_url(text):
        return Site(url=text, depth=depth)
    if text.startswith(BUCKET):
        bucket, _, prefix = text.removeprefix(BUCKET).partition("/")
        return Bucket(bucket=bucket, prefix=prefix)
    if text.startswith(SPACE):
        return Space(key=text.removeprefix(SPACE))
    if text.startswith(FACTORY):
        return Factory(path=text.removeprefix(FACTORY))
    return Path(text) if revision is None else Revision(path=Path(text), revision=revision)
