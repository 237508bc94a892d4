"""A Word file as Mammoth can read it, with only what is shown, and with the marks of its lists; and what
Mammoth leaves out: headers, footers and comments."""

from __future__ import annotations

import io
import posixpath
import re
from zipfile import ZIP_DEFLATED, ZipFile

from ingest.formats.container.archive import Archive
from ingest.formats.markup.elements import MARK
from ingest.formats.markup.tree import Element, local_name, xml_tree
from ingest.formats.office.docx_math import linearize
from ingest.formats.office.docx_numbering import Numbering
from ingest.formats.office.docx_shown import BOXES, ShownPart
from ingest.formats.office.docx_styles import Styles, list_reference, path, switch, value
from ingest.formats.office.package import main_part
from ingest.formats.source import Source
from ingest.formats.text.decode import well_formed

MAIN = "word/document.xml"
_STYLE_PART = "word/styles.xml"
_NUMBERING_PART = "word/numbering.xml"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_RUNNING_PART = re.compile(r"word/(?:header|footer)\d*\.xml")
_APPEARANCE = frozenset("rPr tblPr trPr tcPr tblStylePr lsdException rPrDefault pPrDefault".split())
_OF_THE_PAGE = frozenset(
    "PAGE NUMPAGES SECTION SECTIONPAGES FILENAME STYLEREF TITLE DATE TIME SAVEDATE PRINTDATE".split()
)
_PAGE_WORDS = re.compile(
    r"\b(?:page|seite|página|pagina|sida|side)\b\W*(?:(?:of|von|de|di|van|av|af)\b|/)?", re.I
)
_LEAST_WORDS = 4
_MARK_ID = "mark:"
_BOX_LIST = "Boxes"  # an attribute of lists made here
_DEEPEST_LIST = 4  # Mammoth's lists nest five deep
_QUOTED = 100
_OPEN_COMMENTS = 50  # that may be on the same words
_MOST_RUNNING_LINES = 50


