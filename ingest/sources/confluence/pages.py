"""Pages as the REST API of Confluence has them (content of its version 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.formats.readers import Readers

_T = TypeVar("_T", bound=BaseModel)


class BadAnswer(ValueError):
    """An answer isn't what the API says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page. ``ancestors`` are ids and titles from the top of the space; ``html`` is empty in listings.

    ``readers`` are the groups that its own restrictions name; None: it has none; empty: no group, or that
    isn't told.
    """

    id: str
    title: str
    version: int
    space: str
    ancestors: tuple[tuple[str, str], ...]
    readers: Readers
    html: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageList:
    """A part of the pages; ``next_link`` leads to those that follow; empty: there are none."""

    pages: tuple[Page, ...]
    next_link: str


def read_pages(data: bytes) -> PageList:
    """A part of the pages of a space. Raises BadAnswer."""
    read = _read(_List, data)
    return PageList(pages=tuple(_page(content) for content in read.results), next_link=read.links.next)


def read_page(data: bytes) -> Page:
    """One page. Raises BadAnswer."""
    return _page(_read(_Content, data))


def read_restriction(data: bytes) -> Readers:
    """The groups that a restriction of reading names, as in ``Page.readers``. Raises BadAnswer."""
    return _readers(_read(_Restriction, data))


def is_anonymous(data: bytes) -> bool:
    """Whether the answer about who asks says that nobody is known. Raises BadAnswer."""
    return _read(_User, data).type == "anonymous"


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _User(_Part):
    type: str


class _Named(_Part):
    name: str = ""


class _Subjects(_Part):
    results: tuple[_Named, ...] = ()
    size: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.results and self.size == 0


class _Both(_Part):
    user: _Subjects
    group: _Subjects


class _Restriction(_Part):
    restrictions: _Both


class _Restrictions(_Part):
    read: _Restriction


class _Ancestor(_Part):
    id: str
    title: str = ""


class _Version(_Part):
    number: int


class _Space(_Part):
    key: str


class _View(_Part):
    value: str = ""


class _Body(_Part):
    export_view: _View = _View()


class _Content(_Part):
    id: str
    title: str
    version: _Version
    space: _Space
    ancestors: tuple[_Ancestor, ...]
    restrictions: _Restrictions | None = None
    body: _Body = _Body()


class _Links(_Part):
    next: str = ""


class _List(_Part):
    results: tuple[_Content, ...]
    links: _Links = Field(_Links(), alias="_links")


def _read(model: type[_T], data: bytes) -> _T:
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "its body"
        raise BadAnswer(f"it isn't the API of Confluence: {where}: {first['msg']}") from None


def _page(content: _Content) -> Page:
    return Page(
        id=content.id,
        title=" ".join(content.title.split()),
        version=content.version.number,
        space=content.space.key,
        ancestors=tuple((ancestor.id, ancestor.title) for ancestor in content.ancestors),
        readers=() if content.restrictions is None else _readers(content.restrictions.read),
        html=content.body.export_view.value,
    )


def _readers(restriction: _Restriction) -> Readers:
    """A name with a comma in it can't be one of several readers, and is left out."""
    both = restriction.restrictions
    if both.user.is_empty and both.group.is_empty:
        return None
    names = {group.name.strip() for group in both.group.results}
    return tuple(sorted(name for name in names if name and "," not in name))
