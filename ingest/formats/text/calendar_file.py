"""Calendars and invitations (iCalendar, RFC 5545) to a document: what, when, where, with whom.

The few properties that answer questions are read line by line: a library would bring a table of time zones,
and refuse a calendar for one wrong line. Times are given as they are written, with their zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ingest.formats.flow import Flow
from ingest.formats.source import Source
from ingest.formats.text.decode import decode
from ingest.formats.titles import choose_title
from ingest.formats.writer import DocumentWriter
from rag.errors import UnreadableDocument
from rag.types import Document

MEDIA_TYPE = "text/calendar"
_KINDS = {"VEVENT": "Event", "VTODO": "Task", "VJOURNAL": "Entry"}
_PROPERTY = re.compile(
    r"(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:;[A-Za-z0-9-]+=(?:\"[^\"\n]*\"|[^;:\"\n]*))*):(?P<value>.*)"
)
_PARAMETER = re.compile(r";([A-Za-z0-9-]+)=(?:\"([^\"\n]*)\"|([^;:\"\n]*))")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?")
_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:\d{1,7}S)?)?")
_ESCAPE = re.compile(r"\\([nN,;\\])")
_TAG = re.compile(r"<[^<>\n]{1,300}>")
_MAILTO = re.compile(r"mailto:", re.IGNORECASE)
_FREQUENCIES = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year", "HOURLY": "hour"}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Property:
    value: str
    parameters: dict[str, str]

    @property
    def text(self) -> str:
        unescaped = _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], self.value)
        return "\n".join(" ".join(line.split()) for line in unescaped.split("\n")).strip()

    @property
    def person(self) -> str:
        """Name and address: "Dana Field <dana@example.org>"."""
        address = _MAILTO.sub("", self.value).strip()
        name = self.parameters.get("CN", "").strip()
        return f"{name} <{address}>" if name and name != address else name or address


@dataclass(slots=True)
class _Entry:
    """An event or a task: the properties of each name, and the calendar's method around it."""

    kind: str
    method: str = ""
    properties: dict[str, list[_Property]] = field(default_factory=dict)

    def first(self, name: str) -> _Property | None:
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        found = self.first(name)
        return found.text if found else ""


def read(source: Source) -> Document:
    """The document of a calendar: each event a section with its times, place, people and description.

    Raises:
        UnreadableDocument: no calendar, or one without events, tasks and entries.
    """
    text = decode(source.data, source.name)
    if "BEGIN:VCALENDAR" not in text.upper():
        raise UnreadableDocument(f"{source.name} is no calendar: it lacks BEGIN:VCALENDAR")
    writer = DocumentWriter(source.limits)
    flow = Flow(writer)
    names: list[str] = []
    for entry in _entries(text):
        names.append(entry.text("SUMMARY").replace("\n", " ") or _KINDS[entry.kind])
        flow.heading(names[-1], 1)
        flow.facts(list(_facts(entry)), names[-1])
        for paragraph in _TAG.sub(" ", entry.text("DESCRIPTION")).split("\n\n"):
            flow.paragraph(paragraph.strip())
    title = choose_title(source, names if len(names) == 1 else [_calendar_name(text)])
    return writer.document(source, title=title, media_type=MEDIA_TYPE, metadata={})


def _calendar_name(text: str) -> str:
    named = re.search(r"^X-WR-CALNAME(?:;[^:\n]*)?:(.*)$", text, re.M | re.I)
    return named[1].strip() if named else ""


def _entries(text: str) -> Iterator[_Entry]:
    """Events, tasks and entries in order; what is nested in them (alarms) is left out."""
    entry: _Entry | None = None
    nested = 0
    method = ""
    for line in re.sub(r"\n[ \t]", "", text).split("\n"):
        match = _PROPERTY.match(line)
        if match is None:
            continue
        name, value = match["name"].upper(), match["value"]
        if name == "BEGIN" and entry is None and value.strip().upper() in _KINDS:
            entry = _Entry(kind=value.strip().upper(), method=method)
        elif name == "BEGIN" and entry is not None:
            nested += 1
        elif name == "END" and entry is not None:
            if not nested:
                yield entry
                entry = None
            nested = max(0, nested - 1)
        elif name == "METHOD":
            method = value.strip().upper()
        elif entry is not None and not nested:
            parameters = {
                key.upper(): quoted or bare for key, quoted, bare in _PARAMETER.findall(match["parameters"])
            }
            entry.properties.setdefault(name, []).append(_Property(value=value, parameters=parameters))
    if entry is not None:  # cut off
        yield entry


