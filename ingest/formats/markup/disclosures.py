"""What a page shows at a click, as ``details`` with their ``summary``: answers below questions, tabs."""

from __future__ import annotations

import re

from ingest.formats.markup.tree import Element, append_text, remove_element

_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_NAMES = re.compile(r"accordion|collaps|faq|question|disclosure|expand", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"(?:display|visibility)\s*:\s*(?:none|hidden)\s*;?", re.IGNORECASE)
_TABS = ".//*[@role='tablist'] | .//*[contains(concat(' ', @class, ' '), ' tabbed-labels ')]"
_PANEL_LEVELS = 4  # how far above a list of tabs their panels are looked for
_MENU_SHARE = 0.5


def open_disclosures(root: Element) -> None:
    """Makes ``details`` of buttons with the panels that they open, and of tabs; the panels are hidden no more.

    Menus that a button opens stay as they are, and so do buttons that open nothing.
    """
    by_id = {str(element.get("id")): element for element in root.iter() if element.get("id")}
    for tabs in list(root.xpath(_TABS)):
        _open_tabs(tabs, root, by_id)
    for button in list(root.iter("button")) + list(root.xpath(".//*[@role='button' and @aria-expanded]")):
        _open_panel(button, by_id)
    for dialog in list(root.iter("dialog")):
        if dialog.get("open") is not None or _is_opened(dialog, root):
            _show(dialog)
            dialog.tag = "div"


def _open_tabs(tabs: Element, root: Element, by_id: dict[str, Element]) -> None:
    labels = tabs.xpath(".//*[@role='tab']") or list(tabs.iterchildren("label"))
    panels = [by_id.get(str(label.get("aria-controls"))) for label in labels]
    found = [panel for panel in panels if panel is not None]
    if len(found) < len(labels):
        found = _panels_beside(tabs, root)
    if not labels or len(found) != len(labels) or len(set(found)) < len(found):
        return
    ancestors = set(tabs.iterancestors())
    if ancestors & set(found) or any(_is_menu(panel) for panel in found):
        return
    for label, panel in zip(labels, found, strict=True):
        _show(panel)
        _make_details(panel, _text(label))
    remove_element(tabs)


def _panels_beside(tabs: Element, root: Element) -> list[Element]:
    """The panels in the nearest element around a list of tabs that holds any."""
    around = tabs
    for _ in range(_PANEL_LEVELS):
        around = around.getparent()
        if around is None or around is root.getparent():
            return []
        panels = around.xpath(
            "./descendant::*[@role='tabpanel' or contains(concat(' ', @class, ' '), ' tabbed-block ')]"
        )
        outer = set(panels)
        if panels:
            return [panel for panel in panels if outer.isdisjoint(panel.iterancestors())]
    return []


def _open_panel(button: Element, by_id: dict[str, Element]) -> None:
    text = _text(button)
    if not any(map(str.isalnum, text)):
        return
    heading = next((e for e in button.iterancestors() if e.tag in _HEADINGS or e.tag == "summary"), None)
    panel = by_id.get(_controlled(button))
    if panel is None:
        panel = _panel_below(button, heading, text)
    if panel is None:
        if heading is not None:
            button.tag = "span"
        elif text.endswith("?"):
            button.tag = "p"
        return
    if panel in set(button.iterancestors()) or _is_menu(panel):
        return
    _show(panel)
    if heading is not None:
        button.tag = "span"
    elif _next_block(button) is panel:
        remove_element(button)
        _make_details(panel, text)
    else:
        button.tag = "p"


def _controlled(button: Element) -> str:
    """The id of the element that a button opens."""
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
    """Puts a panel's content into a ``details`` element under its label; the panel stays around it."""
    if panel.tag in ("p", "ul", "ol", "dl", "table", "pre", "blockquote"):  # a block that may hold no details
        outer = panel.makeelement("details", {})
        panel.addprevious(outer)
        tail, panel.tail = panel.tail, None
        outer.append(panel)
        outer.tail = tail
    else:
        outer = panel
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


def _is_menu(panel: Element) -> bool:
    linked = sum(len(_text(link)) for link in panel.iter("a"))
    return linked > 0 and linked >= _MENU_SHARE * len(_text(panel))


def _is_opened(dialog: Element, root: Element) -> bool:
    """Whether a button of the page opens a dialog."""
    name = dialog.get("id")
    if not name:
        return False
    return any(
        _controlled(button) == name or str(name) in str(button.get("onclick") or "")
        for button in root.iter("button", "a")
        if dialog not in set(button.iterancestors())
    )


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
