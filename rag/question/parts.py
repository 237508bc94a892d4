"""The parts of a question that asks two or three things, each made to stand alone.

"How long is the notice period, and who has to sign?" asks for a period and for a person. A split needs two
clauses that both ask: "who may see and change it" stays whole, and so do noun phrases. What the second part
leaves out comes from the first, as for a follow-up (see ``rag/question/contextualize.py``), from the topic of
the first, or from what stands before both ("scout trip - when …, and who …"). A part that can't be made to
stand alone leaves the question whole.
"""

from __future__ import annotations

import re

from rag.english.pronouns import PERSON_PRONOUNS, THING_PRONOUNS
from rag.english.words import content_words
from rag.question.contextualize import contextualize
from rag.question.courtesies import without_courtesies
from rag.question.names import names_in
from rag.question.pieces import AUXILIARY, BARE, LEADING_PREPOSITIONS, QUESTION_WORD, Piece, pieces_of
from rag.question.topic import topic_of
from rag.types import Turn

_MAX_PARTS = 3
_MIN_CONTENT = 3  # content words of a part that stands alone without a topic

_BARE = re.compile(rf"(?:{BARE})\W*", re.IGNORECASE)
_WHY = re.compile(r"(?:what for|how come)\b", re.IGNORECASE)
_ASKS_WHAT = re.compile(rf"{LEADING_PREPOSITIONS}(?:what|which|who|whom|whose)\b", re.IGNORECASE)
_POLAR = re.compile(rf"{AUXILIARY}\b", re.IGNORECASE)
_THING = re.compile(rf"\b(?:{'|'.join(THING_PRONOUNS)})\b", re.IGNORECASE)
_PERSON = re.compile(rf"\b(?:{'|'.join(PERSON_PRONOUNS)})\b", re.IGNORECASE)
_POINTING = re.compile(rf"\b(?:this|that|{'|'.join((*THING_PRONOUNS, *PERSON_PRONOUNS))})\b", re.IGNORECASE)
# A part that asks about the first one's answer: "is it …?", "who are they?", "… and how firm is that?"
_ABOUT_ANSWER = re.compile(
    rf"{AUXILIARY}\s+(?:it|that|this|they|those|these)\b"
    rf"|{QUESTION_WORD}\s+(?:is|are|was|were)\s+(?:it|they|he|she)\W*$"
    r"|.*\b(?:this|that|these|those)\b(?=\s*(?:\W*$|(?:is|are|was|were|do|does)\b))",
    re.IGNORECASE,
)


def question_parts(text: str) -> tuple[str, ...]:
    """The parts of a question in order, each standing alone; the text itself where it asks one thing.

    >>> question_parts("How long is the warranty, and who has to sign?")
    ('How long is the warranty?', 'the warranty: who has to sign?')
    >>> question_parts("Who may open and close the sluice?")
    ('Who may open and close the sluice?',)
    """
    pieces = pieces_of(without_courtesies(" ".join(text.split())))
    asking = [i for i, piece in enumerate(pieces) if piece.asks_at is not None]
    if not 2 <= len(asking) <= _MAX_PARTS:
        return (text,)
    context = " ".join(piece.context for piece in pieces[: asking[0] + 1]).strip()
    context = f"{context} " if content_words(context) else ""
    topic = topic_of(pieces[asking[0]].ask)
    parts: list[str] = []
    before = ""
    for piece in pieces[asking[0] :]:
        if piece.asks_at is None:
            parts[-1] = f"{parts[-1]} {piece.text}"
            continue
        part = _completed(piece.ask, before, context, topic) if before else piece.ask
        if part is None:
            return (text,)
        before = piece.ask
        parts.append(_punctuated(f"{context}{part}", piece))
    are_different = len({pieces[i].ask.casefold().rstrip(" ?.!") for i in asking}) == len(asking)
    return tuple(parts) if are_different else (text,)


def _completed(ask: str, before: str, context: str, topic: str | None) -> str | None:
    """A part made to stand alone by the part before it or the first one's topic; None where neither can."""
    if _BARE.fullmatch(ask):
        return _with_question_word(ask, before)
    if _ABOUT_ANSWER.match(ask) or len(_THING.findall(ask)) > 1:
        return None
    antecedent = topic_of(before) or topic
    complete = ask
    if _PERSON.search(ask):
        complete = contextualize(ask, [Turn(question=before)]).standalone
    elif _THING.search(ask) and not (context and _POINTING.search(before)):
        turns = [Turn(question=f"What is {antecedent}?")] if antecedent else []
        complete = contextualize(ask, turns).standalone
    elif context:
        return ask
    if complete != ask:
        return complete
    if _PERSON.search(ask) or _THING.search(ask):
        return None
    if len(content_words(ask)) >= _MIN_CONTENT or names_in(ask):
        return ask
    return f"{topic}: {ask}" if topic else None


def _with_question_word(bare: str, before: str) -> str | None:
    """The part before once more with another question word: "and since when?"."""
    bare = _WHY.sub("why", bare.rstrip(" ?.!"))
    if bare.casefold() == "why" and _ASKS_WHAT.match(before):
        return None  # "which tool do we use, and why?" asks about the answer
    if _POLAR.match(before):
        before = before[:1].lower() + before[1:]
    complete = contextualize(f"{bare}?", [Turn(question=before)]).standalone
    return None if complete == f"{bare}?" else complete


def _punctuated(part: str, piece: Piece) -> str:
    part = part.rstrip(" .,;!")
    return part if piece.is_request or part.endswith("?") else f"{part}?"