def _facts(entry: _Entry) -> Iterator[str]:
    """Lines "What: …", "When: …", "Where: …" and so on."""
    if entry.method == "CANCEL" or entry.text("STATUS").upper() == "CANCELLED":
        yield "Status: cancelled"
    elif entry.text("STATUS").upper() == "TENTATIVE":
        yield "Status: tentative"
    when = _when(entry)
    if when:
        yield f"When: {when}"
    if due := _time(entry.first("DUE")):
        yield f"Due: {due}"
    rule = _rule(entry.text("RRULE"))
    if rule:
        yield f"Repeats: {rule}"
    place = ", ".join(entry.text("LOCATION").split("\n"))
    if place:
        yield f"Where: {place}"
    organizer = entry.first("ORGANIZER")
    if organizer and organizer.person:
        yield f"Organizer: {organizer.person}"
    people = [each.person for each in entry.properties.get("ATTENDEE", ()) if each.person]
    if people:
        yield f"Invited: {', '.join(people)}"
    for name, label in (("URL", "Link"), ("CONFERENCE", "Conference"), ("CATEGORIES", "Categories")):
        value = entry.text(name).replace("\n", " ")
        if value:
            yield f"{label}: {value}"


def _when(entry: _Entry) -> str:
    """Start and end: "Thursday 21 May 2026, 14:00 to 15:30 (Europe/Berlin)"."""
    start = _moment(entry.first("DTSTART"))
    if start is None:
        return ""
    end = _moment(entry.first("DTEND")) or _after(start, entry.text("DURATION"))
    zone = _zone(entry.first("DTSTART"))
    if end is not None and not isinstance(end, datetime) and not isinstance(start, datetime):
        end = max(start, end - timedelta(days=1))  # the end of whole days is the day after
    if end is None or end == start:
        return f"{_moment_text(start)}{zone}"
    end_zone = _zone(entry.first("DTEND")) or zone
    if zone != end_zone:
        return f"{_moment_text(start)}{zone} to {_moment_text(end)}{end_zone}"
    same_day = isinstance(start, datetime) and isinstance(end, datetime) and start.date() == end.date()
    return f"{_moment_text(start)} to {f'{end:%H:%M}' if same_day else _moment_text(end)}{zone}"


def _time(value: _Property | None) -> str:
    moment = _moment(value)
    return f"{_moment_text(moment)}{_zone(value)}" if moment is not None else ""


def _moment(value: _Property | None) -> date | datetime | None:
    match = _TIME.match(value.value.strip()) if value else None
    if match is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        return datetime(day.year, day.month, day.day, int(match[4]), int(match[5])) if match[4] else day
    except ValueError:
        return None


def _moment_text(moment: date | datetime) -> str:
    day = f"{moment:%A} {moment.day} {moment:%B %Y}"
    return f"{day}, {moment:%H:%M}" if isinstance(moment, datetime) else day


def _zone(value: _Property | None) -> str:
    if value is None:
        return ""
    if value.value.strip().endswith("Z"):
        return " (UTC)"
    zone = value.parameters.get("TZID", "").strip(" /")
    return f" ({zone})" if zone else ""


def _after(start: date | datetime, duration: str) -> date | datetime | None:
    match = _DURATION.fullmatch(duration.strip().upper().removeprefix("+"))
    if match is None or not any(match.groups()):
        return None
    weeks, days, hours, minutes = (int(group or 0) for group in match.groups())
    try:
        return start + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    except OverflowError:
        return None


def _rule(text: str) -> str:
    """A rule of repetition: "every 2 weeks on Monday, Thursday, until 30 June 2026"."""
    parts = dict(part.upper().split("=", 1) for part in text.split(";") if "=" in part)
    unit = _FREQUENCIES.get(parts.get("FREQ", ""))
    if unit is None:
        return ""
    interval = parts.get("INTERVAL", "1")
    rule = f"every {unit}" if interval in ("", "1") else f"every {interval} {unit}s"
    days = [_DAYS[day[-2:]] for day in parts.get("BYDAY", "").split(",") if day[-2:] in _DAYS]
    rule += f" on {', '.join(days)}" if days else ""
    until = _moment(_Property(value=parts.get("UNTIL", ""), parameters={}))
    rule += f", until {until.day} {until:%B %Y}" if until else ""
    return rule + (f", {parts['COUNT']} times" if parts.get("COUNT", "").isdigit() else "")
