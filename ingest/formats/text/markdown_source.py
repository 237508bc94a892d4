"""A Markdown source made ready for the parser: signs of site generators become what the parser knows."""

from __future__ import annotations

import re

from ingest.formats.text.fences import map_prose
from ingest.formats.text.template_tags import without_tags

_TAB = re.compile(r"^([ \t]*)===[!+]? +\"([^\"\n]{1,200})\"[ \t]*$", re.M)  # of MkDocs
_LEFT_OUT = re.compile(
    r"^[ \t]*(?:\[TOC\]|\[\[_?toc_?\]\]|\([\w.: -]{1,100}\)=|<!-- *(?:toc|more) *-->)[ \t]*$", re.M | re.I
)
_HEADING_ATTRIBUTES = re.compile(r"^(#{1,6} [^\n]*?)[ \t]*\{[#.][\w#.:= \"-]{1,100}\}[ \t]*$", re.M)
_ABBREVIATION = re.compile(r"^\*\[([^\]\n]{1,60})\]:[ \t]*", re.M)
_MYST_COMMENT = re.compile(r"^%(?: [^\n]*)?$", re.M)
_MYST = re.compile(r"^(?:`{3,}|:{3,})\{[a-z]", re.M)


def prepared(source: str) -> str:
    """The source without template tags, marks of tables of contents, anchors and attributes of headings.

    Tabs of MkDocs become admonitions, with the tab's name as their title. Code is left as it is.
    """
    is_myst = _MYST.search(source) is not None

    def prepare(prose: str) -> str:
        prose = _TAB.sub(r'\1!!! tab "\2"', prose)
        prose = _HEADING_ATTRIBUTES.sub(r"\1", _LEFT_OUT.sub("", prose))
        prose = _ABBREVIATION.sub(lambda match: f"\n{match[1]}: ", prose)
        return _MYST_COMMENT.sub("", prose) if is_myst else prose

    return map_prose(without_tags(source), prepare)
