"""What a page shows at a click, as ``details`` with their ``summary``: answers below questions, tabs."""

from __future__ import annotations

import re

from ingest.formats.markup.boilerplate import PageMeasures
from ingest.formats.markup.tree import Element, remove_element

_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_NAMES = re.compile(r"accordion|collaps|faq|question|disclosure|expand", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"(?:display|visibility)\s*:\s*(?:none|hidden)\s*;?", re.IGNORECASE)
_TABS = ".//*[@role='tablist'] | .//*[contains(concat(' ', @class, ' '), ' tabbed-labels ')]"
_PANELS = "./descendant::*[@role='tabpanel' or contains(concat(' ', @class, ' '), ' tabbed-block ')]"
_PANEL_LEVELS = 4  # how far above a list of tabs their panels are looked for
_MENU_SHARE = 0.5
_CONTENT_BLOCKS = frozenset("p ul ol dl table pre blockquote".split())  # they hold no details, or change


def open_disclosures(root: Element) -> None:
    """Makes ``details`` of buttons with the panels that they open, and of tabs; panels are hidden no more.

    Menus that a button opens stay as they are, and so do buttons that open nothing.
    """
    _Disclosures(root).open()


class _Disclosures:
    """The buttons, tabs and dialogs of one page. Time O(page)."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._measures = PageMeasures(root)
        self._by_id = {str(element.get("id")): element for element in root.iter() if element.get("id")}
        self._panels: dict[Element, list[Element]] = {}  # by the element around them

    def open(self) -> None:
        for tabs in list(self._root.xpath(_TABS)):
            self._open_tabs(tabs)
        buttons = list(self._root.iter("button"))
        opened = {_controlled(button) for button in buttons}
        for button in [*buttons, *self._root.xpath(".//a[@onclick]")]:
            opened.update(re.findall(r"[\w-]+", str(button.get("onclick") or "")))
        for button in [*buttons, *self._root.xpath(".//*[@role='button' and @aria-expanded]")]:
            self._open_panel(button)
        for dialog in list(self._root.iter("dialog")):
            if dialog.get("open") is not None or (dialog.get("id") or "") in opened - {""}:
                _show(dialog)
                dialog.tag = "div"

    def _open_tabs(self, tabs: Element) -> None:
        labels = tabs.xpath(".//*[@role='tab']") or list(tabs.iterchildren("label"))
        panels = [self._by_id.get(str(label.get("aria-controls"))) for label in labels]
        found = [panel for panel in panels if panel is not None]
        if len(found) < len(labels):
            found = self._panels_beside(tabs)
        if not labels or len(found) != len(labels) or len(set(found)) < len(found):
            return
        if set(tabs.iterancestors()) & set(found) or any(self._is_menu(panel) for panel in found):
            return
        for label, panel in zip(labels, found, strict=True):
            _show(panel)
            _make_details(panel, _text(label))
        remove_element(tabs)

    def _panels_beside(self, tabs: Element) -> list[Element]:
        """The panels in the nearest element around a list of tabs that holds any."""
        around = tabs
        for _ in range(_PANEL_LEVELS):
            if around is self._root:
                return []
            around = around.getparent()
            if around not in self._panels:
                panels = around.xpath(_PANELS)
                inner = set(panels)
                self._panels[around] = [p for p in panels if inner.isdisjoint(p.iterancestors())]
            if self._panels[around]:
                return self._panels[around]
        return []

    def _open_panel(self, button: Element) -> None:
        text = _text(button)
        if not any(map(str.isalnum, text)):
            return
        heading = next((e for e in button.iterancestors() if e.tag in _HEADINGS or e.tag == "summary"), None)
        panel = self._by_id.get(_controlled(button))
        if panel is None:
            panel = _panel_below(button, heading, text)
        if panel is not None and (panel in set(button.iterancestors()) or self._is_menu(panel)):
            return
        if panel is not None:
            _show(panel)
        if heading is not None:
            button.tag = "span"
        elif panel is not None and _next_block(button) is panel:
            remove_element(button)
            _make_details(panel, text)
        elif panel is not None or text.endswith("?"):
            button.tag = "p"

    def _is_menu(self, panel: Element) -> bool:
        return self._measures.link_share(panel) >= _MENU_SHARE


def _controlled(button: Element) -> str:
    """The id of the element that a button opens; empty if it names none."""
    for attribute in ("aria-controls", "data-bs-target", "data-target", "commandfor", "popovertarget"):
        value = str(button.get(attribute) or "").strip().removeprefix("#")
        if value:
            return value
    return ""


def _panel_below(button: Element, heading: Element | None, text: str) -> Element | None:
    """What follows a question, or a button that is told to open something."""
    if text.endswith("?") or button.get("aria-expanded") is not None:
        return _next_block(heading if heading is not None else button)
    named = _NAMES.search(f"{button.get('class') or ''} {button.get('id') or ''}") is not None
    return _next_sibling(button) if named else None


def _next_block(element: Element) -> Element | None:
    """The element after this one, or after the one that holds nothing else."""
    while True:
        parent = element.getparent()
        following = _next_sibling(element)
        is_alone = parent is not None and len(parent) == 1 and not (parent.text or "").strip()
        if following is not None or not is_alone or (element.tail or "").strip():
            return following
        element = parent


def _next_sibling(element: Element) -> Element | None:
    following = element.getnext()
    is_block = following is not None and isinstance(following.tag, str) and following.tag != "button"
    return following if is_block and not (element.tail or "").strip() else None


def _make_details(panel: Element, label: str) -> None:
    """Puts a panel's content into a ``details`` element under its label."""
    outer = panel
    if panel.tag in _CONTENT_BLOCKS:
        outer = panel.makeelement("details", {})
        panel.addprevious(outer)
        outer.tail, panel.tail = panel.tail, None
        outer.append(panel)
    outer.tag = "details"
    summary = outer.makeelement("summary", {})
    summary.text = label
    summary.tail, outer.text = outer.text, None
    outer.insert(0, summary)


def _show(panel: Element) -> None:
    for attribute in ("hidden", "aria-hidden"):
        panel.attrib.pop(attribute, None)
    if panel.get("role") in ("dialog", "alertdialog", "tabpanel"):
        panel.attrib.pop("role")
    style = panel.get("style")
    if style:
        panel.set("style", _NOT_SHOWN.sub("", style))


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
