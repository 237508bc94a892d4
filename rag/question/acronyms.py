"""Acronyms and their long forms, as the texts of a collection define them: "paid time off (PTO)".

A definition is found by the patterns of Schwartz and Hearst 2003 ("A simple algorithm for identifying
abbreviation definitions in biomedical text"): an acronym in brackets behind its long form, or the long form
in brackets behind the acronym; and by those of glossaries: "PTO stands for paid time off", "PTO: paid time
off", a table's row. Theirs matches letters anywhere in the words. Here each letter of the acronym is the
first of a word, in order, and only function words are skipped, so that "PTO: please turn over" is one and
"PTO: ask Ann" is none. In brackets a letter may also stand inside a word ("multifactor authentication
(MFA)").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rag.english.function_words import FUNCTION_WORDS, STOP_WORDS
from rag.english.related_words import related_stems
from rag.english.words import folded_words, same_stem, stem

_MIN_LETTERS, _MAX_LETTERS = 2, 8
# Texts with the question's own form from which on it isn't expanded. Of 431 training questions with an
# acronym or a long form that their collection defines, the evidence is first for 0.501 without expansion,
# 0.508 at 2, 0.510 at 3, 0.503 at 5, 0.452 where all are expanded.
_USUAL = 3
_ORDINARY = STOP_WORDS | FUNCTION_WORDS
_MAX_SKIPPED = 4  # function words of a long form that give the acronym no letter

_ACRONYM = r"(?:[A-Z]\.){2,8}|[A-Z0-9][A-Za-z0-9&/]{0,8}?[A-Z0-9](?=s?\b)"
_ANY_ACRONYM = re.compile(_ACRONYM)
_SHORT = rf"(?P<short>{_ACRONYM})s?"
_OPEN, _CLOSE = r"[(\[]\s*", r"\s*[)\]]"
_QUOTES = "\"'“”‘’*_`"
_MEANS = (
    r"(?:\s+(?:stands for|means|is short for|short for|is (?:an? |the )?(?:abbreviation|acronym)"
    r" (?:of|for)|refers to)|\s*=)\s+(?:the |an? )?"
)
_ITEM = r"(?:^|\n)[ \t]*(?:[-*•|+]+[ \t]*)?[*_`]*"  # the begin of a line, an item or a row
_BETWEEN = r"[*_`]*[ \t]*(?:[:=|\t,]|[-–—]{1,2}(?=[ \t]))[ \t]*[*_`]*(?:the |an? )?"
_LONG_BEFORE = re.compile(rf"{_OPEN}[{_QUOTES}]*{_SHORT}[{_QUOTES}]*(?:{_CLOSE}|[,;])")
_ALSO_CALLED = re.compile(
    rf",? (?:or|also called|also known as|known as|called|abbreviated(?: as| to)?) [{_QUOTES}]*{_SHORT}\b"
)
_LONG_IN_BRACKETS = re.compile(rf"\b{_SHORT}[{_QUOTES}]*\s*{_OPEN}(?P<long>[^()\[\]\n]{{4,90}}){_CLOSE}")
_LONG_BEHIND = re.compile(rf"\b{_SHORT}[{_QUOTES}]*{_MEANS}(?P<long>[^\n.;:()]{{4,90}})")
_LINE = re.compile(rf"{_ITEM}{_SHORT}{_BETWEEN}(?P<long>[^\n|\t;:()]{{4,90}})")
_ROW_END = re.compile(rf"{_BETWEEN}{_SHORT}[*_`]*[ \t]*(?=\||\n|$)")

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_QUESTION_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[&/][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Definition:
    """An acronym, without full stops and plural s, with its long form as the text has it."""

    acronym: str
    long_form: str


def acronym_expansions(question: str, defining: Sequence[str], texts: Sequence[str] = ()) -> tuple[str, ...]:
    """The long forms of acronyms in a question, and the acronyms of its long forms.

    Left out is what the question has already, and what three of the texts write as the question does: where
    a collection uses an acronym everywhere, the words of its long form only mislead a search. Of several long
    forms of an acronym the most frequent counts, of equals the first.

    Args:
        defining: texts with definitions, as ``Retriever.definitions`` returns them.
        texts: the passages that the question retrieved.

    >>> acronym_expansions("how much pto do I get", ["Paid time off (PTO) is granted yearly."])
    ('Paid time off',)
    >>> acronym_expansions("is there a service level agreement", ["SLA: service level agreement"])
    ('SLA',)
    """
    return tuple(expansion for _, expansion in _expansions(question, defining, texts))


def expand_acronyms(text: str, defining: Sequence[str], texts: Sequence[str] = ()) -> str:
    """The text with each expansion in brackets behind what it expands, where that first stands.

    >>> expand_acronyms("how much pto do I get?", ["Paid time off (PTO) is granted yearly."])
    'how much pto (Paid time off) do I get?'
    """
    for (_, end), expansion in sorted(_expansions(text, defining, texts), reverse=True):
        text = f"{text[:end]} ({expansion}){text[end:]}"
    return text


def definitions(text: str) -> Iterator[Definition]:
    """The definitions in a text, in no particular order; one that stands twice comes twice.

    >>> list(definitions("The SLA (service level agreement) binds us."))
    [Definition(acronym='SLA', long_form='service level agreement')]
    """
    for match in _LONG_BEFORE.finditer(text):
        yield from _before(text, match, inner_letters=True)
    for pattern in (_ALSO_CALLED, _ROW_END):
        for match in pattern.finditer(text):
            yield from _before(text, match, inner_letters=False)
    for pattern in (_LONG_IN_BRACKETS, _LONG_BEHIND, _LINE):
        for match in pattern.finditer(text):
            acronym = _plain(match["short"])
            end = _matching_prefix(acronym, match["long"])
            if end is not None and _is_acronym(acronym):
                yield Definition(acronym, _tidy(match["long"][:end]))


def definition_terms(text: str) -> tuple[str, ...]:
    """A term for each acronym that a text defines, by which an index finds the text.

    >>> definition_terms("Paid time off (PTO) is granted yearly.")
    ('definitionofpto',)
    """
    return tuple(dict.fromkeys(_term(definition.acronym) for definition in definitions(text)))


def possible_definition_terms(question: str) -> tuple[str, ...]:
    """The terms of all definitions that could expand a question.

    An acronym is a short word; a long form has the initials of words that stand together, with or without
    the function words among them.

    >>> "definitionofpto" in possible_definition_terms("paid time off?")
    True
    """
    return tuple(sorted({_term(acronym) for acronym in _possible_acronyms(question)}))


def _possible_acronyms(question: str) -> set[str]:
    """Folded: its words, with and without the s of a plural, and initials of words that stand together."""
    words = [match.group() for match in _QUESTION_WORD.finditer(question)]
    plain = [_plain(word).casefold() for word in words if _may_be_acronym(word)]
    singular = [word[:-1] for word in plain if word.endswith("s")]
    found = {word for word in (*plain, *singular) if _MIN_LETTERS <= len(word) <= _MAX_LETTERS}
    parts = [part.casefold() for part in _WORD.findall(question)]
    for start in range(len(parts)):
        every, content = "", ""
        for part in parts[start : start + _MAX_LETTERS]:
            every += part[0]
            content += "" if part in FUNCTION_WORDS else part[0]
            found |= {letters for letters in (every, content) if len(letters) >= _MIN_LETTERS}
    return found


def _term(acronym: str) -> str:
    """One word for the index's analyzer, that no text has."""
    return "definitionof" + "".join(c for c in acronym.casefold() if c.isalnum())


