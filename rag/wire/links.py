"""Links of a citation: this service's page with the span marked, and a text fragment for the source's page.

Text fragments: https://wicg.github.io/scroll-to-text-fragment/ (section 3, "Syntax").
"""

from __future__ import annotations

from urllib.parse import quote

from rag.types import Citation

_MAX_WHOLE_QUOTE = 120  # code points; a longer quote is given by its first and last words
_END_WORDS = 6  # of a long quote, at each end
_VERSION_DIGITS = 12  # hex digits of a version, as many as the page shows


def document_url(document_id: str, version: str, start: int, end: int) -> str:
    """The path of the page that shows a document with code points ``[start, end)`` marked.

    It has the version's first twelve digits: the page marks nothing in another version's text.

    >>> document_url("a/b c", "ca7b30bd14850bd4", 3, 9)
    '/documents/a/b%20c?version=ca7b30bd1485#3-9'
    """
    return f"/documents/{quote(document_id, safe='/')}?version={version[:_VERSION_DIGITS]}#{start}-{end}"


def page_url(document_id: str) -> str:
    """The path of the page that shows a document as it is now.

    >>> page_url("a/b c")
    '/documents/a/b%20c'
    """
    return f"/documents/{quote(document_id, safe='/')}"


def text_fragment(citation: Citation) -> str:
    """The ``#:~:text=`` directive that makes a browser scroll to the quote on the source's page.

    A directive matches within one block and at word boundaries only. So the context that tells repeated
    text apart is given in whole words of the quote's own line, and a quote that is long or has several
    lines is given by its first and last words.
    """
    lines = citation.quote.splitlines()
    if len(lines) == 1 and len(citation.quote) <= _MAX_WHOLE_QUOTE:
        middle = _encode(citation.quote.strip())
    else:
        first, last = lines[0].split()[:_END_WORDS], lines[-1].split()[-_END_WORDS:]
        middle = f"{_encode(' '.join(first))},{_encode(' '.join(last))}"
    before, after = _last_words(citation.prefix), _first_words(citation.suffix)
    prefix = f"{_encode(before)}-," if before else ""
    suffix = f",-{_encode(after)}" if after else ""
    return f"#:~:text={prefix}{middle}{suffix}"


def _encode(text: str) -> str:
    # "-", "," and "&" have a meaning in a directive; of these quote() leaves only the dash unescaped.
    return quote(text, safe="", errors="replace").replace("-", "%2D")


def _last_words(prefix: str) -> str:
    """The whole words at a prefix's end, of its last line. A first word that may be cut is left out."""
    line = prefix.splitlines()[-1] if prefix and not prefix.endswith(("\n", "\r")) else ""
    cut = line == prefix
    return " ".join(line.split()[1 if cut else 0 :])


def _first_words(suffix: str) -> str:
    """The whole words at a suffix's beginning, of its first line. A last word that may be cut is left out."""
    line = suffix.splitlines()[0] if suffix else ""
    cut = line == suffix
    return " ".join(line.split()[: -1 if cut else None])


def original_url(document_id: str) -> str:
    """The path at which the file that a document was read from can be downloaded."""
    return f"/v1/originals/{quote(document_id, safe='/')}"
