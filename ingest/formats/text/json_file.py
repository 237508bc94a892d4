"""JSON and JSON lines to a document: records with a text are sections, flat records are a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode, well_formed
from ingest.formats.text.markdown import read as read_markdown
from ingest.formats.writer import DocumentWriter
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "application/json"
LINES_MEDIA_TYPE = "application/x-ndjson"
_TEXTS = (
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
_TITLES = ("title", "name", "heading", "subject", "question", "headline", "id", "_id")


def read(source: Source) -> Document:
    """The document of a JSON file. A record's text is its field ``text``, ``content``, ``body`` or the like.

    Raises:
        UnreadableDocument: no JSON, or without any text or value.
        DocumentTooLarge: values nest deeper than the limit.
    """
    value = _parsed(decode(source.data, source.name), source, "it is no JSON")
    if isinstance(value, dict) and isinstance(value.get("cells"), list) and "nbformat" in value:
        return _notebook(source, value)
    writer = DocumentWriter(source.limits)
    _write(value, Flow(writer), source, 1, 0)
    title = source.stem_title
    if isinstance(value, dict):
        title = next((_line(value[k]) for k in _TITLES[:6] if isinstance(value.get(k), str)), title)
    return writer.document(source, title=title or source.stem_title, media_type=MEDIA_TYPE, metadata={})


def read_lines(source: Source) -> Document:
    """The document of a file with one JSON value a line.

    Raises:
        UnreadableDocument: a line is no JSON; the message says which.
        DocumentTooLarge: values nest deeper than the limit.
    """
    lines = decode(source.data, source.name).split("\n")
    values = [
        _parsed(line, source, f"line {number} is no JSON")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    writer = DocumentWriter(source.limits)
    _write(values, Flow(writer), source, 1, 0)
    return writer.document(source, title=source.stem_title, media_type=LINES_MEDIA_TYPE, metadata={})


def _parsed(text: str, source: Source, reason: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise DocumentTooLarge(
            f"{source.name} nests values more than {source.limits.depth} deep; that is the limit"
        ) from None
    except ValueError as error:
        raise UnreadableDocument(f"{source.name} can't be read: {reason}: {error}") from None


def _write(value: Any, flow: Flow, source: Source, level: int, depth: int) -> None:
    if depth > source.limits.depth:
        raise DocumentTooLarge(
            f"{source.name} nests values more than {source.limits.depth} deep; that is the limit"
        )
    if isinstance(value, dict):
        _record(value, flow, source, level, depth)
    elif isinstance(value, list):
        if _is_table(value):
            names = list(dict.fromkeys(key for row in value for key in row))
            flow.table([names, *([_line(row.get(name)) for name in names] for row in value)], header_rows=1)
            return
        for each in value:
            _write(each, flow, source, level, depth + 1)
    elif value is not None:
        flow.paragraph(_text(value).strip())


def _record(value: dict[str, Any], flow: Flow, source: Source, level: int, depth: int) -> None:
    """Its title as a heading, its text, then what else it says as "name: value"."""
    named = next((key for key in _TITLES if isinstance(value.get(key), str | int) and value[key] != ""), None)
    told = next((key for key in _TEXTS if isinstance(value.get(key), str) and value[key].strip()), None)
    if named is not None and (told is not None or depth):
        flow.heading(_line(value[named]), min(level, 6))
    else:
        named = None
    if told is not None:
        for part in _text(value[told]).split("\n\n"):
            flow.paragraph(part.strip())
    rest = {key: each for key, each in value.items() if key not in (named, told)}
    plain = [f"{_name(key)}: {_line(each)}" for key, each in rest.items() if _is_plain(each) and _line(each)]
    flow.paragraph("\n".join(plain))
    for key, each in rest.items():
        if each and not _is_plain(each):
            flow.heading(_name(key), min(level + (named is not None), 6))
            _write(each, flow, source, level + 1 + (named is not None), depth + 1)


def _is_table(rows: Sequence[Any]) -> bool:
    """Records of plain, short values, two or more, none with a text of its own."""
    if len(rows) < 2 or not all(isinstance(row, dict) and row for row in rows):
        return False
    if any(isinstance(row.get(key), str) and _is_prose(key, row[key]) for row in rows for key in _TEXTS):
        return False
    values = [each for row in rows for each in row.values()]
    names = {key for row in rows for key in row}
    return all(_is_plain(each) and len(_line(each)) < 200 for each in values) and 1 < len(names) < 50


def _is_prose(key: str, text: str) -> bool:
    return key in _TEXTS[:5] or len(text) > 100 or "\n" in text


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list) or (
        isinstance(value, list)
        and all(isinstance(each, str | int | float) for each in value)
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
        return ", ".join(_line(each) for each in value)
    return " ".join(well_formed(str(value)).split())


def _notebook(source: Source, value: dict[str, Any]) -> Document:
    """A Jupyter notebook: its Markdown cells as Markdown, its code as code; outputs are left out."""
    parts = []
    for cell in value["cells"]:
        if not isinstance(cell, dict):
            continue
        body = cell.get("source", "")
        text = "".join(map(str, body)) if isinstance(body, list) else str(body)
        if cell.get("cell_type") == "markdown":
            parts.append(text)
        elif cell.get("cell_type") == "code" and text.strip():
            parts.append(f"~~~~~~~~\n{text}\n~~~~~~~~")
    made = source.part("\n\n".join(parts).encode("utf-8", "replace"), source.name)
    return read_markdown(made)
