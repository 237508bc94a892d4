"""Where a citation leads: a page of ours that marks the span, and a text fragment for any page.

Text fragments: https://wicg.github.io/scroll-to-text-fragment/ (section 3, "Syntax").
"""

from __future__ import annotations

from urllib.parse import quote

from rag.types import Citation

_WHOLE = 120  # a longer quote is named by its first and last words
_ENDS = 6  # how many
_VERSION = 12  # hex digits of a version, as many as the page shows


def document_url(document_id: str, version: str, start: int, end: int) -> str:
    """Path of the page that shows a document and marks code points ``[start, end)`` of a version.

    The version's first twelve digits go with it: the page marks nothing in another version's text.

    >>> document_url("a/b c", "ca7b30bd14850bd4", 3, 9)
    '/documents/a/b%20c?version=ca7b30bd1485#3-9'
    """
    return f"/documents/{quote(document_id, safe='/')}?version={version[:_VERSION]}#{start}-{end}"


def text_fragment(citation: Citation) -> str:
    """The ``#:~:text=`` directive that leads a browser to the quote on the page it is from.

    A directive matches within one block and at word boundaries alone: so what stands around the
    quote, which tells repeated text apart, is given in whole words of the same line; a quote over
    several lines, or a long one, is given by its two ends.
    """
    lines = citation.quote.splitlines()
    if len(lines) == 1 and len(citation.quote) <= _WHOLE:
        middle = _encode(citation.quote.strip())
    else:
        first, last = lines[0].split()[:_ENDS], lines[-1].split()[-_ENDS:]
        middle = f"{_encode(' '.join(first))},{_encode(' '.join(last))}"
    before, after = _last_words(citation.prefix), _first_words(citation.suffix)
    prefix = f"{_encode(before)}-," if before else ""
    suffix = f",-{_encode(after)}" if after else ""
    return f"#:~:text={prefix}{middle}{suffix}"


def _encode(text: str) -> str:
    # "-", "," and "&" have a meaning in a directive; quote() leaves only the dash as it is.
    return quote(text, safe="", errors="replace").replace("-", "%2D")


def _last_words(prefix: str) -> str:
    """The whole words at a prefix's end, same line; its first word may be cut, so it is left out."""
    line = prefix.splitlines()[-1] if prefix and not prefix.endswith(("\n", "\r")) else ""
    cut = line == prefix
    return " ".join(line.split()[1 if cut else 0 :])


def _first_words(suffix: str) -> str:
    line = suffix.splitlines()[0] if suffix else ""
    cut = line == suffix
    return " ".join(line.split()[: -1 if cut else None])
