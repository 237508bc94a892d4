"""A question of a conversation, made to stand alone by the turns before it.

"And when?" repeats the last question with another question word; "what about Ohio?" replaces a name in it
(``rag/question/fragments.py``); the antecedent of "he" in "how old is he?" is a person whom the last turn
names (``rag/question/antecedents.py``). Rules, not a model. The last turn may be a follow-up itself ("and in
London?"): it is completed first, by the turn before it. The search text also gets the names of the last turn,
the standalone question only what it needs. A question that stands alone and has own names gets nothing:
what was spoken of before must not look like evidence for it. Chosen on MTRAG-UN's open conversations
(docs/decisions/question-analysis.md; MTRAG: Katsis et al. 2025, arXiv:2501.03468). A turn's answer is text
that a client sent: it may change what is searched for, and is never cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.english.function_words import CONJUNCTIONS, QUESTION_WORDS
from rag.english.words import content_words
from rag.question.antecedents import has_auxiliary, has_open_pronoun, resolve_noun, resolve_pronoun
from rag.question.clauses import written_out
from rag.question.fragments import with_fragment
from rag.question.names import names_in
from rag.question.small_talk.detection import small_talk
from rag.types import Turn

_MAX_TURNS = 6  # that are looked at, the last ones
_MAX_TURN_CHARACTERS = 2_000  # of a question and of an answer
_MAX_ADDED_WORDS = 16  # of the last turn, in a search text
_MAX_BARE_WORDS = 4  # of a question that is only a question word
_MAX_TOPIC_WORDS = 6  # of what "what about …?" asks about
_OPENING = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|then|also|thanks?|i see|sorry)\b[\s,.!]*)+", re.IGNORECASE
)
_ABOUT = re.compile(r"^(?:(?:and )?(?:what|how) about|and|the same for)\s+(?P<topic>.+)$", re.IGNORECASE)
_QUESTION_WORD = re.compile(
    r"\b(?:(?:by|for|from|in|of|on|since|to|until|with|at)\s+)?"
    r"(?:who|whom|whose|when|where|why|how(?:\s+(?:many|much|long|old|often|far|big|tall))?|what|which)\b"
    r"(?:\s+(?:else|exactly|time|year|day|date))?",
    re.IGNORECASE,
)
_PHRASE_ALONE = re.compile(r"^(?:at|during|for|in|on|until|with|without)\s+\S", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_NO_TOPICS = (
    (CONJUNCTIONS - {"if"})
    | QUESTION_WORDS
    | frozenset("also not only to".split())
    | frozenset("define describe explain give list outline please show summarise summarize tell".split())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextualizedQuestion:
    """The question for the reader and the query for the retriever; both as put where it stands alone.

    Attributes:
        new: words that the question brings to the conversation, where the rest of it is the last question's:
            evidence that mentions none of them answers the last question and not this one.
        shared: words of the last turn that it refers to ("it", "there", "and when?"): evidence that has none
            of them near it is about something else.
    """

    standalone: str
    search_text: str
    new: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


def contextualize(question: str, history: Sequence[Turn]) -> ContextualizedQuestion:
    """The question with what it leaves out, from the turns of ``history`` (oldest first).

    >>> last = Turn(question="Who runs the library?", answer="Ada Moss")
    >>> contextualize("And since when?", [last]).standalone
    'since when runs the library?'
    >>> contextualize("How old is she?", [last]).standalone
    'How old is Ada Moss?'
    """
    last: Turn | None = None
    for turn in history[-_MAX_TURNS:]:
        if small_talk(turn.question):
            continue  # "thanks" changes no subject
        asked = " ".join(turn.question[:_MAX_TURN_CHARACTERS].split())
        answer = " ".join(turn.answer[:_MAX_TURN_CHARACTERS].split())
        completed = asked if last is None else _complete(asked, last).standalone
        last = Turn(question=completed[:_MAX_TURN_CHARACTERS], answer=answer)
    if last is None:
        return ContextualizedQuestion(standalone=question, search_text=question)
    return _complete(question, last)


def _complete(question: str, last: Turn) -> ContextualizedQuestion:
    """The question with what it leaves out, from a last turn that stands alone."""
    substituted = _substitute_topic(question, last)
    if substituted is not None:  # the last answer was about another topic
        return substituted
    repeated = _repeat_with_question_word(question, last.question)
    resolved = _resolve(question, last) if repeated is None else None
    standalone = repeated or (resolved.standalone if resolved else question)
    is_open = standalone == question and has_open_pronoun(question)
    stands_alone = standalone == question and not is_open and bool(names_in(question))
    context = [] if stands_alone else [*names_in(last.question), *names_in(last.answer)]
    if is_open:
        context = [last.question, *context]
    search_text = " ".join([standalone, *_missing_words(context, standalone)])
    if resolved is not None:
        return replace(resolved, search_text=search_text)
    refers = repeated is not None or is_open
    shared = content_words(f"{last.question} {last.answer}") if refers else ()
    return ContextualizedQuestion(standalone=standalone, search_text=search_text, shared=shared)


def _resolve(question: str, last: Turn) -> ContextualizedQuestion | None:
    """The question with what its pronoun, "one" or "there" stands for; its search text is that alone."""
    bare = _OPENING.sub("", question)
    resolved = resolve_pronoun(bare, last.question, last.answer) or resolve_noun(bare, last.question)
    if resolved is None:
        return None
    standalone, antecedent = resolved
    return ContextualizedQuestion(
        standalone=standalone, search_text=standalone, shared=content_words(antecedent)
    )


def _substitute_topic(question: str, last: Turn) -> ContextualizedQuestion | None:
    """The last question with another topic in it: "what about Ohio?", "and after ten years?"."""
    bare = question.rstrip(" ?.!")
    about = _ABOUT.match(bare)
    topic = about["topic"].strip() if about else bare if _PHRASE_ALONE.match(bare) else ""
    if (
        not topic
        or _QUESTION_WORD.match(topic)
        or len(topic.split()) > _MAX_TOPIC_WORDS
        or has_auxiliary(written_out(topic))
        or topic.split()[0].casefold() in _NO_TOPICS
    ):
        return None
    resolved = resolve_pronoun(topic, last.question, last.answer)
    if resolved is not None:
        standalone = with_fragment(resolved[0], last.question)
    elif not content_words(topic):  # "and then?"
        return None
    else:
        resolved = resolve_noun(topic, last.question)
        topic = resolved[0] if resolved else topic
        standalone = with_fragment(topic, last.question)
    return ContextualizedQuestion(
        standalone=standalone, search_text=standalone, new=content_words(topic) or content_words(standalone)
    )


def _repeat_with_question_word(question: str, last_question: str) -> str | None:
    """The last question once more with another question word: "and when?"."""
    bare = _OPENING.sub("", question).rstrip(" ?.!")
    question_word = _QUESTION_WORD.match(bare)
    is_bare = question_word and len(bare.split()) <= _MAX_BARE_WORDS
    if not question_word or not is_bare or _WORD.search(bare, question_word.end()):
        return None
    last_word = _QUESTION_WORD.search(last_question)
    if not last_word:
        return f"{bare} {last_question}"
    return f"{last_question[: last_word.start()]}{bare}{last_question[last_word.end() :]}"


def _missing_words(phrases: Iterable[str], text: str) -> list[str]:
    """The words of phrases that a text lacks, as many as a search text gets."""
    present = set(_WORD.findall(text.casefold()))
    words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
    missing = [word for word in words if not set(_WORD.findall(word.casefold())) <= present]
    return missing[:_MAX_ADDED_WORDS]
