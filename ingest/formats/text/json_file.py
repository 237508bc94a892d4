"""JSON and JSON lines to a document: records with a text are sections, flat records are a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ingest.formats.container.parts import UnreadParts
from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode, well_formed
from ingest.formats.text.markdown import write_markdown
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/json"
LINES_MEDIA_TYPE = "application/x-ndjson"
NOTEBOOK_MEDIA_TYPE = "application/x-ipynb+json"
_MAX_DIGITS = 1_000
_TEXT_KEYS = (
    "text",
    "content",
    "body",
    "page_content",
    "markdown",
    "description",
    "message",
    "answer",
    "abstract",
)
_TITLE_KEYS = ("title", "name", "heading", "subject", "question", "headline", "id", "_id")


def read(source: Source) -> Document:
    """The document of a JSON file. A record's text is its ``text``, ``content``, ``body`` or similar.

    Raises:
        UnreadableDocument: no JSON, or without any text or value.
        DocumentTooLarge: values nest deeper than the limit.
    """
    value = _parse(decode(source.data, source.name), source, "it is no JSON")
    if isinstance(value, dict) and isinstance(value.get("cells"), list) and "nbformat" in value:
        return _notebook(source, value)
    writer = DocumentWriter(source.limits)
    _write(value, Flow(writer), source, 1, 0)
    named = value if isinstance(value, dict) else {}
    names = [_line(named[key]) for key in _TITLE_KEYS[:6] if isinstance(named.get(key), str)]
    title = choose_title(source, names[:1])
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata={})


def read_lines(source: Source) -> Document:
    """The document of a file with one JSON value a line. Lines that are no JSON are listed in the metadata as
    ``unread``, with their numbers; the others are read.

    Raises:
        UnreadableDocument: no line is JSON; the message gives the first one's number, if there is one.
        DocumentTooLarge: values nest deeper than the limit.
    """
    values: list[Any] = []
    unread = UnreadParts()
    for number, line in enumerate(decode(source.data, source.name).split("\n"), 1):
        if not line.strip(" \t,\x1e"):
            continue
        try:
            values += _line_values(line.strip(" \t\x1e"), source, f"line {number} is no JSON")
        except DocumentTooLarge:
            raise
        except UnreadableDocument as error:
            unread.add(f"line {number}", str(error).removeprefix(f"{source.name} can't be read: "))
    if not values:
        reason = next(iter(unread.reasons), "it holds no values")
        raise UnreadableDocument(f"{source.name} can't be read: {reason}")
    writer = DocumentWriter(source.limits)
    _write(values, Flow(writer), source, 1, 0)
    return writer.document(
        source, title=source.stem_title, media_type=LINES_MEDIA_TYPE, metadata=unread.metadata
    )


def _line_values(line: str, source: Source, reason: str) -> list[Any]:
    """The value of a line; the values of several that stand in one.

    Raises:
        UnreadableDocument: it is no JSON.
    """
    try:
        return [_parse(line, source, reason)]
    except DocumentTooLarge:
        raise
    except UnreadableDocument:
        parts = line.rstrip(",").replace("}{", "}\n{").split("\n")
        return [_parse(part, source, reason) for part in parts]


def _parse(text: str, source: Source, reason: str) -> Any:
    try:
        return json.loads(text, parse_int=_integer)
    except RecursionError:
        raise DocumentTooLarge(
            f"{source.name} nests values more than {source.limits.depth} deep; that is the limit"
        ) from None
    except ValueError as error:
        raise UnreadableDocument(f"{source.name} can't be read: {reason}: {error}") from None


def _integer(digits: str) -> int | str:
    """A number, or its digits where it is too long to be converted (``sys.get_int_max_str_digits``)."""
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _write(value: Any, flow: Flow, source: Source, level: int, depth: int) -> None:
    if depth > source.limits.depth:
        raise DocumentTooLarge(
            f"{source.name} nests values more than {source.limits.depth} deep; that is the limit"
        )
    if isinstance(value, dict):
        _write_record(value, flow, source, level, depth)
    elif isinstance(value, list):
        if _is_table(value):
            keys = list(dict.fromkeys(key for row in value for key in row))
            flow.table([keys, *([_line(row.get(key)) for key in keys] for row in value)], header_rows=1)
            return
        for item in value:
            _write(item, flow, source, level, depth + 1)
    elif value is not None:
        flow.paragraph(_text(value).strip())


def _write_record(record: dict[str, Any], flow: Flow, source: Source, level: int, depth: int) -> None:
    """A record's title as a heading, its text, then its other plain values as "name: value"."""
    title_key = _title_key(record)
    text_key = _text_key(record)
    if text_key is None and not depth:
        title_key = None
    if title_key is not None:
        flow.heading(_line(record[title_key]), min(level, 6))
    if text_key is not None:
        for paragraph in _text(record[text_key]).split("\n\n"):
            flow.paragraph(paragraph.strip())
    rest = {key: value for key, value in record.items() if key not in (title_key, text_key)}
    flow.paragraph(
        "\n".join(
            f"{_name(key)}: {_line(value)}"
            for key, value in rest.items()
            if _is_plain(value) and _line(value)
        )
    )
    inner = level + (title_key is not None)
    for key, value in rest.items():
        if value and not _is_plain(value):
            flow.heading(_name(key), min(inner, 6))
            _write(value, flow, source, inner + 1, depth + 1)


