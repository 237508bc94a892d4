"""Takes template tags (Liquid, Jinja, kramdown attributes) out of Markdown, but not out of code."""

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
    """The source with ``{% … %}``, ``{{ … }}`` and ``{: … }`` gone; fences and code spans kept."""
    kept: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in source.splitlines(keepends=True):
        match = _FENCE.match(line)
        if fence:
            kept.append(line)
            if match and match["mark"].startswith(fence) and not match["rest"].strip():
                fence = ""
        elif match and "`" not in match["rest"]:
            kept += [_untagged("".join(prose)), line]
            prose, fence = [], match["mark"]
        else:
            prose.append(line)
    kept.append(_untagged("".join(prose)))
    return "".join(kept)


def _untagged(prose: str) -> str:
    return _TAGS.sub(lambda match: match["code"] or "", prose)
