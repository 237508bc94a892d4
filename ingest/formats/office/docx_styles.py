"""What Word's styles say of the text in them: whether it is hidden, and in which list it is numbered."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.formats.markup.tree import Element, local_name

_OFF = frozenset(("0", "false", "off"))
_DEEPEST = 20  # styles based on one another


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """``hidden`` is None where the style doesn't say; ``number`` and ``level`` are those of a list."""

    name: str
    based_on: str
    hidden: bool | None
    number: str | None
    level: int | None


class Styles:
    """The styles of a Word file, by their ids.

    Args:
        root: the styles part; None: there is none.
    """

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self.default_paragraph = ""
        self._hidden_by_default = False
        if root is None:
            return
        for element in root:
            if local_name(element) == "style":
                self._add(element)
            elif local_name(element) == "docDefaults":
                properties = path(element, "rPrDefault", "rPr")
                self._hidden_by_default = properties is not None and bool(switch(properties, "vanish"))

    @property
    def hides(self) -> bool:
        """Whether any style says that text is hidden."""
        return self._hidden_by_default or any(style.hidden for style in self._styles.values())

    def is_hidden(self, paragraph_style: str, run_style: str) -> bool:
        """Whether text is hidden by its styles; a character style reverses what a paragraph style says."""
        paragraph, run = self._hidden(paragraph_style), self._hidden(run_style)
        return (paragraph != run) or self._hidden_by_default

    def numbering(self, style: str) -> tuple[str | None, int | None, str]:
        """The list of a paragraph style: its number, its level, and the style of the chain that says so."""
        for identifier in self._chain(style):
            found = self._styles[identifier]
            if found.number is not None:
                return found.number, found.level, identifier
        return None, None, style

    def _chain(self, identifier: str) -> list[str]:
        chain: list[str] = []
        while identifier in self._styles and identifier not in chain and len(chain) < _DEEPEST:
            chain.append(identifier)
            identifier = self._styles[identifier].based_on
        return chain

    def _hidden(self, style: str) -> bool:
        said = (self._styles[identifier].hidden for identifier in self._chain(style))
        return next((hidden for hidden in said if hidden is not None), False)

    def _add(self, element: Element) -> None:
        identifier = value(element, "styleId")
        run = path(element, "rPr")
        numbering = path(element, "pPr", "numPr")
        number, level = list_reference(numbering)
        name = path(element, "name")
        based_on = path(element, "basedOn")
        self._styles[identifier] = Style(
            name=value(name) if name is not None else "",
            based_on=value(based_on) if based_on is not None else "",
            hidden=switch(run, "vanish") if run is not None else None,
            number=number,
            level=level,
        )
        if value(element, "type") == "paragraph" and value(element, "default") in ("1", "true"):
            self.default_paragraph = identifier


def list_reference(element: Element | None) -> tuple[str | None, int | None]:
    """The number and level of a list that ``w:numPr`` names; None where it names none."""
    if element is None:
        return None, None
    number, level = path(element, "numId"), path(element, "ilvl")
    depth = value(level) if level is not None else ""
    return (
        value(number) if number is not None else None,
        int(depth) if depth.isascii() and depth.isdigit() and len(depth) < 3 else None,
    )


def path(element: Element, *names: str) -> Element | None:
    """The child of a child with these local names, of the element's own namespace; None: there is none."""
    namespace = element.tag[: element.tag.find("}") + 1]
    found: Element | None = element
    for name in names:
        found = found.find(f"{namespace}{name}") if found is not None else None
    return found


def value(element: Element, name: str = "val") -> str:
    """An attribute by its local name; empty if there is none."""
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def switch(properties: Element, name: str) -> bool | None:
    """A property that is on or off; None: it isn't said."""
    element = path(properties, name)
    return None if element is None else value(element) not in _OFF