def _title_key(record: dict[str, Any]) -> str | None:
    return next((k for k in _TITLE_KEYS if isinstance(record.get(k), str | int) and record[k] != ""), None)


def _text_key(record: dict[str, Any]) -> str | None:
    return next((k for k in _TEXT_KEYS if isinstance(record.get(k), str) and record[k].strip()), None)


def _is_table(rows: Sequence[Any]) -> bool:
    """Whether these are two or more records of plain, short values, none with a text of its own."""
    if len(rows) < 2 or not all(isinstance(row, dict) and row for row in rows):
        return False
    if any(isinstance(row.get(key), str) and _is_prose(key, row[key]) for row in rows for key in _TEXT_KEYS):
        return False
    values = [value for row in rows for value in row.values()]
    keys = {key for row in rows for key in row}
    return all(_is_plain(value) and len(_line(value)) < 200 for value in values) and 1 < len(keys) < 50


def _is_prose(key: str, text: str) -> bool:
    return key in _TEXT_KEYS[:5] or len(text) > 100 or "\n" in text


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list) or (
        isinstance(value, list)
        and all(isinstance(item, str | int | float) for item in value)
        and len(value) < 20
    )


def _name(key: str) -> str:
    return well_formed(key).replace("_", " ").strip() or "value"


def _text(value: Any) -> str:
    return well_formed(value if isinstance(value, str) else _line(value)).replace("\0", "")


def _line(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_line(item) for item in value)
    return " ".join(well_formed(str(value)).split())


def _notebook(source: Source, value: dict[str, Any]) -> Document:
    """A Jupyter notebook: its Markdown cells and its code; outputs are left out."""
    language = str(_get(value, "metadata", "kernelspec", "language") or "")
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    for cell in value["cells"]:
        if not isinstance(cell, dict):
            continue
        text = _cell_text(cell.get("source", ""))
        if cell.get("cell_type") == "markdown":
            write_markdown(text, flow, source)
        elif cell.get("cell_type") == "code" and text.strip():
            flow.code(text, None)
        elif cell.get("cell_type") == "raw":
            flow.paragraph(text.strip())
        flow.end_context()
    title = choose_title(source, writer.top_headings)
    metadata = {"programming_language": well_formed(language)} if language else {}
    return writer.document(source, title=title, media_type=NOTEBOOK_MEDIA_TYPE, metadata=metadata)


def _cell_text(value: Any) -> str:
    text = "".join(map(str, value)) if isinstance(value, list) else str(value)
    return well_formed(text).replace("\0", "")


def _get(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