def _expansions(
    question: str, defining: Sequence[str], texts: Sequence[str]
) -> list[tuple[tuple[int, int], str]]:
    """Where an acronym or a long form stands in the question, with what it expands to; in order."""
    found: dict[tuple[int, int], str] = {}
    possible = _possible_acronyms(question)
    relevant = [text for text in defining if _has_acronym(text, possible)]
    for definition in _chosen(relevant):
        short = _find_acronym(question, definition.acronym, texts)
        long = _find_words(question, definition.long_form)
        place = short or long
        if place is None or (short and long) or _is_usual(question[slice(*place)], texts):
            continue
        found.setdefault(place, definition.long_form if short else definition.acronym)
    return sorted(found.items())


def _has_acronym(text: str, acronyms: AbstractSet[str]) -> bool:
    return any(_plain(found).casefold() in acronyms for found in _ANY_ACRONYM.findall(text))


def _is_usual(form: str, texts: Sequence[str]) -> bool:
    pattern = re.compile(rf"\b{re.escape(form)}(?:s|\b)", re.IGNORECASE)
    return sum(1 for text in texts if pattern.search(text)) >= _USUAL


def _chosen(texts: Iterable[str]) -> list[Definition]:
    """One definition of each acronym: the most frequent, of equals the first."""
    counts: dict[str, Counter[str]] = {}
    first: dict[tuple[str, str], Definition] = {}
    for text in texts:
        for definition in definitions(text):
            acronym, words = definition.acronym.casefold(), " ".join(folded_words(definition.long_form))
            long_form = words[:-1] if words.endswith("s") else words
            first.setdefault((acronym, long_form), definition)
            counts.setdefault(acronym, Counter())[long_form] += 1
    return [first[acronym, long_forms.most_common(1)[0][0]] for acronym, long_forms in counts.items()]


