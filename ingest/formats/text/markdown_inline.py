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
_SPACES = re.compile(r"[^\S\n]+")


def inline_text(tokens: Sequence[Token]) -> str:
    """Text of links, alternative text of images, code without its ticks; no markup.

    Struck-out text keeps its ``~~``: without them a quote would claim what its author struck out.
    """
    text = "".join(_token_text(token) for token in tokens)
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n"))


def html_text(source: str) -> str:
    """The visible text of an HTML block, a line for each block in it."""
    visible = _TAG.sub(" ", _BREAK.sub("\n", _HIDDEN.sub(" ", source).replace("\n", " ")))
    lines = (_SPACES.sub(" ", line).strip() for line in unescape(visible).split("\n"))
    return "\n".join(line for line in lines if line)


def _token_text(token: Token) -> str:
    match token.type:
        case "text" | "text_special" | "code_inline":
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
