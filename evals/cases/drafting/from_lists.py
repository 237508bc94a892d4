"""Questions that a list answers, made of the sentence that leads in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.cases.drafting.draft import Draft
from evals.cases.drafting.passages import lists
from evals.cases.drafting.wording import asked_by_reader, stands_alone, uncapitalised
from rag.english.action_verbs import ACTION_VERBS, ACTION_VERBS_ALSO_NOUNS, third_person_base
from rag.types import Document, QuestionForm

_MODAL = r"must not|should not|must|should|can|cannot|may not|may|shall"
_NUMBERS = "two|three|four|five|six|seven|eight|nine|ten|\\d+"
_HAS_TO = re.compile(rf"^(?P<who>[^,:]+?) (?P<modal>{_MODAL})(?: do)?(?: (?:all )?(?:of )?the following)?:$")
_FOLLOWING = re.compile(
    r"^(?:The|Some|All) (?:of the )?following (?P<what>[^:,]+?) "
    r"(?P<rest>(?:are|can be|may be|must be|should be|were|apply)\b[^:]*):$"
)
_THERE_ARE = re.compile(rf"^There are (?:several|many|various|some|a few|{_NUMBERS}) (?P<what>[^:]+):$")
_INCLUDES = re.compile(
    r"^(?P<what>[^,:]+?) (?P<verb>includes?|contains?|requires?|covers?|consists? of)(?: the following)?:$"
)
_THE_FOLLOWING = re.compile(r"^(?P<who>[^,:]+?) (?P<verb>[a-z]+s) the following (?P<what>[^:,]+):$")
_ARE = re.compile(r"^(?P<what>The [^,:]+?) (?P<be>is|are)(?: as follows)?:$")
_TO_DO = re.compile(
    r"^(?:In order to|To) (?P<what>[a-z][^,:]+?)(?:,[^:]*| you (?:must|should|need to|have to|can)[^:]*)?:$"
)
_IF = re.compile(r"^(?P<when>If|When|Before|After) (?P<what>[^,:]+?)(?:, [^:]*)?:$")
_VERBS = ACTION_VERBS | ACTION_VERBS_ALSO_NOUNS | frozenset("add use support provide offer share".split())


def from_lists(document: Document) -> Iterator[Draft]:
    """A question for each list whose lead-in says what its items are."""
    for shown in lists(document):
        found = _question(shown.lead, document)
        if found is not None:
            question, form = found
            yield Draft(question=question, quotes=shown.items, form=form)


def _question(lead: str, document: Document) -> tuple[str, QuestionForm] | None:
    if (match := _TO_DO.match(lead)) and stands_alone(match["what"]):
        return f"How do I {asked_by_reader(match['what'])}?", QuestionForm.HOW_TO
    if (match := _IF.match(lead)) and stands_alone(match["what"], at_least=3):
        when = match["when"].lower()
        return f"What should I do {when} {asked_by_reader(match['what'])}?", QuestionForm.HOW_TO
    if (match := _FOLLOWING.match(lead)) and stands_alone(f"{match['what']} {match['rest']}"):
        return asked_by_reader(f"Which {match['what']} {match['rest']}?"), QuestionForm.LIST
    if (match := _THERE_ARE.match(lead)) and stands_alone(match["what"]):
        return asked_by_reader(f"What are the {match['what']}?"), QuestionForm.LIST
    if (match := _THE_FOLLOWING.match(lead)) and stands_alone(match["who"], at_least=1):
        base = third_person_base(match["verb"], _VERBS)
        is_order = match["who"].split()[0].casefold() in ACTION_VERBS - ACTION_VERBS_ALSO_NOUNS
        if base is not None and not is_order and stands_alone(match["what"], at_least=1):
            who = uncapitalised(match["who"], document.text)
            return f"Which {match['what']} does {who} {base}?", QuestionForm.LIST
    if (match := _INCLUDES.match(lead)) and stands_alone(match["what"]):
        verb, what = match["verb"], uncapitalised(match["what"], document.text)
        first, _, rest = verb.partition(" ")
        does = "does" if first.endswith("s") else "do"
        includes = f"{first.removesuffix('s')} {rest}".strip()
        return asked_by_reader(f"What {does} {what} {includes}?"), QuestionForm.LIST
    if (
        (match := _HAS_TO.match(lead))
        and stands_alone(match["who"], at_least=1)
        and "you" not in match["who"].split()
    ):
        who = uncapitalised(match["who"], document.text)
        return _what_somebody_must_do(match["modal"], who), QuestionForm.LIST
    if (match := _ARE.match(lead)) and stands_alone(match["what"], at_least=4):
        what = uncapitalised(match["what"], document.text)
        return asked_by_reader(f"What {match['be']} {what}?"), QuestionForm.LIST
    return None


def _what_somebody_must_do(modal: str, who: str) -> str:
    """Or must not: "What must guests not do?"."""
    verb, _, negation = modal.replace("cannot", "can not").partition(" ")
    return " ".join(filter(None, ("What", verb, who, negation, "do?")))
