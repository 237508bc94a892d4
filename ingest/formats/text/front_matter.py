"""The metadata block before a Markdown text, in YAML between ``---`` or TOML between ``+++``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

from ingest.formats.readers import READERS, readers_in
from ingest.formats.text.decode import well_formed

_BLOCK = re.compile(
    r"\s*(?P<mark>---|\+\+\+)[ \t]*\n(?P<body>.{0,65536}?)^(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M
)
_NAMES_READERS = re.compile(r"^[\"']?readers[\"']?[ \t]*[:=]", re.M | re.I)
_MAX_BITS = 4_096  # of an integer; Python refuses to write out one with more than 4,300 digits
_PAIR = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:[ \t]*(\S.*)$", re.M)


_NOT_TOLD = frozenset(
    "title layout permalink slug url weight toc draft id sidebar nav order nav_order navorder position"
    " pagination_next pagination_prev redirect_from redirect_to aliases hide hide_title"
    " hide_table_of_contents template menu cascade outputs eleventynavigation theme css scripts image images"
    " banner cover kernelspec jupytext jupyter output format linkcolor geometry readers".split()
)
_MAX_LINES = 200
_MAX_NESTING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """A block of metadata: its plain values, the lines "name: value" that tell readers something, and the
    source behind it."""

    metadata: dict[str, str]
    lines: tuple[str, ...]
    body: str


def split_front_matter(source: str) -> tuple[dict[str, str], str]:
    """Metadata as text values, and the source behind it.

    Lists of plain values are joined by ", "; nested values and numbers of thousands of digits are left out.
    Broken YAML, and YAML with aliases or merge keys, is no error: its plain ``key: value`` lines are the
    metadata. A block that holds no mapping is no front matter, and stays in the text. ``readers`` that can't
    be understood are an empty text: nobody.
    """
    front_matter = read_front_matter(source)
    return front_matter.metadata, front_matter.body


def read_front_matter(source: str) -> FrontMatter:
    """As ``split_front_matter``, with lines: the values inside others too ("contact mail: a@example.org"),
    without the title and what only a site's generator needs."""
    match = _BLOCK.match(source)
    values = _parsed(match["mark"], match["body"]) if match else None
    if match is None or values is None:
        return FrontMatter(metadata={}, lines=(), body=source)
    lines = tuple(islice(_lines(values, "", 0), _MAX_LINES))
    metadata = _as_texts(values)
    if readers_in(metadata) is None and _NAMES_READERS.search(match["body"]):
        metadata[READERS] = ""
    return FrontMatter(metadata=metadata, lines=lines, body=source[match.end() :])


def _lines(values: Mapping[object, object], above: str, depth: int) -> Iterator[str]:
    for key, value in values.items():
        name = " ".join(well_formed(_text(key) or "").replace("_", " ").replace("-", " ").split())
        if not name or (not depth and str(key).lower().replace("-", "_") in _NOT_TOLD):
            continue
        path = f"{above} {name}".strip()
        if isinstance(value, Mapping):
            if depth < _MAX_NESTING:
                yield from _lines(value, path, depth + 1)
            continue
        text = " ".join(well_formed(_text(value) or "").split())
        if text:
            yield f"{path}: {text}"
        for item in value if isinstance(value, list) and depth < _MAX_NESTING else ():
            if isinstance(item, Mapping):
                yield from _lines(item, path, depth + 1)


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases and merge keys: with them a short block has values of any size."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            node_start = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise ComposerError(None, None, "aliases are not read", node_start)
        return super().compose_node(parent, index)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            raise ConstructorError(None, None, "merge keys are not read", node.start_mark)


def _parsed(mark: str, body: str) -> Mapping[object, object] | None:
    """The values; None where the block holds no mapping."""
    try:
        # A subclass of SafeLoader makes plain values only.
        values: object = tomllib.loads(body) if mark == "+++" else yaml.load(body, _PlainLoader)  # noqa: S506
        if isinstance(values, Mapping):
            _as_texts(values)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        values = dict(_PAIR.findall(body))
    if values is None:
        return {}
    return values if isinstance(values, Mapping) and (values or not body.strip()) else None


def _as_texts(values: Mapping[object, object]) -> dict[str, str]:
    texts = [(_text(key) or "", _text(value)) for key, value in values.items()]
    return {well_formed(key): well_formed(text) for key, text in texts if key and text is not None}


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        return None
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        texts = [_text(item) for item in value if not isinstance(item, list)]
        return ", ".join(text for text in texts if text is not None) or None
    return None