class ShownFile:
    """A Word file with only what is shown.

    ``package`` is the file for Mammoth, ``comments`` one line each, without those that are resolved.
    ``has_hidden``: it has text that is hidden.

    Raises:
        UnreadableDocument: damaged.
    """

    def __init__(self, archive: Archive, source: Source) -> None:
        self._archive = archive
        self._main = main_part(archive, source, MAIN)
        self._source = source
        self._marks: list[str] = []
        self.has_hidden = False
        self._styles = Styles(self._tree(_STYLE_PART))
        self._numbering = Numbering(self._tree(_NUMBERING_PART), self._styles)
        self.comments: tuple[str, ...] = ()
        self.package = self._written()

    def set_marks(self, body: Element) -> None:
        """Gives lists' items in Mammoth's HTML their marks; other numbered paragraphs, and those in tables,
        begin with theirs. Paragraphs that begin with a box are the items of a list."""
        for anchor in [e for e in body.iter("a") if (e.get("id") or "").startswith(_MARK_ID)]:
            mark = self._marks[int(anchor.get("id")[len(_MARK_ID) :])]
            block = next((e for e in anchor.iterancestors() if e.tag in ("li", "p", "td", "th")), None)
            in_table = next(anchor.iterancestors("td", "th"), None) is not None
            if block is not None and block.tag == "li" and block.get(MARK) is None and not in_table:
                block.set(MARK, mark)
            else:
                anchor.text = f"{mark} "
        for paragraph in list(body.iter("p")):
            if paragraph.getparent().tag == "body":
                _make_item(paragraph)

    def running_lines(self, body: Element) -> list[str]:
        """Lines of headers and footers that say what the text doesn't: no page numbers, no running titles."""
        known = _folded("".join(body.itertext()))
        lines: list[str] = []
        parts = (name for name in self._archive.names if _RUNNING_PART.fullmatch(name))
        for name in sorted(parts, key=lambda name: ("footer" in name, name)):
            root = self._tree(name)
            if root is None or not self._is_used(name):
                continue
            self._show(root, dropped_fields=_OF_THE_PAGE)
            for line in _lines(root):
                bare = _PAGE_WORDS.sub(" ", line)
                has_content = any(map(str.isdigit, bare)) or len(re.findall(r"\w+", bare)) >= _LEAST_WORDS
                if (
                    len(lines) < _MOST_RUNNING_LINES
                    and has_content
                    and _folded(line) not in known
                    and line not in lines
                ):
                    lines.append(line)
        return lines

    def _is_used(self, part: str) -> bool:
        """Whether a header or footer is shown on pages: those of first pages may be switched off."""
        return part.removeprefix("word/") in self._used_parts

    def _tree(self, part: str) -> Element | None:
        return xml_tree(self._archive.read(part), self._source) if part in self._archive else None

    def _show(self, root: Element, dropped_fields: frozenset[str] = frozenset()) -> None:
        shown = ShownPart(root, self._styles, keep_hidden=self._source.hidden, dropped_fields=dropped_fields)
        self.has_hidden = self.has_hidden or shown.has_hidden

    def _written(self) -> bytes:
        """Without pictures, and without the appearance of styles, which is most of a file's XML."""
        from lxml import etree

        package = io.BytesIO()
        with ZipFile(package, "w", ZIP_DEFLATED, compresslevel=1) as out:
            for name in self._archive.names:
                if name.startswith(("word/media/", "word/embeddings/")):
                    out.writestr(name, b"")
                    continue
                data = self._archive.read(name)
                if name in (self._main, *_NOTES, _STYLE_PART):
                    root = xml_tree(data, self._source)
                    for element in [e for e in root.iter() if local_name(e) == "oMath"]:
                        linearize(element)
                    if name == _STYLE_PART:
                        for element in [e for style in root for e in style if local_name(e) in _APPEARANCE]:
                            element.getparent().remove(element)
                    else:
                        self._show(root)
                    if name == self._main:
                        self._used_parts = self._running_parts(root)
                        self.comments = tuple(self._comment_lines(root))
                        self._number(root)
                    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
                out.writestr(name, data)
        return package.getvalue()

    def _running_parts(self, root: Element) -> frozenset[str]:
        settings = self._tree("word/settings.xml")
        has_even = settings is not None and switch(settings, "evenAndOddHeaders")
        folder, name = posixpath.split(self._main)
        relationships = self._tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        targets = (
            {e.get("Id"): e.get("Target") or "" for e in relationships} if relationships is not None else {}
        )
        used = set()
        for section in root.iter("{*}sectPr"):
            has_first = switch(section, "titlePg")
            for element in section:
                shown = {"first": has_first, "even": has_even}.get(value(element, "type"), True)
                if local_name(element) in ("headerReference", "footerReference") and shown:
                    used.add(targets.get(value(element, "id"), "").rpartition("/")[2])
        return frozenset(used)

    def _number(self, root: Element) -> None:
        """Counts the numbered paragraphs, and marks each with the number of its mark."""
        w = root.tag[: root.tag.find("}") + 1]
        for element in list(root.iter(f"{w}bookmarkStart", f"{w}bookmarkEnd")):
            element.getparent().remove(element)
        for paragraph in root.iter(f"{w}p"):
            properties = path(paragraph, "pPr")
            if properties is not None and path(properties, "rPr", "del") is not None:
                continue  # it runs into the next
            own = path(properties, "numPr") if properties is not None else None
            number, level = self._list_of(properties, own)
            mark = self._numbering.mark(number, level) if number is not None else None
            if own is not None and properties is not None:
                properties.remove(own)
            if number is None or not mark:
                if own is not None or number is not None:
                    self._set_list(paragraph, w, "0", 0)
                continue
            self._set_list(paragraph, w, number, min(level, _DEEPEST_LIST))
            in_table = next(paragraph.iterancestors(f"{w}tc"), None) is not None
            if mark != "-" and (in_table or self._has_text(paragraph, w)):
                self._set_mark(paragraph, w, mark)

    def _list_of(self, properties: Element | None, own: Element | None) -> tuple[str | None, int]:
        """The number and level of a paragraph's list; None: it is in none."""
        number, level = list_reference(own)
        style = path(properties, "pStyle") if properties is not None else None
        style_id = value(style) if style is not None else self._styles.default_paragraph
        if number is None:
            number, style_level, said_by = self._styles.numbering(style_id)
            if number is not None and level is None:
                level = style_level
                if level is None:
                    level = self._numbering.level_of_style(
                        number, style_id
                    ) or self._numbering.level_of_style(number, said_by)
        return (None if number == "0" else number), level or 0

    def _set_list(self, paragraph: Element, w: str, number: str, level: int) -> None:
        from lxml import etree

        properties = path(paragraph, "pPr")
        if properties is None:
            properties = etree.Element(f"{w}pPr")
        paragraph.insert(0, properties)
        numbering = etree.SubElement(properties, f"{w}numPr")
        etree.SubElement(numbering, f"{w}ilvl").set(f"{w}val", str(level))
        etree.SubElement(numbering, f"{w}numId").set(f"{w}val", number)

    def _set_mark(self, paragraph: Element, w: str, mark: str) -> None:
        from lxml import etree

        bookmark = etree.Element(f"{w}bookmarkStart")
        bookmark.set(f"{w}id", str(len(self._marks)))
        bookmark.set(f"{w}name", f"{_MARK_ID}{len(self._marks)}")
        self._marks.append(mark)
        paragraph.insert(1, bookmark)  # after the properties

    def _has_text(self, paragraph: Element, w: str) -> bool:
        return any((element.text or "").strip() for element in paragraph.iter(f"{w}t"))

    def _comment_lines(self, root: Element) -> list[str]:
        """The comments in the order of the text, each with the words that it is on."""
        comments = self._tree("word/comments.xml")
        if comments is None:
            return []
        resolved = self._resolved_paragraphs()
        self._show(comments)
        quoted = _quoted_by_comments(root)
        lines = []
        by_id = {value(e, "id"): e for e in comments if local_name(e) == "comment"}
        for identifier in [*quoted, *(key for key in by_id if key not in quoted)]:
            comment = by_id.get(identifier)
            if comment is None:
                continue
            if any(value(e, "paraId") in resolved for e in comment.iter("{*}p") if value(e, "paraId")):
                continue
            text = " ".join(" ".join(_lines(comment)).split())
            author = well_formed(value(comment, "author"))
            words = " ".join(quoted.get(identifier, "").split())
            on = f" on “{words}”" if words and len(words) <= _QUOTED else ""
            if text:
                lines.append(f"Comment{f' by {author}' if author else ''}{on}: {text}")
        return lines

    def _resolved_paragraphs(self) -> frozenset[str]:
        extended = self._tree("word/commentsExtended.xml")
        if extended is None:
            return frozenset()
        return frozenset(value(e, "paraId") for e in extended if value(e, "done") in ("1", "true"))


