"""LaTeX to a document: sections, paragraphs, lists, tables, listings, notes; formulas on one line.

The source is read in one pass, without running any of its commands and without the files that it
includes. pylatexenc was tried: it stops at common commands such as ``\\href`` and knows no blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.text.latex_inline import inline_text
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge
from rag.types import Document, Span

MEDIA_TYPE = "application/x-tex"
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*\n?[ \t]*")
_VERBATIM = re.compile(
    r"\\begin\{(verbatim\*?|Verbatim|lstlisting|minted|alltt)\}(?:\[[^\]\n]*\])?(?:\{[^}\n]*\})?\n?"
)
_HIDDEN = re.compile(r"\\begin\{(comment|filecontents\*?|tikzpicture|pgfpicture)\}")
_INLINE_VERBATIM = re.compile(
    r"\\(?:verb\*?|lstinline(?:\[[^\]\n]*\])?|mintinline\{\w+\})([^\w\s{*])([^\n]*?)\1"
)
_BRACE = re.compile(r"\\.|[{}]", re.S)
_MAX_ARGUMENT = 5_000  # characters of a heading, a caption or a note
_LEVELS = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}
_TOKEN = re.compile(
    r"\\(?P<heading>part|chapter|section|subsection|subsubsection|paragraph|subparagraph)\*?(?:\[[^\]]*\])?\s*(?=\{)"
    r"|\\begin\{(?P<begin>[A-Za-z]+\*?)\}|\\end\{(?P<end>[A-Za-z]+\*?)\}"
    r"|\\item\b[ \t]*(?:\[(?P<term>[^\]\n]*)\])?"
    r"|\\(?P<apart>caption|footnote|footnotetext|thanks)\*?(?:\[[^\]]*\])?\s*(?=\{)"
    r"|\ue010(?P<code>\d+)\ue011"
    r"|(?P<gap>\n[ \t]*\n\s*|\\par\b|\\newpage\b|\\clearpage\b|\\\[|\\\]|\$\$)"
)
_LISTS = {"itemize": "-", "enumerate": "1.", "description": "", "compactitem": "-", "compactenum": "1."}
_TABLES = frozenset("tabular tabular* tabularx tabulary longtable supertabular tabu xltabular".split())
_QUOTES = frozenset("quote quotation verse displayquote".split())
_ROW = re.compile(r"\\\\(?:\[[^\[\]\n]*\])?|\\tabularnewline\b")
_CELL = re.compile(r"(?<!\\)&")
_COLUMNS = re.compile(r"\\multicolumn\s*\{\s*(\d{1,2})\s*\}")
_RULES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot|centering)\b|\\c(?:line|midrule)(?:\([^)]*\))?\{[^}]*\}"
)


def read(source: Source) -> Document:
    """The document of a LaTeX source; its title is that of ``\\\\title``, else its first heading.

    Raises:
        UnreadableDocument: empty, binary or wrongly encoded, or without text.
    """
    listings: list[str] = []

    def keep(listing: str) -> str:
        listings.append(listing)
        return f"\n\n\ue010{len(listings) - 1}\ue011\n\n"

    text = decode(source.data, source.name).replace("\ue010", "").replace("\ue011", "")
    text = _replaced(text, _VERBATIM, keep)
    text = _INLINE_VERBATIM.sub(lambda match: re.sub(r"([%$&#_{}])", r"\\\1", match[2]), text)
    text = _replaced(_COMMENT.sub(r"\1", text), _HIDDEN, lambda _: "")
    preamble, begun, body = text.partition("\\begin{document}")
    body = body.partition("\\end{document}")[0] if begun else text
    title, author, date = (
        _command(preamble if begun else "", name) or _command(body, name)
        for name in ("title", "author", "date")
    )
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    flow.heading(title, 1)
    facts = (f"{name}: {value}" for name, value in (("Author", author), ("Date", date)) if value)
    flow.paragraph("\n".join(facts))
    _Writer(flow, listings, source).write(_without_commands(body, ("title", "author", "date")))
    metadata = {name: value for name, value in (("author", author), ("date", date)) if value}
    return writer.document(
        source,
        title=choose_title(source, [title, *writer.top_headings]),
        media_type=MEDIA_TYPE,
        metadata=metadata,
    )


class _Writer:
    """Writes the blocks of a body. ``_environments`` are the open ones, ``_notes`` the footnotes of the
    paragraph that is being read, and ``_marks`` of each open list its mark, number and last item."""

    def __init__(self, flow: Flow, listings: list[str], source: Source) -> None:
        self._flow = flow
        self._source = source
        self._listings = listings
        self._text: list[str] = []
        self._notes: list[str] = []
        self._environments: list[str] = []
        self._lists: list[_List] = []
        self._item: str | None = None

    def write(self, body: str) -> None:
        at = 0
        while (match := _TOKEN.search(body, at)) is not None:
            self._text.append(body[at : match.start()])
            at = match.end()
            if match["heading"]:
                heading, at = _argument(body, at)
                self._flush()
                self._flow.heading(inline_text(heading), _LEVELS[match["heading"]])
            elif match["apart"]:
                inner, at = _argument(body, at)
                self._apart(match["apart"], inner)
            elif match["begin"]:
                at = self._begin(match["begin"], body, at)
            elif match["end"]:
                self._end(match["end"])
            elif match["code"]:
                self._flush()
                number = int(match["code"])
                if number < len(self._listings):
                    self._flow.code(self._listings[number], self._owner)
            elif match["gap"]:
                self._flush()
            else:
                self._flush()
                self._item = match["term"] or ""
        self._text.append(body[at:])
        self._flush()

    @property
    def _owner(self) -> Span | None:
        return self._lists[-1].last if self._lists else None

    def _begin(self, name: str, body: str, at: int) -> int:
        """Opens an environment, or writes a table, and gives the offset behind what was read."""
        if name in _TABLES:
            self._flush()
            end = body.find(f"\\end{{{name}}}", at)
            end = len(body) if end < 0 else end
            self._flow.table(list(_rows(_behind_arguments(body[at:end], name))), self._owner)
            return end
        self._flush()
        if name in _LISTS:
            if len(self._lists) >= self._source.limits.depth:
                raise DocumentTooLarge(
                    f"{self._source.name} nests lists more than"
                    f" {self._source.limits.depth} deep; that is the limit"
                )
            self._lists.append(_List(_LISTS[name], self._flow.list_context(self._owner)))
        elif name == "abstract":
            self._flow.heading("Abstract", 2)
        self._environments.append(name)
        return at

    def _end(self, name: str) -> None:
        self._flush()
        if name in self._environments:
            while self._environments and self._environments.pop() != name:
                pass
        if name in _LISTS and self._lists:
            self._lists.pop()
            self._flow.end_context()

    def _apart(self, kind: str, text: str) -> None:
        if kind == "caption":
            self._flush()
            self._flow.paragraph(inline_text(text), self._owner)
        else:
            self._notes.append(text)

    def _flush(self) -> None:
        text = inline_text("".join(self._text))
        notes, self._notes, self._text = self._notes, [], []
        span = self._write_text(text) if text or self._item is not None else None
        for note in notes:
            self._flow.paragraph(inline_text(note), span)

    def _write_text(self, text: str) -> Span | None:
        if self._item is not None and self._lists:
            current = self._lists[-1]
            current.count += 1
            term = inline_text(self._item)
            mark = f"{current.count}." if current.mark == "1." else "-"
            self._item = None
            line = f"{mark} {term}: {text}" if term else f"{mark} {text}"
            if not text and not term:
                return None
            with self._nested():
                current.last = self._flow.item(line.rstrip(": "), current.context, tight=current.count > 1)
            return current.last
        self._item = None
        if self._environments and self._environments[-1] in _QUOTES:
            return self._flow.quote(text, self._flow.announcement())
        return self._flow.paragraph(text, self._owner)

    def _nested(self) -> ExitStack:
        stack = ExitStack()
        for _ in self._lists[1:]:
            stack.enter_context(self._flow.nested())
        return stack


class _List:
    """An open list: its mark, the context of its items, how many there are, and the last one."""

    def __init__(self, mark: str, context: Span | None) -> None:
        self.mark = mark
        self.context = context
        self.count = 0
        self.last: Span | None = None


def _replaced(text: str, begin: re.Pattern[str], replace: Callable[[str], str]) -> str:
    """The text with other text for environments; one that isn't closed stays."""
    parts: list[str] = []
    unclosed: set[str] = set()
    at = 0
    for match in begin.finditer(text):
        if match.start() < at or match[1] in unclosed:
            continue
        end = text.find(f"\\end{{{match[1]}}}", match.end())
        if end < 0:
            unclosed.add(match[1])
            continue
        parts += [text[at : match.start()], replace(text[match.end() : end])]
        at = end + len(f"\\end{{{match[1]}}}")
    return "".join([*parts, text[at:]])


