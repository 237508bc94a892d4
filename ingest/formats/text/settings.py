"""Settings (YAML, TOML, INI and the like) as names, values and comments, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed
from rag.errors import DocumentTooLarge
from rag.types import Span

_TITLES = ("name", "title", "id", "key", "alias", "host", "job", "label")
_PROSE = frozenset("description summary text body content message details notes help doc".split())
_LONG = 200  # characters of a value that is prose
_INLINE_ITEMS = 20
_MAX_COLUMNS = 30


@dataclass(slots=True)
class Setting:
    """A name with its value; ``comment`` are the lines above it, ``note`` is the comment behind it."""

    name: str
    value: str
    comment: str = ""
    note: str = ""

    @property
    def line(self) -> str:
        line = f"{self.name}: {self.value}" if self.name else self.value
        return f"{line} ({self.note})" if self.note else line


@dataclass(slots=True)
class Group:
    """Settings under a name: a mapping, a section, or a list, whose items have no names."""

    name: str
    comment: str = ""
    settings: list[Setting] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    is_list: bool = False


def write_group(group: Group, flow: Flow, source: Source, level: int = 1, depth: int = 0) -> None:
    """Writes a group: its settings as lines, a comment as a paragraph before its setting, then its groups
    as sections; alike items of a list are a table.

    Raises:
        DocumentTooLarge: groups nest deeper than the limit.
    """
    if depth > source.limits.depth:
        raise DocumentTooLarge(
            f"{source.name} nests values more than {source.limits.depth} deep; that is the limit"
        )
    if group.comment:
        _comment(group.comment, flow)
    if group.is_list and not group.groups:
        context_span = flow.list_context(None)
        for setting in group.settings:
            if setting.comment:
                _comment(setting.comment, flow)
            flow.item(f"- {_clean(setting.line)}", context_span, tight=setting is not group.settings[0])
        return
    _write_settings(group.settings, flow, "" if depth else source.stem_title)
    if group.is_list and _is_table(group.groups):
        names = list(dict.fromkeys(setting.name for row in group.groups for setting in row.settings))
        cells = [{setting.name: setting.value for setting in row.settings} for row in group.groups]
        flow.table([names, *([row.get(name, "") for name in names] for row in cells)], header_rows=1)
        return
    for inner in group.groups:
        inline = _inline_list(inner)
        if inline is not None:
            _write_settings([Setting(name=inner.name, value=inline, comment=inner.comment)], flow, "")
    for inner in group.groups:
        if _inline_list(inner) is None:
            flow.heading(_clean(inner.name or _title(inner)), min(level, 6))
            write_group(inner, flow, source, level + bool(inner.name or _title(inner)), depth + 1)


def _write_settings(settings: list[Setting], flow: Flow, subject: str) -> None:
    """Plain settings as facts about the subject; one with a comment, or a long one, as paragraphs."""
    lines: list[str] = []
    for setting in settings:
        prose = "\n" in setting.value.strip() or len(setting.value) > _LONG
        if not (setting.comment or prose):
            lines.append(_clean(setting.line))
            continue
        flow.facts(lines, subject)
        lines = []
        owner = _comment(setting.comment, flow) if setting.comment else None
        if prose:
            _prose(setting, owner, flow)
        else:
            flow.paragraph(_clean(setting.line), owner)
        flow.end_context()
    flow.facts(lines, subject)


def _prose(setting: Setting, owner: Span | None, flow: Flow) -> None:
    """A long text: its paragraphs, the first behind the name unless that only says that it is a text."""
    paragraphs = [part.strip() for part in setting.value.split("\n\n") if part.strip()]
    for number, paragraph in enumerate(paragraphs):
        tells = not number and setting.name and setting.name.lower() not in _PROSE
        text = well_formed(paragraph)
        span = flow.paragraph(f"{setting.name}: {text}" if tells else text, owner)
        owner = owner or (span if number == 0 and tells else None)


def _comment(text: str, flow: Flow) -> Span:
    span = Span(0, 0)
    for paragraph in text.split("\n\n"):
        span = flow.paragraph(_clean(paragraph))
    return span


def _inline_list(group: Group) -> str | None:
    """A short list of short values on one line."""
    values = [setting.value for setting in group.settings]
    if not group.is_list or group.groups or not group.name or len(values) > _INLINE_ITEMS:
        return None
    if any(setting.comment or len(setting.value) > 80 or "\n" in setting.value for setting in group.settings):
        return None
    return ", ".join(values)


def _is_table(rows: list[Group]) -> bool:
    """Whether these are two or more records of plain, short values."""
    if len(rows) < 2 or any(row.groups or row.is_list or row.comment for row in rows):
        return False
    settings = [setting for row in rows for setting in row.settings]
    names = {setting.name for setting in settings}
    plain = all(len(each.value) < _LONG and "\n" not in each.value and not each.comment for each in settings)
    return plain and 1 < len(names) <= _MAX_COLUMNS


def _title(group: Group) -> str:
    named = {setting.name.lower(): setting.value for setting in group.settings}
    return next((named[name] for name in _TITLES if named.get(name)), "")


def _clean(text: str) -> str:
    return " ".join(well_formed(text).split())
