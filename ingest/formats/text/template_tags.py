"""Removes template tags (Liquid, Jinja, kramdown attributes) from Markdown, but not from its code."""

from __future__ import annotations

import re

_FENCE = re.compile(r"[ \t>*+\-\d.]*(?P<mark>`{3,}|~{3,})(?P<rest>[^\n]*)")
_TAGS = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`{1,4})(?!`)(?:(?!`)[^\n]|(?!(?P=ticks)(?!`))`){1,400}(?P=ticks)(?!`))"
    r"|\{%-?[^%{}]{0,500}%\}"
    r"|(?<!\$)\{\{[^{}]{0,500}\}\}"
    r"|\{:[^{}\n]{0,200}\}"
)


def without_tags(source: str) -> str:
    """The source without ``{% … %}``, ``{{ … }}`` and ``{: … }``, except in fences and code spans."""
    cleaned: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in source.splitlines(keepends=True):
        match = _FENCE.match(line)
        if fence:
            cleaned.append(line)
            if match and match["mark"].startswith(fence) and not match["rest"].strip():
                fence = ""
        elif match and "`" not in match["rest"]:
            cleaned += [_remove_tags("".join(prose)), line]
            prose, fence = [], match["mark"]
        else:
            prose.append(line)
    cleaned.append(_remove_tags("".join(prose)))
    return "".join(cleaned)


def _remove_tags(prose: str) -> str:
    return _TAGS.sub(lambda match: match["code"] or "", prose)
