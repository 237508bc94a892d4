"""The metadata block before a Markdown text, in YAML between ``---`` or TOML between ``+++``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date

import yaml

from ingest.formats.text.decode import well_formed

_BLOCK = re.compile(
    r"\s*(?P<mark>---|\+\+\+)[ \t]*\n(?P<body>.{0,65536}?)^(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M
)
_PAIR = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:[ \t]*(\S.*)$", re.M)


def split_front_matter(source: str) -> tuple[dict[str, str], str]:
    """Metadata as text values, and the source behind it.

    Lists of plain values are joined by ", "; nested values are left out. Broken YAML is no error: its
    plain ``key: value`` lines are the metadata. A block that holds no mapping is no front matter, and
    stays in the text.
    """
    match = _BLOCK.match(source)
    if match is None:
        return {}, source
    values = _parsed(match["mark"], match["body"])
    if values is None:
        return {}, source
    return _as_texts(values), source[match.end() :]


def _parsed(mark: str, body: str) -> Mapping[object, object] | None:
    try:
        values: object = tomllib.loads(body) if mark == "+++" else yaml.safe_load(body)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        values = dict(_PAIR.findall(body))
    if values is None:
        return {}
    return values if isinstance(values, Mapping) and (values or not body.strip()) else None


def _as_texts(values: Mapping[object, object]) -> dict[str, str]:
    texts = {str(key): _text(value) for key, value in values.items()}
    return {well_formed(key): well_formed(text) for key, text in texts.items() if text is not None}


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        texts = [_text(item) for item in value if not isinstance(item, list)]
        return ", ".join(text for text in texts if text is not None) or None
    return None
