"""The widget as one script: its modules in order, without what only their readers need.

A page then makes one request, and nobody needs a build step. The modules under ``api/widget`` keep to a
form that makes this plain: imports are named and relative, exports are declarations, no top-level name
is used twice, and a comment has its lines for itself.
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
class Script:
    """What is served: the script, the same gzipped, and the tag of this very content."""

    body: bytes
    gzipped: bytes
    etag: str


@cache
def script() -> Script:
    """The widget."""
    seen: dict[str, str] = {}
    _collect(ENTRY, seen)
    body = "".join(seen.values()).encode()
    return Script(body, gzip.compress(body, 9, mtime=0), f'"{sha256(body).hexdigest()[:20]}"')


def _collect(name: str, seen: dict[str, str]) -> None:
    """Puts a module after those that it imports."""
    if name in seen:
        return
    text = files("api").joinpath("widget", name).read_text(encoding="utf-8")
    for imported in _IMPORT.findall(text):
        _collect(imported, seen)
    seen[name] = _BLANK.sub("", _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text))))