def _argument(text: str, at: int) -> tuple[str, int]:
    """What stands in the braces that open at an offset, and the offset behind them."""
    depth = 0
    for match in _BRACE.finditer(text, at, at + _MAX_ARGUMENT):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0 and match[0] == "}":
            return text[at + 1 : match.start()], match.end()
    return "", at + 1


def _command(text: str, name: str) -> str:
    """The argument of a command, as text; empty if it isn't there."""
    match = re.search(rf"\\{name}(?:\[[^\]]*\])?\s*(?=\{{)", text)
    return inline_text(re.sub(r"\\and\b", ", ", _argument(text, match.end())[0])) if match else ""


def _without_commands(text: str, names: tuple[str, ...]) -> str:
    for name in names:
        match = re.search(rf"\\{name}(?:\[[^\]]*\])?\s*(?=\{{)", text)
        if match:
            text = text[: match.start()] + text[_argument(text, match.end())[1] :]
    return text


def _behind_arguments(text: str, name: str) -> str:
    """A table's body, without the widths and columns that stand before it."""
    for _ in range(2 if name in ("tabular*", "tabularx", "tabulary", "xltabular") else 1):
        text = re.sub(r"\A\s*\[[^\]]*\]", "", text).lstrip()
        if text.startswith("{"):
            text = text[_argument(text, 0)[1] :]
    return text


def _rows(body: str) -> Iterator[list[str]]:
    for row in _ROW.split(_RULES.sub(" ", body)):
        cells: list[str] = []
        for cell in _CELL.split(row):
            spanned = _COLUMNS.search(cell)
            cells += [inline_text(cell), *[""] * (int(spanned[1]) - 1 if spanned else 0)]
        if any(cells):
            yield cells
