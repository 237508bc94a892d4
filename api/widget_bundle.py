"""Bundles the widget's modules into one script, without what only its authors need.

Comments, indents, most line ends and the style's spaces are left out, and private names are shortened.

A page then makes one request, and there is no build step. It needs this of the modules under
``api/widget``: imports are named and relative, exports are declarations, no two modules use the same
top-level name, and a comment stands on lines of its own or after a stop, a comma or a bracket, without
quotation marks in it. The style is the template ``css``; in it a colon of a property has a space after it.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from string import ascii_letters

ENTRY = "widget.js"
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const |class |function|async )", re.MULTILINE)
_COMMENT = re.compile(r"^ *(?://.*|/\*\*(?:.|\n)*?\*/)\n", re.MULTILINE)
_END_COMMENT = re.compile(r"(?<=[;,{[]) +// [^\"'`\n]*$", re.MULTILINE)
_BLANK = re.compile(r"^(?: +|\n+)", re.MULTILINE)
_LINE_END = re.compile(r"\n(?=[})])|(?<=[{;(,])\n")
_PRIVATE = re.compile(r"^(?:(?:static|async|get|set) )?#(\w+)", re.MULTILINE)
_STYLE = re.compile(r"(?<=^const css = `\n)[^`]*", re.MULTILINE)
_STYLE_SPACE = re.compile(r"\s*([{};,])\s*|(?<=:) ")


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
    for pattern in (_IMPORT, _EXPORT, _COMMENT, _END_COMMENT, _BLANK):
        text = pattern.sub("", text)
    text = _STYLE.sub(lambda style: _STYLE_SPACE.sub(r"\1", style[0]), text)
    modules[name] = _LINE_END.sub("", _with_short_names(text))


def _with_short_names(text: str) -> str:
    """A module with its private fields and methods named #a, #b, …"""
    names = list(dict.fromkeys(_PRIVATE.findall(text)))
    if not names:
        return text
    used = re.compile(rf"(?<=[\s.!(\[])#({'|'.join(names)})\b", re.MULTILINE)
    return used.sub(lambda use: "#" + ascii_letters[names.index(use[1])], text)
