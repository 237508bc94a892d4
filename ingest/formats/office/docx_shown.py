"""A part of a Word file as it is shown: changes accepted, fields by their results, boxes as signs, hidden
text and repeated text boxes left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from ingest.formats.markup.tree import Element, local_name
from ingest.formats.office.docx_styles import Styles, path, switch, value

_DROPPED = "del moveFrom"
_UNWRAPPED = "ins moveTo smartTag customXml fldSimple bdo dir ruby rubyBase sdtContent"
_CONTENT = "t sym tab br cr noBreakHyphen softHyphen drawing pict object"
BOXES = frozenset("☐☑☒□■✓✔✗✘❑❒")
"""Signs that a list of boxes to tick has."""
_TICKED, _UNTICKED = "☒", "☐"
_PLAIN_SIGNS = str.maketrans("🞏🞎❑❒□🗷🗵⮽🗹🗸🗶", "☐☐☐☐☐☒☒☒☑✓✗")
_ENTRIES = 100
_NESTED_FIELDS = 20


@dataclass(slots=True)
class _Field:
    """A field while it is read: its code, and the content that stands where a code does."""

    begin: Element
    code: list[str] = field(default_factory=list)
    parts: list[Element] = field(default_factory=list)
    dropped: list[Element] = field(default_factory=list)
    in_code: bool = True

    @property
    def name(self) -> str:
        return field_name("".join(self.code))


def field_name(code: str) -> str:
    """The name of a field's code: "SEQ" of " SEQ Table \\* ARABIC "."""
    return next(iter(code.split()), "").upper()