def _find_acronym(question: str, acronym: str, texts: Iterable[str]) -> tuple[int, int] | None:
    """Where the question has the acronym; not typed in capitals it must be no word of the texts."""
    for match in _QUESTION_WORD.finditer(question):
        word = match.group()
        is_it = _plain(word).casefold() in {acronym.casefold(), f"{acronym.casefold()}s"}
        if is_it and (_plain(word) == acronym or (_may_be_acronym(word) and not _has_word(texts, word))):
            return match.span()
    return None


def _has_word(texts: Iterable[str], word: str) -> bool:
    """Whether a text has the word in small letters, or with a capital."""
    pattern = re.compile(rf"\b(?:{re.escape(word.lower())}|{re.escape(word.capitalize())})\b")
    return any(pattern.search(text) for text in texts)


def _may_be_acronym(word: str) -> bool:
    """Typed in capitals, or no word of its own: not "it", "does", "far"."""
    folded = word.casefold()
    return word.isupper() or not (folded in _ORDINARY or related_stems(stem(folded)))


def _find_words(question: str, long_form: str) -> tuple[int, int] | None:
    """Where the question has the words of a long form, the last in any inflection."""
    matches = list(_WORD.finditer(question))
    words = [match.group().casefold() for match in matches]
    wanted = [word.casefold() for word in _WORD.findall(long_form)]
    for start in range(len(words) - len(wanted) + 1):
        window = words[start : start + len(wanted)]
        if window[:-1] == wanted[:-1] and same_stem(window[-1], wanted[-1]):
            return matches[start].start(), matches[start + len(wanted) - 1].end()
    return None


def _before(text: str, match: re.Match[str], *, inner_letters: bool) -> Iterator[Definition]:
    """The definition whose long form ends where the match begins."""
    acronym = _plain(match["short"])
    if not _is_acronym(acronym):
        return
    line = text[max(0, match.start() - 120) : match.start()]
    line = re.split(r"[\n.;:!?|()\t](?=\s)|[\n|()\t]", line)[-1]
    start = _matching_suffix(acronym, line, inner_letters=inner_letters)
    if start is not None:
        yield Definition(acronym, _tidy(line[start:]))


