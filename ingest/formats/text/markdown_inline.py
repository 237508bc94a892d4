"""Inline Markdown tokens to plain text, as the rendered page shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from ingest.formats.small_signs import small_text

if TYPE_CHECKING:
    from markdown_it.token import Token

    from ingest.formats.link_targets import LinkTargets

_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6]|hr)\b[^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.S)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ROLE = re.compile(r"\{[a-z][\w:.+-]{0,40}\}\Z")  # of MyST: {ref}`text <target>`
_ROLE_TARGET = re.compile(r"(?<=\S)\s*<[^<>]+>\Z")
_WIKI_LINK = re.compile(r"!?\[\[(?:[^\[\]|\n]{1,200}\|)?([^\[\]|\n]{1,200})\]\]")
_HIGHLIGHT = re.compile(r"(?<![=\w])==(?=\S)([^=\n]{1,300}?)(?<=\S)==(?![=\w])")
_SPACES = re.compile(r"[^\S\n]+")
_OPEN = re.compile(r"<(a|sup|sub)\b(?:[^<>]*?\bhref\s*=\s*[\"']?([^\"'\s<>]*))?[^<>]*>", re.IGNORECASE)
_DEPTH = 20
_CLOSE = re.compile(r"</(a|sup|sub)\s*>", re.IGNORECASE)


@dataclass(slots=True)
class _Open:
    """A link or a raised or lowered text that has begun: where, and a link's target."""

    tag: str
    at: int
    href: str = ""
    has_image: bool = False


def inline_text(tokens: Sequence[Token], targets: LinkTargets | None = None) -> str:
    """Text of links, alternative text of images, code without its ticks; no markup.

    Struck-out text keeps its ``~~``: without them a quote would claim what its author struck out.

    Args:
        targets: those of links are told in brackets behind their texts; None: they are left out.
    """
    parts: list[str] = []
    opened: list[_Open] = []
    for before, token, after in zip((None, *tokens), tokens, (*tokens[1:], None), strict=False):
        if token.type == "link_open":
            opened.append(_Open("a", len(parts), str(token.attrs.get("href") or "")))
        elif token.type == "link_close":
            _close("a", opened, parts, targets)
        elif token.type == "html_inline" and (begin := _OPEN.fullmatch(token.content)):
            if len(opened) == _DEPTH:  # no text for people
                continue
            opened.append(_Open(begin[1].lower(), len(parts), unescape(begin[2] or "")))
        elif token.type == "html_inline" and (end := _CLOSE.fullmatch(token.content)):
            _close(end[1].lower(), opened, parts, targets)
        else:
            if token.type == "image" and opened:
                opened[-1].has_image = True
            parts.append(_token_text(token, before, after))
    return "\n".join(_SPACES.sub(" ", line).strip() for line in "".join(parts).split("\n"))


def _close(tag: str, opened: list[_Open], parts: list[str], targets: LinkTargets | None) -> None:
    """Ends the innermost link, raised or lowered text, if it is one of this tag."""
    if not opened or opened[-1].tag != tag:
        return
    begun = opened.pop()
    text = "".join(parts[begun.at :])
    if tag != "a":
        parts[begun.at :] = [small_text(tag, text)]
    elif targets is not None and not begun.has_image:
        parts.append(targets.of(text, begun.href))


def html_text(source: str) -> str:
    """The visible text of an HTML block, a line for each block in it."""
    visible = _TAG.sub(" ", _BREAK.sub("\n", _HIDDEN.sub(" ", source).replace("\n", " ")))
    lines = (_SPACES.sub(" ", line).strip() for line in unescape(visible).split("\n"))
    return "\n".join(line for line in lines if line)


def _token_text(token: Token, before: Token | None, after: Token | None) -> str:
    match token.type:
        case "text":
            text = token.content
            if after is not None and after.type == "code_inline" and text.endswith("}"):
                text = _ROLE.sub("", text)
            return (
                _WIKI_LINK.sub(r"\1", _HIGHLIGHT.sub(r"\1", text)) if "[[" in text or "==" in text else text
            )
        case "code_inline":
            has_role = before is not None and before.type == "text" and _ROLE.search(before.content)
            return _ROLE_TARGET.sub("", token.content) if has_role else token.content
        case "text_special":
            return token.content
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case "image":
            return inline_text(token.children or [])
        case "s_open" | "s_close":
            return "~~"
        case "html_inline":
            return "\n" if _BREAK.fullmatch(token.content) else ""
        case _:
            return ""