class ShownPart:
    """Changes a part of a Word file into what is shown of it.

    ``has_hidden``: text was left out because it is hidden.

    Args:
        root: the part's root element; it is changed.
        keep_hidden: hidden text stays.
        dropped_fields: names of fields whose results are left out, too.
    """

    def __init__(
        self,
        root: Element,
        styles: Styles,
        *,
        keep_hidden: bool = False,
        dropped_fields: Collection[str] = (),
    ) -> None:
        self.has_hidden = False
        self._root = root
        self._styles = styles
        self._w = root.tag[: root.tag.find("}") + 1]  # the namespace of Word's own elements
        self._choose_alternatives()
        self._accept_changes()
        self._show_controls()
        self._show_fields(dropped_fields)
        self._show_symbols()
        if not keep_hidden:
            self._drop_hidden()
        self._join_initials()
        self._move_text_boxes()

    def _all(self, names: str) -> list[Element]:
        """The part's elements of these names, in order."""
        return list(self._root.iter(*(f"{self._w}{name}" for name in names.split())))

    def _run(self, text: str) -> Element:
        from lxml import etree

        run = etree.Element(f"{self._w}r")
        etree.SubElement(run, f"{self._w}t").text = text
        return run

    def _choose_alternatives(self) -> None:
        """Of contents for newer and older programs, one: that with the text of a text box."""
        for element in list(self._root.iter("{*}AlternateContent")):
            options = [child for child in element if local_name(child) in ("Choice", "Fallback")]
            boxes = [o for o in options if next(o.iter(f"{self._w}txbxContent"), None) is not None]
            last = [option for option in options if local_name(option) == "Fallback"]
            chosen = next(iter([*boxes, *last, *options]), None)
            if chosen is None or element.getparent() is None:
                continue
            for child in list(chosen):
                element.addprevious(child)
            element.getparent().remove(element)

    def _accept_changes(self) -> None:
        for row in self._all("tr"):
            if path(row, "trPr", "del") is not None:
                row.getparent().remove(row)
        for element in self._all(_DROPPED):
            if local_name(element.getparent()) not in ("rPr", "trPr"):  # there they mark a paragraph or row
                _remove(element)

    def _show_controls(self) -> None:
        """Content controls: a tick box as its sign, a prompt ("Click here to enter text") as nothing."""
        for control in self._all("sdt"):
            properties, content = path(control, "sdtPr"), path(control, "sdtContent")
            if properties is not None and content is not None:
                box = next((e for e in properties if local_name(e) == "checkbox"), None)
                if box is not None:
                    self._show_box(box, content)
                elif switch(properties, "showingPlcHdr"):
                    for run in list(content.iter(f"{self._w}r")):
                        _remove(run)
            if content is not None:
                for child in list(content):
                    control.addprevious(child)
            _remove(control)

    def _show_box(self, box: Element, content: Element) -> None:
        checked = switch(box, "checked")
        runs = list(content.iter(f"{self._w}r"))
        shown = self._run_text(runs[0]) if runs else ""
        sign = shown if shown in BOXES else (_TICKED if checked else _UNTICKED)
        new = self._run(sign)
        if runs:
            runs[0].addprevious(new)
            for run in runs:
                _remove(run)
        elif (paragraph := next(content.iter(f"{self._w}p"), None)) is not None:
            paragraph.append(new)
        elif local_name(content.getparent().getparent()) == "p":
            content.append(new)

    def _run_text(self, run: Element) -> str:
        font = _font(run)
        return "".join(
            _symbol(value(e, "font"), value(e, "char"))
            if local_name(e) == "sym"
            else _in_font(e.text or "", font)
            for e in run
            if local_name(e) in ("sym", "t")
        )

    def _show_fields(self, dropped: Collection[str]) -> None:
        for element in self._all("fldSimple"):
            if field_name(value(element, "instr")) in dropped:
                _remove(element)
        open_fields: list[_Field] = []
        has_fields = next(self._root.iter(f"{self._w}fldChar"), None) is not None
        for element in self._all(f"fldChar instrText {_CONTENT}") if has_fields else ():
            name = local_name(element)
            if name == "fldChar" and value(element, "fldCharType") == "begin":
                open_fields.append(_Field(element, parts=[element]))
            elif not open_fields:
                continue
            elif name == "fldChar":
                open_fields[-1].parts.append(element)
                open_fields[-1].in_code = False
                if value(element, "fldCharType") == "end":
                    self._end_field(open_fields.pop(), open_fields[:_NESTED_FIELDS])
            elif name == "instrText":
                open_fields[-1].parts.append(element)
                open_fields[-1].code.append(element.text or "")
            else:
                for outer in open_fields[:_NESTED_FIELDS]:
                    if outer.in_code or (dropped and outer.name in dropped):
                        outer.dropped.append(element)
                        break
        for element in self._all(_UNWRAPPED):
            for child in list(element):
                element.addprevious(child)
            _remove(element)

    def _end_field(self, ended: _Field, around: list[_Field]) -> None:
        """Leaves out what is in a field's code; of a field that never ends, nothing is left out."""
        for element in ended.dropped:
            _remove(element)
        run = ended.begin.getparent()
        if any(outer.in_code for outer in around):  # its result is a part of a code
            return
        form = path(ended.begin, "ffData")
        text = ""
        if ended.name == "FORMCHECKBOX":
            box = path(form, "checkBox") if form is not None else None
            checked = switch(box, "checked") if box is not None else None
            if checked is None and box is not None:
                checked = switch(box, "default")
            text = _TICKED if checked else _UNTICKED
        elif ended.name == "FORMDROPDOWN" and form is not None:
            text = _chosen_entry(form)
        else:
            return
        if run is not None and local_name(run) == "r":
            run.addprevious(self._run(text))
            for element in ended.parts:
                _remove(element)

    def _show_symbols(self) -> None:
        """Letters in fonts of signs are those signs: in Wingdings, "þ" is a ticked box."""
        for fonts in self._all("rFonts"):
            run = fonts.getparent().getparent()
            if run is None or local_name(run) != "r" or not (font := _font(run)):
                continue
            for element in run:
                if local_name(element) == "t" and element.text:
                    element.text = _in_font(element.text, font)
        for element in self._all("sym"):
            if sign := _symbol(value(element, "font"), value(element, "char")):
                element.tag = f"{self._w}t"
                element.text = sign
        for element in self._all("cr"):
            element.tag = f"{self._w}br"

    def _drop_hidden(self) -> None:
        if not self._styles.hides and next(self._root.iter(f"{self._w}vanish"), None) is None:
            return
        for run in self._all("r"):
            if not self._is_hidden(run):
                continue
            for element in list(run):
                if local_name(element) in ("fldChar", "instrText", "rPr"):
                    continue
                self.has_hidden = self.has_hidden or bool((element.text or "").strip())
                _remove(element)

    def _is_hidden(self, run: Element) -> bool:
        properties = path(run, "rPr")
        said = switch(properties, "vanish") if properties is not None else None
        if said is not None:
            return said
        run_style = path(properties, "rStyle") if properties is not None else None
        paragraph = next(run.iterancestors(f"{self._w}p"), None)
        style = path(paragraph, "pPr", "pStyle") if paragraph is not None else None
        return self._styles.is_hidden(
            value(style) if style is not None else self._styles.default_paragraph,
            value(run_style) if run_style is not None else "",
        )

    def _join_initials(self) -> None:
        """A large first letter stands in a paragraph of its own, before the one that it begins."""
        for frame in self._all("framePr"):
            paragraph = next(frame.iterancestors(f"{self._w}p"), None)
            following = paragraph.getnext() if paragraph is not None else None
            if paragraph is None or following is None or value(frame, "dropCap") not in ("drop", "margin"):
                continue
            if following.tag == f"{self._w}p":
                at = int(path(following, "pPr") is not None)
                for run in reversed([child for child in paragraph if child.tag == f"{self._w}r"]):
                    following.insert(at, run)

    def _move_text_boxes(self) -> None:
        """The paragraphs of a text box follow the paragraph that it is anchored in."""
        last: dict[Element, Element] = {}
        for box in self._all("txbxContent"):
            anchor = next(box.iterancestors(f"{self._w}p"), None)
            if anchor is None:
                continue
            for child in list(box):
                last.get(anchor, anchor).addnext(child)
                last[anchor] = child
            _remove(box)


def _chosen_entry(form: Element) -> str:
    """The chosen entry of a drop-down field."""
    entries = path(form, "ddList")
    if entries is None:
        return ""
    texts = [value(e) for e in entries if local_name(e) == "listEntry"][:_ENTRIES]
    chosen = path(entries, "result")
    if chosen is None:
        chosen = path(entries, "default")
    index = value(chosen) if chosen is not None else "0"
    return texts[int(index)] if index.isascii() and index.isdigit() and int(index) < len(texts) else ""


def _font(run: Element) -> str:
    """The font of a run, if it is one of signs; else empty."""
    fonts = path(run, "rPr", "rFonts")
    font = value(fonts, "ascii") if fonts is not None else ""
    return font if font.startswith(("Wingdings", "Webdings")) else ""


def _in_font(text: str, font: str) -> str:
    if not font:
        return text
    return "".join(_symbol(font, f"{ord(character):04X}") or character for character in text)


def _symbol(font: str, code: str) -> str:
    """The sign that a font has at a code in hexadecimal digits; empty if it isn't known."""
    from mammoth.docx.dingbats import dingbats

    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if number == 0x20 or (number > 0xFF and number >> 8 != 0xF0):
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
    found = dingbats.get((font, number & 0xFF))
    return chr(found).translate(_PLAIN_SIGNS) if found else ""


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
