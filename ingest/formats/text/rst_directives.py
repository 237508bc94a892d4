"""Directives and roles of reStructuredText that docutils doesn't have (Sphinx's and others): their text is
kept, and nothing that they refer to is opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles

_NAMES = re.compile(r"^[ \t]*(?:\.\. (?:\|[^|\n]+\| )?)([A-Za-z][\w:+.-]{0,60})::", re.M)
_ROLES = re.compile(r"(?<![\w:]):([A-Za-z][\w:+.-]{0,60}):`|`:([A-Za-z][\w:+.-]{0,60}):")
_TARGET = re.compile(r"(?s)(.+?)\s*<[^<>]*>\Z")
_SKIPPED = frozenset(
    "toctree automodule autoclass autofunction automethod autosummary autodata autoexception"
    " index include raw"
    " highlight contents sectnum literalinclude currentmodule module py:module py:currentmodule meta image"
    " tabularcolumns graphviz digraph inheritance-diagram plot program default-domain role default-role"
    " bibliography sectionauthor codeauthor moduleauthor youtube video acks only-links header footer".split()
)
_CODE = frozenset(
    "code-block sourcecode code prompt parsed-literal ipython testcode testsetup testoutput doctest console"
    " productionlist mermaid math jinja".split()
)
_REPLACED = frozenset("include raw meta contents sectnum header footer role default-role".split())
_BOXES = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
    "versionremoved": "Removed in version",
    "seealso": "See also",
    "todo": "To do",
}


class _AnyOptions(dict[str, Callable[[str], Any]]):
    """A directive's options, whatever their names."""

    def __missing__(self, _: str) -> Callable[[str], Any]:
        return lambda value: value or ""

    def __bool__(self) -> bool:
        return True


class _Unknown(Directive):
    """Any directive: its argument is a title, its content is read."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = _AnyOptions()

    def run(self) -> list[nodes.Node]:
        name = self.name.lower()
        if name in _SKIPPED or name.startswith("auto"):
            return []
        argument = " ".join(self.arguments)
        text = "\n".join(self.content)
        if name in _CODE:
            return [nodes.literal_block(text, text)] if text.strip() else []
        if name in _BOXES:
            return [self._box(_BOXES[name], argument)]
        group: nodes.Element = nodes.container()
        if argument and name not in ("only", "ifconfig", "rst-class", "class", "cssclass", "tabs"):
            group = nodes.admonition()
            group += nodes.title("", " ".join(argument.split()))
        self.state.nested_parse(self.content, self.content_offset, group)
        return [group]

    def _box(self, label: str, argument: str) -> nodes.Node:
        box = nodes.admonition()
        words = argument.split(None, 1) if label.endswith("version") else ["", argument]
        version, rest = ([*words, "", ""])[:2]
        title = f"{label} {version}".strip()
        box += nodes.title("", title)
        if rest.strip():
            box += nodes.paragraph("", rest.strip())
        self.state.nested_parse(self.content, self.content_offset, box)
        return box


def register(source: str) -> None:
    """Makes the directives and roles that a source has, and docutils has not, known to it."""
    from docutils.parsers.rst.languages import en

    own = set(en.directives) - _REPLACED
    for name in {match[1].lower() for match in _NAMES.finditer(source)} - own:
        directives.register_directive(name, _Unknown)
    known_roles = set(en.roles) - {"raw", "restructuredtext-unimplemented-role"}
    for name in {(match[1] or match[2]).lower() for match in _ROLES.finditer(source)} - known_roles:
        roles.register_local_role(name, _role)  # type: ignore[arg-type]  # its types know references only


def _role(
    _: str, rawtext: str, text: str, *__: Any, **___: Any
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The text of any role: of "text <target>" the text, of "~package.name" the name."""
    bare = text.replace("\0", "\\") if "\0" in text else text
    match = _TARGET.fullmatch(bare)
    shown = match[1] if match else bare
    shown = shown.rpartition(".")[2] if shown.startswith("~") else shown.lstrip("!")
    return [nodes.inline(rawtext, shown)], []
