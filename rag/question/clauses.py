"""The clauses of a question, contractions written out, for rules that look at how a clause opens."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

# No border: the stops of "p.m." and "etc.", a hyphen, a decimal point.
_BORDER = re.compile(r"(?<!\w\.\w)(?<!\betc)(?<!\bvs)[.?!;:,]+(?=\s|$)|\s[-–—]+\s|[–—]|[()]")
_END = re.compile(r"[.?!;]")
_OPENING = re.compile(
    r"^(?:(?:and|but|so|then|also|or|ok(?:ay)?(?= (?:and|but|now|so|then)\b)|oh|um+|hmm+|btw|by the way|just"
    r"|exactly|roughly|basically|actually|generally|please|pls|in general|in short|that said)\s+)+",
    re.IGNORECASE,
)
_QUOTES = " \t\"'“”‘’*_"
_CONTRACTION = re.compile(
    r"\b(?P<word>what|who|when|where|why|how|which|that|there|it|he|she)(?:['’]?(?P<is>s)|['’](?P<are>re))\b",
    re.IGNORECASE,
)
_NO_CONTRACTIONS = frozenset({"its"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause and where it starts in the text (code points).

    ``describes`` is true of a clause inside a statement that a question follows: "I keep a form, which …".
    """

    text: str
    start: int
    describes: bool = False


def clauses(text: str) -> list[Clause]:
    """The text's clauses, by punctuation, without what only joins them; contractions written out.

    >>> [clause.text for clause in clauses("The lid is stuck - so what's the trick?")]
    ['The lid is stuck', 'what is the trick']
    """
    found: list[Clause] = []
    sentence: list[Clause] = []
    start = 0
    for border in [*_BORDER.finditer(text), None]:
        end, following = border.span() if border else (len(text), len(text))
        part = text[start:end].strip(_QUOTES)
        if part:
            part = written_out(_OPENING.sub("", part))
            sentence.append(Clause(text=part, start=start, describes=bool(sentence)))
        start = following
        if border is None or _END.search(border.group()):
            is_statement = border is not None and "?" not in border.group() and "?" in text[following:]
            found += [replace(clause, describes=clause.describes and is_statement) for clause in sentence]
            sentence = []
    return found


def written_out(text: str) -> str:
    """The text with "what is" for "what's" and "whats".

    >>> written_out("whats its name, and who're they?")
    'what is its name, and who are they?'
    """
    return _CONTRACTION.sub(_write_out, text)


def _write_out(match: re.Match[str]) -> str:
    if match.group().casefold() in _NO_CONTRACTIONS:
        return match.group()
    return f"{match['word']} {'is' if match['is'] else 'are'}"
