"""Word's equations (OMML) to one line of text, as one would type them."""

from __future__ import annotations

from typing import Any

from ingest.formats.markup.tree import local

Element = Any  # lxml.etree._Element; lxml carries no types


def linear(equation: Element) -> None:
    """Replaces an equation by a run of text in its place."""
    from lxml import etree

    parent = equation.getparent()
    space = _words(equation)
    if parent is None or space is None:
        return
    run = etree.Element(f"{{{space}}}r")
    text = etree.SubElement(run, f"{{{space}}}t")
    text.text = f" {' '.join(_said(equation).split())} "
    run.tail = equation.tail
    parent.replace(equation, run)
    if local(parent) == "oMathPara":  # a wrapper that Mammoth skips with all that it holds
        outer = parent.getparent()
        at = outer.index(parent)
        for offset, child in enumerate([c for c in parent if local(c) == "r"]):
            outer.insert(at + offset, child)


def _words(element: Element) -> str | None:
    """The namespace of Word's own elements, of the paragraph around an equation."""
    for above in element.iterancestors():
        if local(above) in ("p", "body", "tc"):
            return str(above.tag[1:].partition("}")[0])
    return None


def _said(element: Element) -> str:
    name = local(element)
    if name == "t":
        return element.text or ""
    parts = {local(child): child for child in element}

    def part(key: str) -> str:
        return _said(parts[key]).strip() if key in parts else ""

    match name:
        case "f":
            return f"{_grouped(part('num'))}/{_grouped(part('den'))}"
        case "sSup":
            return f"{part('e')}^{_grouped(part('sup'))}"
        case "sSub":
            return f"{part('e')}_{_grouped(part('sub'))}"
        case "sSubSup":
            return f"{part('e')}_{_grouped(part('sub'))}^{_grouped(part('sup'))}"
        case "rad":
            degree = part("deg")
            return f"{f'root {degree} of ' if degree else '√'}({part('e')})"
        case "d":
            return f"({', '.join(_said(child).strip() for child in element if local(child) == 'e')})"
        case "func":
            return f"{part('fName')} {part('e')}"
        case "nary":
            return _nary(parts, part("sub"), part("sup"), part("e"))
        case _:
            return "".join(_said(child) for child in element if not local(child).endswith("Pr"))


def _nary(parts: dict[str, Element], low: str, high: str, body: str) -> str:
    signs = [e for e in parts["naryPr"] if local(e) == "chr"] if "naryPr" in parts else []
    sign = next((str(v) for e in signs for k, v in e.attrib.items() if k.endswith("val")), "∫")
    below, above = f"_{_grouped(low)}" if low else "", f"^{_grouped(high)}" if high else ""
    return f"{sign}{below}{above} {body}"


def _grouped(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"
