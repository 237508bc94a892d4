"""Inline Markdown tokens to plain text, as the rendered page shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6]|hr)\b[^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.S)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ROLE = re.compile(r"\{[a-z][\w:.+-]{0,40}\}\Z")  # of MyST: {ref}`text <target>`
_ROLE_TARGET = re.compile(r"(?<=\S)\s*<[^<>]+>\Z")
_WIKI_LINK = re.compile(r"!?\[\[(?:[^\[\]|\n]{1,200}\|)?([^\[\]|\n]{1,200})\]\]")
_HIGHLIGHT = re.compile(r"(?<![=\w])==(?=\S)([^=\n]{1,300}?)(?<=\S)==(?![=\w])")
_SPACES = re.compile(r"[^\S\n]+")


def inline_text(tokens: Sequence[Token]) -> str:
    """Text of links, alternative text of images, code without its ticks; no markup.

    Struck-out text keeps its ``~~``: without them a quote would claim what its author struck out.
    """
    text = "".join(
        _token_text(token, before, after)
        for before, token, after in zip((None, *tokens), tokens, (*tokens[1:], None), strict=False)
    )
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n"))


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
