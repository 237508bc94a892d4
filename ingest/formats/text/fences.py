"""A Markdown source as stretches of prose and of fenced code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_FENCE = re.compile(r"[ \t>*+\-\d.]*(?P<mark>`{3,}|~{3,})(?P<rest>[^\n]*)")


def map_prose(source: str, change: Callable[[str], str]) -> str:
    """The source with its prose changed, and its fences as they are."""
    return "".join(text if is_fence else change(text) for is_fence, text in _stretches(source))


def _stretches(source: str) -> Iterator[tuple[bool, str]]:
    """Whether it is a fence with its marks, and the text; all texts in a row are the source."""
    prose: list[str] = []
    fenced: list[str] = []
    mark = ""
    for line in source.splitlines(keepends=True):
        match = _FENCE.match(line)
        if mark:
            fenced.append(line)
            if match and match["mark"].startswith(mark) and not match["rest"].strip():
                mark = ""
        elif match and "`" not in match["rest"]:
            yield True, "".join(fenced)
            yield False, "".join(prose)
            prose, fenced, mark = [], [line], match["mark"]
        else:
            if fenced:
                yield True, "".join(fenced)
                fenced = []
            prose.append(line)
    yield True, "".join(fenced)
    yield False, "".join(prose)
