"""Signs that stand for the targets of links while a PDF's lines are put together.

A target is longer than the words on the page that it stands behind: written at once, it would change what is
told by the lengths of lines, by their ends and by their repetition. So a private sign stands in its place.
"""

from __future__ import annotations

import re

from ingest.formats.link_targets import LinkTargets

_FIRST, _LAST = 0x100000, 0x10FFFD  # private use, plane 16: fonts use plane 15, hardly this one
_SIGN = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")


def is_sign(character: str) -> bool:
    """Whether a file's own character is of the range of the signs."""
    return _FIRST <= ord(character) <= _LAST


def without_signs(text: str) -> str:
    """A text that no target stands in."""
    return _SIGN.sub("", text)


class LinkSigns:
    """The signs of a document's targets, one for each. A target is told once in a section.

    >>> signs = LinkSigns()
    >>> signs.told(f"Apply here{signs.of('https://example.org/apply')}.")
    'Apply here (https://example.org/apply).'
    """

    def __init__(self) -> None:
        self._signs: dict[str, str] = {}
        self._targets: dict[str, str] = {}
        self._told = LinkTargets()

    def of(self, target: str) -> str:
        """The sign of a target; none where a document has more of them than there are signs."""
        if target not in self._signs:
            if _FIRST + len(self._signs) > _LAST:
                return ""
            self._signs[target] = chr(_FIRST + len(self._signs))
            self._targets[self._signs[target]] = target
        return self._signs[target]

    def next_section(self) -> None:
        """A heading was passed: targets are told anew."""
        self._told.next_section()

    def told(self, text: str) -> str:
        """A text with its targets in brackets."""
        return _SIGN.sub(lambda sign: self._told.once(self._targets.get(sign[0], "")), text)
