"""Bundles the widget's modules into one script, without comments and indents.

A page then makes one request, and there is no build step. It needs this of the modules under
``api/widget``: imports are named and relative, exports are declarations, no two modules use the same
top-level name, and comments stand on lines of their own.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

ENTRY = "widget.js"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const |class |function|async )", re.MULTILINE)
_COMMENT = re.compile(r"^ *(?://.*|/\*\*(?:.|\n)*?\*/)\n", re.MULTILINE)
_BLANK = re.compile(r"^(?: +|\n+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The script, the same gzipped, and its ETag (a hash of the content)."""

    body: bytes
    gzipped: bytes
    etag: str


@cache
def bundle() -> Bundle:
    """The widget's script; made once per process."""
    modules: dict[str, str] = {}
    _add(ENTRY, modules)
    body = "".join(modules.values()).encode()
    return Bundle(body, gzip.compress(body, 9, mtime=0), f'"{sha256(body).hexdigest()[:20]}"')


def _add(name: str, modules: dict[str, str]) -> None:
    """Adds a module after those that it imports."""
    if name in modules:
        return
    text = files("api").joinpath("widget", name).read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        _add(imported, modules)
    modules[name] = _BLANK.sub("", _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text))))
