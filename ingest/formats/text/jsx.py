"""MDX to Markdown: imports, exports, expressions and components' tags are removed, their texts stay."""

from __future__ import annotations

import re

from ingest.formats.text.fences import map_prose

_STATEMENT = re.compile(r"^(?:import\s[^\n]*|export\s(?:[^\n]+\n?)+)", re.M)
_IMPORT = re.compile(r"^import\s+(?:[\w*{][^\n]{0,300}?\sfrom\s+)?['\"][^'\"\n]+['\"];?[ \t]*$", re.M)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\n]{1,400}?(?<!`)\1(?!`)")
_TAG_START = re.compile(r"</?[A-Z][\w.]*(?=[\s/>])|</?>")
_LABEL = re.compile(
    r"\b(?:label|title|summary|heading)\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|\{[\"'`]([^\"'`]+)[\"'`]\})"
)
_COMMENT = re.compile(r"\{/\*.*?\*/\}", re.S)
_EXPRESSION = re.compile(r"(?<![\\$\w])\{[^{}\n]{0,300}\}")
_MAX_TAG = 5_000  # characters
_MAX_UNCLOSED = 50  # tags without an end; the rest of such a text is left as it is


def is_mdx(name: str, source: str) -> bool:
    """Whether a Markdown file holds components: by its name, or by an import of one."""
    if name.lower().endswith(".mdx"):
        return True
    found: list[bool] = []

    def look(prose: str) -> str:
        found.append(_IMPORT.search(prose) is not None)
        return prose

    map_prose(source, look)
    return any(found)


def without_jsx(source: str) -> str:
    """The source without JavaScript, except in fences and code spans.

    A component's ``label`` or ``title`` stays, as a line of its own: "**Linux:**".
    """
    return map_prose(source, _clean)


def _clean(prose: str) -> str:
    prose = _COMMENT.sub("", _STATEMENT.sub("", prose))
    parts: list[str] = []
    at = 0
    for code in [*_CODE_SPAN.finditer(prose), None]:
        end = code.start() if code else len(prose)
        parts.append(_EXPRESSION.sub("", _without_tags(prose[at:end])))
        if code:
            parts.append(code[0])
            at = code.end()
    return "".join(parts)


def _without_tags(text: str) -> str:
    parts: list[str] = []
    at = unclosed = 0
    while unclosed < _MAX_UNCLOSED and (match := _TAG_START.search(text, at)) is not None:
        end = _tag_end(text, match.end() - (match[0][-1] == ">"))
        if end is None:
            parts.append(text[at : match.end()])
            at = match.end()
            unclosed += 1
            continue
        label = _LABEL.search(text, match.end(), end)
        before = text[at : match.start()]
        is_alone = not before.rpartition("\n")[2].strip()
        parts += [before.rstrip(" \t") if is_alone else before]
        if label:
            parts.append(f"\n\n**{next(filter(None, label.groups()))}:**\n\n")
        elif is_alone:
            parts.append("\n\n")
        at = end
    return "".join([*parts, text[at:]])


def _tag_end(text: str, at: int) -> int | None:
    """The offset behind a tag's ">", which may stand in quotes and braces before; None: it isn't closed."""
    depth, quote = 0, ""
    for index in range(at, min(len(text), at + _MAX_TAG)):
        character = text[index]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
        elif character == ">" and depth <= 0:
            return index + 1
    return None
