"""Source code to a document: comments and docstrings as prose, the rest as code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.writer import DocumentWriter
from rag.types import Document

MEDIA_TYPE = "text/x-source"
_HASH = (
    ".py .pyi .pyw .sh .bash .zsh .fish .rb .pl .pm .r .jl .tf .tfvars .hcl .nix .ps1 .psm1"
    " .mk .cmake .ex .exs"
    " .gd .tcl .awk .dockerfile .star .bzl .nim .cr"
).split()
_SLASHES = (
    ".c .h .cc .cpp .cxx .hpp .hh .cs .java .js .mjs .cjs .jsx .ts .mts .cts .tsx .go .rs"
    " .swift .kt .kts .scala"
    " .php .dart .css .scss .sass .less .proto .groovy .gradle .vue .svelte .m .mm .zig .sol"
    " .glsl .v .sv .d .fs"
    " .jsonc .json5 .as"
).split()
_DASHES = ".sql .lua .hs .elm .adb .ads .vhd .vhdl .applescript".split()
_SEMICOLONS = ".lisp .el .clj .cljs .scm .rkt .asm .s .ahk".split()
_OTHERS = ".graphql .gql .bat .cmd .vb .vbs .f .f90 .f95 .pas .erl .cob .cbl .http .rego .cue".split()
EXTENSIONS = (*_HASH, *_SLASHES, *_DASHES, *_SEMICOLONS, *_OTHERS)
_MARKS = {
    **dict.fromkeys(_HASH, ("#",)),
    **dict.fromkeys(_SLASHES, ("//",)),
    **dict.fromkeys(_DASHES, ("--",)),
    **dict.fromkeys(_SEMICOLONS, (";",)),
    ".php": ("//", "#"),
    ".graphql": ("#",),
    ".gql": ("#",),
    ".rego": ("#",),
    ".bat": ("REM ", "rem ", "::"),
    ".cmd": ("REM ", "rem ", "::"),
    ".vb": ("'",),
    ".vbs": ("'",),
    ".erl": ("%",),
    ".f90": ("!",),
    ".f95": ("!",),
}
_BLOCK_COMMENTS = {
    **dict.fromkeys((*_SLASHES, ".sql"), ("/*", "*/")),
    ".lua": ("--[[", "]]"),
    ".hs": ("{-", "-}"),
}
_DOCSTRING = re.compile(r"\s*[rRuU]?(\"\"\"|''')(.*)")
_DIRECTIVE = re.compile(
    r"!|\s*(?:-\*-|vim?:|noqa|type:\s*ignore|pylint:|eslint|prettier|region|endregion|pragma)"
)
_RULE = re.compile(r"[\W_]*")


def read(source: Source) -> Document:
    """The document of source code. A comment is the context of the code below it.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded.
    """
    extension = PurePosixPath(source.name).suffix.lower()
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    owner = None
    for is_comment, lines in _stretches(decode(source.data, source.name).expandtabs(4), extension):
        if not is_comment:
            flow.code("\n".join(lines), owner if lines[0].strip() else None)
            owner = None
            continue
        for paragraph in _paragraphs(lines):
            span = flow.paragraph(paragraph)
            owner = span if len(span) else owner
        flow.end_context()
    title = PurePosixPath(source.name).name if source.name else source.stem_title
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata={})


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """The paragraphs of a comment; its lines are joined, those of lists are not."""
    paragraph: list[str] = []
    for line in [*lines, ""]:
        text = line.strip()
        if _RULE.fullmatch(text) or text[:2] in ("- ", "* ") or text[:1] in "@:":
            if paragraph:
                yield " ".join(paragraph)
            paragraph = []
        if not _RULE.fullmatch(text):
            paragraph.append(text)
    if paragraph:
        yield " ".join(paragraph)


def _stretches(text: str, extension: str) -> Iterator[tuple[bool, list[str]]]:
    """Stretches of comment lines without their marks, and of code between empty lines."""
    marks = _MARKS.get(extension, ("#", "//"))
    opening, closing = _BLOCK_COMMENTS.get(extension, ("", ""))
    code: list[str] = []
    comment: list[str] = []
    end = ""
    for line in text.split("\n"):
        bare = line.strip()
        found: list[str] | None = None
        if end:
            before, ended, _ = line.partition(end)
            found = [before.strip().lstrip("*").strip()]
            end = "" if ended else end
        elif opening and bare.startswith(opening):
            body, ended, rest = bare[len(opening) :].partition(closing)
            if not rest.strip():
                found = [body.lstrip("*!").strip()]
                end = "" if ended else closing
        elif extension in (".py", ".pyi") and (match := _DOCSTRING.match(line)):
            body, ended, rest = match[2].partition(match[1])
            if not rest.strip():
                found = [body.strip()]
                end = "" if ended else match[1]
        elif bare.startswith(marks):
            mark = next(mark for mark in marks if bare.startswith(mark))
            body = bare[len(mark) :]
            found = (
                []
                if _DIRECTIVE.match(body)
                else [body.lstrip("".join(set(mark)) if mark in ("#", ";", "//") else "")]
            )
            found = [each.lstrip("!") if mark == "//" else each for each in found]
        if found is not None:
            if any(map(str.strip, code)):
                yield False, code
            code = []
            comment += found
            continue
        if comment:
            yield True, comment
            comment = []
        if not bare and code and not code[-1].strip():
            continue
        if bare and line[0] not in " \t)}]" and code and not code[-1].strip() and any(map(str.strip, code)):
            yield False, code
            code = []
        code.append(line.rstrip())
    if comment:
        yield True, comment
    if any(map(str.strip, code)):
        yield False, code
