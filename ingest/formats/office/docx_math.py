"""Word's equations (OMML) to one line of text, as one would type them: ``x^2``, ``(a + b)/c``."""

from __future__ import annotations

from typing import Any

from ingest.formats.markup.tree import local_name

Element = Any  # lxml.etree._Element; lxml carries no types


def linearize(equation: Element) -> None:
    """Replaces an equation by a run of text in its place."""
    from lxml import etree

    parent = equation.getparent()
    namespace = _word_namespace(equation)
    if parent is None or namespace is None:
        return
    run = etree.Element(f"{{{namespace}}}r")
    text = etree.SubElement(run, f"{{{namespace}}}t")
    text.text = f" {' '.join(_linear_text(equation).split())} "
    run.tail = equation.tail
    parent.replace(equation, run)
    if local_name(parent) == "oMathPara":  # Mammoth skips it with its content, so the runs move out of it
        outer = parent.getparent()
        at = outer.index(parent)
        for offset, child in enumerate([c for c in parent if local_name(c) == "r"]):
            outer.insert(at + offset, child)


def _word_namespace(element: Element) -> str | None:
    """The namespace of Word's own elements, as the paragraph around an equation has it."""
    for above in element.iterancestors():
        if local_name(above) in ("p", "body", "tc"):
            return str(above.tag[1:].partition("}")[0])
    return None


def _linear_text(element: Element) -> str:
    name = local_name(element)
    if name == "t":
        return element.text or ""
    parts = {local_name(child): child for child in element}

    def part(key: str) -> str:
        return _linear_text(parts[key]).strip() if key in parts else ""

    match name:
        case "f":
            return f"{_parenthesized(part('num'))}/{_parenthesized(part('den'))}"
        case "sSup":
            return f"{part('e')}^{_parenthesized(part('sup'))}"
        case "sSub":
            return f"{part('e')}_{_parenthesized(part('sub'))}"
        case "sSubSup":
            return f"{part('e')}_{_parenthesized(part('sub'))}^{_parenthesized(part('sup'))}"
        case "rad":
            degree = part("deg")
            return f"{f'root {degree} of ' if degree else '√'}({part('e')})"
        case "d":
            return (
                f"({', '.join(_linear_text(child).strip() for child in element if local_name(child) == 'e')})"
            )
        case "func":
            return f"{part('fName')} {part('e')}"
        case "nary":
            return _nary(parts, part("sub"), part("sup"), part("e"))
        case _:
            return "".join(_linear_text(child) for child in element if not local_name(child).endswith("Pr"))


def _nary(parts: dict[str, Element], low: str, high: str, body: str) -> str:
    signs = [e for e in parts["naryPr"] if local_name(e) == "chr"] if "naryPr" in parts else []
    sign = next((str(v) for e in signs for k, v in e.attrib.items() if k.endswith("val")), "∫")
    below, above = f"_{_parenthesized(low)}" if low else "", f"^{_parenthesized(high)}" if high else ""
    return f"{sign}{below}{above} {body}"


def _parenthesized(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"
