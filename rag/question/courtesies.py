"""Courtesies that open or close a question: greetings, apologies, announcements, polite phrases and thanks.

"Good morning all, would you happen to know who won?" asks "who won?". A phrase that says what kind of answer
is wanted ("can you explain …", "is it true that …") is part of the question and stays.
"""

from __future__ import annotations

import re

from rag.english.function_words import QUESTION_WORDS

_SOMEBODY = r"(?:you|any(?:one|body)|some(?:one|body))(?: here)?"
_ALL = r"(?: (?:there|again|all|everyone|everybody|team|folks|guys|colleagues))?"
_I_AM = r"(?:(?:i(?:['’]?m| am| was)|we(?:['’]re| are| were)) )?(?:just )?"
_SIZE = r"(?:(?:quick|short|simple|small|silly|stupid|dumb|basic|random|follow-up|last) )"
_NOT_ABOUT = r"(?! (?:\w+ )?about)"  # "tell me about …" says what is wanted
_ASKING = rf"(?=[\s,.:;–—]+(?:(?:{'|'.join(sorted(QUESTION_WORDS))})\b|(?:if|whether) ))"
_ALONE = r"(?=(?:(?! [-–—] )[^.,:;!?])*[.!?\s]*$)"  # no other clause behind it may ask
_ONLY_ASKING = rf"{_ASKING}{_ALONE}"
_OPENINGS = (
    rf"(?:hi|hello|hey|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)){_ALL}",
    rf"dear (?:all|team|colleagues)|(?:morning|afternoon|evening){_ALL}(?=[,!])",
    r"(?:excuse|pardon) me",
    r"(?:so )?sorry"
    r"(?:(?=,)| to (?:bother|trouble|disturb|interrupt)(?: you)?| for (?:asking|bothering you))",
    rf"(?:just )?(?:(?:an?|one|another|one more) )?{_SIZE}(?:one|question)",
    r"(?:question|(?:one|another)(?: more)? (?:thing|question))(?=[:,])",
    rf"i have (?:an?|one|another) {_SIZE}?question",
    r"(?:ok(?:ay)?|alright|right|well|so|now|um+|hmm+|oh|btw|by the way|help)(?=[,!:])|ok(?:ay)? so",
    r"(?:i['’]?m |i am )?new here(?=[\s,.:;–—])",
    rf"(?:just )?out of curiosity|{_I_AM}curious(?: about)?",
    r"if (?:i may ask|you don['’]?t mind(?: (?:me|my) asking)?)(?=,)",
    r"please|pls|plz|kindly",
    rf"(?:do|does|would|might) (?:{_SOMEBODY}|we|any of you) (?:(?:happen to|perhaps|by any chance) )?know",
    r"any(?:one|body) know|any (?:idea|clue)",
    r"is there any(?:one|body)(?: here)? who (?:knows|(?:can|could) tell me)",
    rf"(?:(?:can|could|would|will) {_SOMEBODY} (?:(?:please|kindly|perhaps) )?)?"
    rf"(?:(?:tell (?:me|us)|let (?:me|us) know){_NOT_ABOUT}|remind me(?! to ))",
    r"(?:can|could|would) you (?:please )?say|would you mind telling (?:me|us)",
    r"(?:can|could|would) you (?:please )?"
    rf"(?:clarify|confirm|advise|check|help me (?:understand|find out)){_ASKING}",
    rf"(?:i|we)(?:(?:['’]d| would) (?:like|love)| want| wanted| need) to know{_NOT_ABOUT}",
    r"(?:it )?would be (?:good|great|nice|helpful|useful) to know",
    rf"{_I_AM}wondering|{_I_AM}looking for{_ALONE}",
    rf"{_I_AM}trying to (?:find out|figure out|work out|understand|remember){_ONLY_ASKING}",
    rf"(?:i|we) (?:don['’]?t|can['’]?t|cannot) (?:quite |really )?(?:know|remember|recall){_ONLY_ASKING}",
    rf"(?:{_I_AM}(?:not sure|unsure)(?: about)?|(?:i(?:['’]ve)? )?forg[eo]t){_ONLY_ASKING}",
    rf"(?:i have )?no (?:idea|clue){_ONLY_ASKING}",
    # "may I ask who …", not "may I ask for …"
    r"(?:(?:can|could|may|might) i (?:just )?(?:ask(?: you)?|know)"
    rf"|i(?:['’]d| would) like to ask|i want(?:ed)? to ask){_ASKING}",
)
_COURTESY = re.compile(rf"(?:{'|'.join(_OPENINGS)})(?:\s+-+(?=\s))?(?:[\s,.:;!–—]+|$)", re.IGNORECASE)
_THANKS = (
    r"(?:(?:many )?thanks(?: in advance| a lot| so much)?|thank you(?: very much| in advance)?|thx|cheers"
    r"|please|pls|plz)"
)
# Behind a sentence or a comma; "please" anywhere. A question mark behind it keeps it.
_CLOSING = re.compile(rf"(?:(?<=[.?!])\s*|,\s*|\s+(?=pl(?:ease|s|z)\b)){_THANKS}[\s.!]*$", re.IGNORECASE)
_WORD = re.compile(r"\w")


def without_courtesies(question: str) -> str:
    """The question without its courtesies at both ends; unchanged where it consists of nothing else.

    >>> without_courtesies("Good evening! Would you know how many boats are for hire?")
    'how many boats are for hire?'
    """
    rest = _CLOSING.sub("", question)
    while match := _COURTESY.match(rest):
        rest = rest[match.end() :]
    return rest if _WORD.search(rest) else question
