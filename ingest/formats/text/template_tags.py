"""Removes template tags (Liquid, Jinja, kramdown attributes) from Markdown, but not from its code."""

from __future__ import annotations

import re

from ingest.formats.text.fences import map_prose

_TAGS = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`{1,4})(?!`)(?:(?!`)[^\n]|(?!(?P=ticks)(?!`))`){1,400}(?P=ticks)(?!`))"
    r"|\{%-?[^%{}]{0,500}%\}"
    r"|(?<!\$)\{\{[^{}]{0,500}\}\}"
    r"|\{:[^{}\n]{0,200}\}"
)


def without_tags(source: str) -> str:
    """The source without ``{% … %}``, ``{{ … }}`` and ``{: … }``, except in fences and code spans."""
    return map_prose(source, lambda prose: _TAGS.sub(lambda match: match["code"] or "", prose))
