"""Names are not cut in two: a span that ends inside one is led on to its end.

Measured on gold paragraphs with the first reader: exact match 0.617 -> 0.622 on XQuAD-en, 0.379 ->
0.381 on QED; finishing hyphenated words too ("24" of "24-yard") cost 0.002 and was left out.
"""

from __future__ import annotations

import re

from rag.types import Span

_NEXT_NAME = re.compile(r" (?=[^\W\d_])([^\W_][\w'’-]*)")
_BRACKET = re.compile(r"\(\w{1,8}\)")  # no white space before it: "287(g)", "401(k)"


def whole_name(text: str, span: Span, within: Span) -> Span:
    """The span, led on over capitalised words that follow its capitalised last one.

    >>> whole_name("asked Kristi Noem today", Span(6, 12), Span(0, 23))
    Span(start=6, end=17)
    """
    end = span.end
    if bracket := _BRACKET.match(text, end, within.end):
        end = bracket.end()
    while _ends_in_name(text[span.start : end]):
        following = _NEXT_NAME.match(text, end, within.end)
        if following is None or not following.group(1)[0].isupper():
            break
        end = following.end()
    return Span(span.start, end)


def _ends_in_name(said: str) -> bool:
    last = said.rsplit(None, 1)[-1:] or [""]
    return last[0][:1].isupper() and last[0][-1:].isalnum()
