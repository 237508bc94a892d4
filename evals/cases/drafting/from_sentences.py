"""Questions that one sentence answers: conditions, purposes, definitions, reasons, names, dates, limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from evals.cases.drafting.draft import Draft
from evals.cases.drafting.passages import prose_sentences
from evals.cases.drafting.wording import asked_by_reader, stands_alone, uncapitalised
from rag.english.action_verbs import ACTION_VERBS, ACTION_VERBS_ALSO_NOUNS
from rag.english.calendar import MONTHS
from rag.english.function_words import CLAUSE_PREPOSITIONS, FUNCTION_WORDS, PREPOSITIONS
from rag.english.given_names import GIVEN_NAMES
from rag.english.titles import TITLES
from rag.question.acronyms import definitions
from rag.types import Document, QuestionForm

_WORDS = range(7, 46)  # of a sentence that is asked about
_MONTH = rf"(?:{'|'.join(month.capitalize() for month in MONTHS)})"
_DATE = rf"(?:\d{{1,2}} {_MONTH} \d{{4}}|{_MONTH} \d{{1,2}}, \d{{4}}|{_MONTH} \d{{4}}|(?:1[5-9]|20)\d\d)"
_MUST = r"must|should|need to|have to|shall"
_CONDITION = re.compile(r"^(?P<when>If|When|Before|After|Once) (?P<what>[^,;:.?!]+), (?P<main>.+)[.!]$")
_TO_READER = re.compile(
    r"^(?:please |always |never |immediately |first )*"
    rf"(?:you (?:{_MUST}|can|may|will need to)\b|(?P<verb>[a-z]+)\b(?!,))"
)
_WHO_MUST = re.compile(
    r"^(?P<who>(?:the|an?|all|any|every)? ?[^,;:]{{3,50}}?) (?P<must>must|should|shall) [a-z]"
)
_PURPOSE = re.compile(
    r"^(?:In order to|To) (?P<what>[a-z][^,;:.?!]+?)"
    rf"(?:, (?:please |simply |just |first )*(?P<verb>[a-z]+)|,? you (?:{_MUST}|can|will need to)) .+[.:]$"
)
_DEFINITION = re.compile(
    r"^(?P<article>The |An? )?(?P<term>[A-Z]?[\w®™’'&./-]+(?: [\w®™’'&./-]+){0,4}(?: \([A-Z/]+\))?) "
    r"(?P<be>is|are) (?P<what>(?:an?|the) .+)\.$"
)
_REASON = re.compile(
    r"^(?P<who>[^,;:]{3,70}?) (?P<be>is|are|was|were|can|cannot|must|should) (?P<what>[^,;:]+?),? "
    r"because (?P<why>.+)\.$"
)
_NAME = r"[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)*"
_PERSON = re.compile(rf"^(?P<name>{_NAME}) (?P<rest>(?:is|was|has|had|will|can|[a-z]+(?:ed|s))\s.+)\.$")
_SECOND_CLAUSE = re.compile(r",|\band [A-Z]|\bgoing to\b")
_DATED = re.compile(
    r"^(?P<who>(?:The )?[A-Z][^,;:]{2,60}?) (?P<be>was|were) "
    r"(?P<what>[a-z]+(?:ed|en|un|lt|nt|de)(?: [a-z]+){0,3}?) "
    rf"(?:in|on) (?:the \w+ of )?(?P<date>{_DATE})\b.*\.$"
)
_WITHIN = re.compile(
    r"^(?P<who>[^,;:]{3,60}?) (?P<must>must|should|shall|can|may|will) (?P<what>[^,;:]+?) within "
    r"(?P<time>(?P<n>[\w-]+) (?:(?:business|calendar|working) )?"
    r"(?P<unit>minutes|hours|days|weeks|months|years))\b.*\.$"
)
_UNIT = "percent|minutes|hours|days|weeks|months|years|euros|dollars|pounds|km|kg|GB|MB|characters|people"
_VALUE = (
    r"(?:up to |about |at most |at least )?"
    rf"(?:[$€£]\s?\d(?:[\d,.]*\d)?|\d(?:[\d,.]*\d)?(?: ?%| (?:{_UNIT})\b))"
)
_AMOUNT = re.compile(
    r"^(?P<what>The [\w/ -]+? (?:of|for|on|per|to|in|between) [^,;:]+?) (?P<be>is|are|was|were) "
    rf"(?P<value>{_VALUE})(?=[ ,.;)])"
)
_TERM_WORDS_NEVER = FUNCTION_WORDS - frozenset("of for and the".split())
_ACTIONS = ACTION_VERBS | ACTION_VERBS_ALSO_NOUNS
_FINITE = "is|are|will|may|can|cannot"
_NO_DEFINITION = re.compile(
    r"(?:a bit|a lot|a little|a few"
    r"|the (?:only|same|most|main|best|first|last|next|right|result|reason|responsibility)"
    r"|an? (?:trust|must|problem|issue|good|great|bad|big|lot))\b"
)
_KIND_OF_THING = re.compile(
    r"the (?:\w+ )?(?:act|amount|date|fee|form|method|name|number|part|percentage|period|person|place"
    r"|practice|process|rate|set|state|sum|system|term|time|use|way)\b"
)
_BARE = frozenset("any as applicable necessary needed no not possible required so yes".split())
_VAGUE = frozenset(
    """aim answer approach best case example fact first goal idea important intent issue key last main next
    note object one only option point problem purpose question reason rest result second solution step thing
    third way""".split()
)


def from_conditions(document: Document) -> Iterator[Draft]:
    """Conditions: "If you lose your card, call the bank." -> "What should I do if I lose my card?"."""
    for line in _sentences(document):
        match = _CONDITION.match(line)
        if match is None or not stands_alone(match["what"], at_least=3):
            continue
        if match["what"].split()[0].casefold() in _BARE:
            continue
        asked = _what_of(match, document)
        if asked is not None:
            opening, form = asked
            condition = asked_by_reader(f"{match['when'].lower()} {match['what']}")
            yield Draft(question=f"{opening} {condition}?", quotes=(line,), form=form)


def _what_of(match: re.Match[str], document: Document) -> tuple[str, QuestionForm] | None:
    main = match["main"]
    reader = _TO_READER.match(main)
    if reader is not None and (reader["verb"] is None or reader["verb"] in _ACTIONS):
        return "What should I do", QuestionForm.HOW_TO
    who = _WHO_MUST.match(main)
    if who is not None and stands_alone(who["who"], at_least=1, at_most=7):
        return (
            f"What {who['must']} {uncapitalised(who['who'].strip(), document.text)} do",
            QuestionForm.HOW_TO,
        )
    is_clause = main.split()[0].casefold() not in PREPOSITIONS | CLAUSE_PREPOSITIONS and re.search(
        rf"\b(?:{_FINITE})\b", main
    )
    if match["when"] in {"If", "When"} and is_clause:
        return "What happens", QuestionForm.OVERVIEW
    return None


def from_purposes(document: Document) -> Iterator[Draft]:
    """Purposes: "To close an account, call the bank." -> "How do I close an account?"."""
    for line in _sentences(document):
        match = _PURPOSE.match(line)
        if match is None or line.endswith(":") or not stands_alone(match["what"]):
            continue
        if match["verb"] is None or match["verb"] in _ACTIONS:
            question = f"How do I {asked_by_reader(match['what'])}?"
            yield Draft(question=question, quotes=(line,), form=QuestionForm.HOW_TO)


def from_definitions(document: Document) -> Iterator[Draft]:
    """Definitions: "Fraud is a deception …" -> "What is fraud?"."""
    for line in _sentences(document):
        match = _DEFINITION.match(line)
        if match is None or not _is_term(match):
            continue
        term = (match["article"] or "") + match["term"]
        question = f"What {match['be']} {uncapitalised(term, document.text)}?"
        yield Draft(question=question, quotes=(line,), form=QuestionForm.DEFINITION)


def _is_term(match: re.Match[str]) -> bool:
    """Whether what is defined is a thing by its name, and not "the point" or a person."""
    words = match["term"].split()
    folded = {word.casefold() for word in words}
    if (
        folded & _VAGUE
        or folded & _TERM_WORDS_NEVER
        or not stands_alone(match["term"], at_least=1, at_most=5)
    ):
        return False
    if _is_given_name(words[0]) or not (words[-1][-1].isalnum() or words[-1][-1] in ")®™"):
        return False
    if _NO_DEFINITION.match(match["what"]):
        return False
    if match["article"] is None and len(words) == 1 and match["what"].startswith("the "):
        return _KIND_OF_THING.match(match["what"]) is not None
    is_named = all(word[0].isupper() or word in {"of", "for", "and", "the"} for word in words)
    return is_named or (match["article"] or "").strip() in {"A", "An"}


def from_reasons(document: Document) -> Iterator[Draft]:
    """Reasons: "The gate is shut at nine because …" -> "Why is the gate shut at nine?"."""
    for line in _sentences(document):
        match = _REASON.match(line)
        if match and stands_alone(match["who"], at_least=1) and stands_alone(match["what"], at_least=1):
            who = asked_by_reader(uncapitalised(match["who"], document.text))
            if who != "I":
                question = f"Why {match['be']} {who} {asked_by_reader(match['what'])}?"
                yield Draft(question=question, quotes=(line,), form=QuestionForm.WHY)


def from_names(document: Document) -> Iterator[Draft]:
    """People by their names: "Captain Ada Moss leads the office." -> "Who leads the office?"."""
    for line in _sentences(document):
        match = _PERSON.match(line)
        if match is None or not stands_alone(match["rest"], at_least=4, at_most=20):
            continue
        if _SECOND_CLAUSE.search(match["rest"]):
            continue
        words = match["name"].split()
        if words[0].casefold() in TITLES or (len(words) > 1 and _is_given_name(words[0])):
            yield Draft(question=f"Who {match['rest']}?", quotes=(line,), answers=(match["name"],))


def _is_given_name(word: str) -> bool:
    return word in GIVEN_NAMES or word.casefold() in GIVEN_NAMES


def from_dates(document: Document) -> Iterator[Draft]:
    """Dates: "The mill was built in 1861 by …" -> "When was the mill built?"."""
    for line in _sentences(document):
        match = _DATED.match(line)
        if match and stands_alone(match["who"], at_least=1, at_most=8):
            who = uncapitalised(match["who"], document.text)
            question = f"When {match['be']} {who} {match['what']}?"
            name = None if match["who"].startswith("The ") else match["who"]
            yield Draft(question=question, quotes=(line,), answers=(match["date"],), name=name)


def from_amounts(document: Document) -> Iterator[Draft]:
    """Amounts: "The limit for meals is $40." -> "What is the limit for meals?"; and times to act within."""
    for line in _sentences(document):
        amount = _AMOUNT.match(line)
        if amount and stands_alone(amount["what"], at_least=4, at_most=14):
            what = asked_by_reader(uncapitalised(amount["what"], document.text))
            yield Draft(question=f"What {amount['be']} {what}?", quotes=(line,), answers=(amount["value"],))
        within = _WITHIN.match(line)
        if within and stands_alone(within["who"], at_least=1) and stands_alone(within["what"], at_least=2):
            who = asked_by_reader(uncapitalised(within["who"], document.text))
            what = asked_by_reader(within["what"])
            question = f"Within how many {within['unit']} {within['must']} {who} {what}?"
            yield Draft(question=question, quotes=(line,), answers=(within["time"], within["n"]))


def from_acronyms(document: Document) -> Iterator[Draft]:
    """Acronyms: "the Electronic Access System (EAS)" -> "What does EAS stand for?"."""
    lines = list(_sentences(document))
    for found in definitions(document.text):
        line = next((one for one in lines if found.acronym in one and found.long_form in one), None)
        if line is not None and found.acronym.isupper() and len(found.long_form.split()) > 1:
            question = f"What does {found.acronym} stand for?"
            yield Draft(question=question, quotes=(line,), answers=(found.long_form,))


_Source = Callable[[Document], Iterator[Draft]]
SENTENCE_SOURCES: tuple[_Source, ...] = (
    from_conditions,
    from_purposes,
    from_amounts,
    from_names,
    from_dates,
    from_definitions,
    from_reasons,
    from_acronyms,
)


def _sentences(document: Document) -> Iterator[str]:
    return (line for line in prose_sentences(document) if len(line.split()) in _WORDS)