def _lines(root: Element) -> list[str]:
    """The text of a part, a line for each paragraph and for each table's row."""
    lines: list[str] = []
    rows: dict[Element, int] = {}
    for paragraph in root.iter("{*}p"):
        text = " ".join(
            "".join(
                (e.text or "") if local_name(e) == "t" else " "
                for e in paragraph.iter("{*}t", "{*}tab", "{*}br")
            ).split()
        )
        row = next(paragraph.iterancestors("{*}tr"), None)
        if not text:
            continue
        if row is not None and row in rows:
            lines[rows[row]] += f" {text}"
            continue
        if row is not None:
            rows[row] = len(lines)
        lines.append(well_formed(text))
    return lines


def _make_item(paragraph: Element) -> None:
    """Makes a paragraph that begins with a box ("☒ passed") an item of a list, with the box as its mark."""
    from lxml import html

    holder = paragraph
    while not (holder.text or "").strip() and len(holder):
        holder = holder[0]
    text = (holder.text or "").lstrip()
    if text[:1] not in BOXES or not "".join(paragraph.itertext()).strip()[1:].strip():
        return
    before = paragraph.getprevious()
    if before is None or before.tag != "ul" or before.get(_BOX_LIST) is None:
        before = html.Element("ul")
        before.set(_BOX_LIST, "")
        paragraph.addprevious(before)
    holder.text = text[1:]
    paragraph.tag = "li"
    paragraph.set(MARK, text[0])
    before.append(paragraph)


def _quoted_by_comments(root: Element) -> dict[str, str]:
    """The words that each comment is on, by its id, in the order of the text."""
    quoted: dict[str, str] = {}
    open_ids: set[str] = set()
    for element in root.iter(
        "{*}commentRangeStart", "{*}commentRangeEnd", "{*}t", "{*}p", "{*}commentReference"
    ):
        name = local_name(element)
        if name == "commentRangeStart":
            if len(open_ids) < _OPEN_COMMENTS:
                open_ids.add(value(element, "id"))
            quoted.setdefault(value(element, "id"), "")
        elif name == "commentRangeEnd":
            open_ids.discard(value(element, "id"))
        elif name == "commentReference":
            quoted.setdefault(value(element, "id"), "")
        else:
            for identifier in open_ids:
                if len(quoted[identifier]) <= _QUOTED:
                    quoted[identifier] += (element.text or "") if name == "t" else " "
    return quoted


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