def _matching_suffix(acronym: str, line: str, *, inner_letters: bool) -> int | None:
    """Where the shortest end of a line begins whose words have the acronym's initials; None if none has."""
    words = list(_WORD.finditer(line))
    earliest = max(0, len(words) - len(acronym) - _MAX_SKIPPED)
    tests = (has_initials, _has_letters) if inner_letters else (has_initials,)
    starts = range(len(words) - 1, earliest - 1, -1)
    # "of" begins a long form only if no content word does: "(Office) of Science and Technology Policy (OSTP)"
    for is_function_word in (False, True):
        for has_them in tests:
            for start in starts:
                is_one = words[start].group().casefold() in FUNCTION_WORDS
                if is_one == is_function_word and has_them(acronym, [w.group() for w in words[start:]]):
                    return words[start].start()
    return None


def _matching_prefix(acronym: str, text: str) -> int | None:
    """Where the shortest begin of a text ends whose words have the acronym's initials; None if none has."""
    words = list(_WORD.finditer(text))[: len(acronym) + _MAX_SKIPPED]
    for end in range(1, len(words) + 1):
        if has_initials(acronym, [word.group() for word in words[:end]]):
            return words[end - 1].end()
    return None


def has_initials(acronym: str, words: Sequence[str]) -> bool:
    """Whether the acronym's letters are the first ones of the words, in order; function words may be skipped.

    The first and the last word have a letter in it. A number stands for itself.

    >>> has_initials("TOIL", ["time", "off", "in", "lieu"]), has_initials("SLA", ["service", "agreement"])
    (True, False)
    """
    letters = re.sub(r"[^a-z0-9]", "", acronym.casefold())
    folded = [word.casefold() for word in words]
    if len(words) < _MIN_LETTERS or not letters or acronym.casefold() in folded:
        return False
    return _consume(letters, folded, is_first=True)


def _consume(letters: str, words: Sequence[str], *, is_first: bool = False) -> bool:
    if not words:
        return not letters
    head, rest = words[0], words[1:]
    if head.isdigit() and letters.startswith(head) and _consume(letters[len(head) :], rest):
        return True
    if letters and head[0] == letters[0] and _consume(letters[1:], rest):
        return True
    return head in FUNCTION_WORDS and not is_first and bool(rest) and _consume(letters, rest)


def _has_letters(acronym: str, words: Sequence[str]) -> bool:
    """Schwartz and Hearst's test, with as many words as letters at most, each content word with a letter.

    The first letter begins the first word; the others stand in the words in order.
    """
    letters = re.sub(r"[^a-z0-9]", "", acronym.casefold())
    folded = [word.casefold() for word in words]
    if len(letters) < 3 or not 2 <= len(folded) <= len(letters) or acronym.casefold() in folded:
        return False
    return letters[0] == folded[0][0] and _spread(letters, folded)


def _spread(letters: str, words: Sequence[str]) -> bool:
    """Whether each word begins with the next letter and goes on with any number of those behind it."""
    if not words:
        return not letters
    if not letters or words[0][0] != letters[0]:
        return words[0] in FUNCTION_WORDS and _spread(letters, words[1:])
    taken, at = 1, 1
    if _spread(letters[1:], words[1:]):
        return True
    while taken < len(letters):
        at = words[0].find(letters[taken], at) + 1
        if not at:
            return False
        taken += 1
        if _spread(letters[taken:], words[1:]):
            return True
    return False


def _is_acronym(acronym: str) -> bool:
    """Two letters or more, most of them capital."""
    letters = [c for c in acronym if c.isalpha()]
    return (
        _MIN_LETTERS <= len(acronym) <= _MAX_LETTERS
        and len(letters) >= _MIN_LETTERS
        and 2 * sum(c.isupper() for c in letters) > len(letters)
    )


def _plain(acronym: str) -> str:
    """Without full stops, and without the s of a plural ("SLAs")."""
    plain = acronym.replace(".", "")
    return plain[:-1] if len(plain) > _MIN_LETTERS and plain[-1] == "s" and plain[:-1].isupper() else plain


def _tidy(long_form: str) -> str:
    return " ".join(long_form.split()).strip(f"{_QUOTES},")
