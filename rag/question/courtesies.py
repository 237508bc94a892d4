"""Courtesies that open a question: greetings, apologies, announcements and polite phrases.

"Good morning all, would you happen to know who won?" asks "who won?". A phrase that says what kind of answer
is wanted ("can you explain …", "is it true that …") is part of the question and stays.
"""

from __future__ import annotations

import re

from rag.english.function_words import QUESTION_WORDS

_SOMEBODY = r"(?:you|any(?:one|body)|some(?:one|body))(?: here)?"
_OPENINGS = (
    r"(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))"
    r"(?: (?:there|again|all|everyone|everybody|team|folks))?",
    r"(?:excuse|pardon) me",
    r"(?:so )?sorry(?:(?=,)| to (?:bother|trouble|disturb|interrupt)(?: you)?| for asking)",
    r"(?:just )?(?:a |one )?(?:quick|short|simple|small) (?:one|question)|question(?=:)",
    r"i have (?:a|one) (?:(?:quick|short|simple|small) )?question",
    r"please|pls|plz|kindly",
    rf"(?:do|does|would|might) {_SOMEBODY} (?:(?:happen to|perhaps|by any chance) )?know",
    r"any(?:one|body) know|any (?:idea|clue)",
    rf"(?:(?:can|could|would|will) {_SOMEBODY} (?:(?:please|kindly|perhaps) )?)?"
    r"(?:tell (?:me|us)|let (?:me|us) know|remind me)",
    r"(?:can|could|would) you (?:please )?say",
    r"i(?:['’]d| would) (?:like|love) to know|i (?:want|wanted|need) to know",
    r"(?:i(?:['’]m| am| was) )?(?:just )?wondering",
    # "may I ask who …", not "may I ask for …"
    r"(?:(?:can|could|may|might) i (?:just )?ask(?: you)?|i(?:['’]d| would) like to ask|i want(?:ed)? to ask)"
    rf"(?=[\s,.:;–—]+(?:{'|'.join(sorted(QUESTION_WORDS))})\b)",
)
_COURTESY = re.compile(rf"(?:{'|'.join(_OPENINGS)})(?:[\s,.:;!–—]+|$)", re.IGNORECASE)
_WORD = re.compile(r"\w")


def without_courtesies(question: str) -> str:
    """The question without its opening courtesies; unchanged where it consists of nothing else.

    >>> without_courtesies("Good evening! Would you know how many boats are for hire?")
    'how many boats are for hire?'
    """
    rest = question
    while match := _COURTESY.match(rest):
        rest = rest[match.end() :]
    return rest if _WORD.search(rest) else question
